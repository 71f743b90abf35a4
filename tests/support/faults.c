/* Preloaded before a process under test: counts what it writes below one folder, and at the n-th such call breaks it.
 * Armed from within, by ctypes; until then, and everywhere else, every call passes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { KILL_BEFORE, KILL_AFTER, KILL_TORN, FAIL_ONCE, FAIL_FROM_THEN_ON };

static char folder[4096];
static long count, due;
static int mode, failure, armed;

void fault_arm(const char *below, long at, int how, int error) {
    snprintf(folder, sizeof folder, "%s", below);
    count = 0; due = at; mode = how; failure = error; armed = 1;
}
long fault_disarm(void) { armed = 0; return count; }

static int inside(const char *path) { return path && strncmp(path, folder, strlen(folder)) == 0; }
static int inside_fd(int fd) {
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return inside(path);
}
static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

/* Whether this call is to fail; dies where it is to die before it. */
static int broken(void) {
    count++;
    if (mode == FAIL_FROM_THEN_ON ? count < due : count != due) return 0;
    if (mode == KILL_BEFORE) die();
    if (mode < FAIL_ONCE) return 0;
    errno = failure;
    return 1;
}
static void afterwards(void) { if (count == due && (mode == KILL_AFTER || mode == KILL_TORN)) die(); }
static size_t torn(size_t size) { return count == due && mode == KILL_TORN ? size / 2 : size; }

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)
#define GUARDED(is_inside, call) \
    if (!armed || !(is_inside)) return call; \
    if (broken()) return -1; \
    __auto_type result = call; afterwards(); return result

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (!armed || !inside_fd(fd)) return real(fd, data, size);
    if (broken()) return -1;
    ssize_t result = real(fd, data, torn(size)); afterwards(); return result;
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    if (!armed || !inside_fd(fd)) return real(fd, data, size, offset);
    if (broken()) return -1;
    ssize_t result = real(fd, data, torn(size), offset); afterwards(); return result;
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    if (!armed || !inside_fd(fd)) return real(fd, data, size, offset);
    if (broken()) return -1;
    ssize_t result = real(fd, data, torn(size), offset); afterwards(); return result;
}
int fsync(int fd) { REAL(int, "fsync", int); GUARDED(inside_fd(fd), real(fd)); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); GUARDED(inside_fd(fd), real(fd)); }
int ftruncate(int fd, off_t size) { REAL(int, "ftruncate", int, off_t); GUARDED(inside_fd(fd), real(fd, size)); }
int ftruncate64(int fd, off64_t size) { REAL(int, "ftruncate64", int, off64_t); GUARDED(inside_fd(fd), real(fd, size)); }
int rename(const char *from, const char *to) { REAL(int, "rename", const char *, const char *); GUARDED(inside(to), real(from, to)); }
int unlink(const char *path) { REAL(int, "unlink", const char *); GUARDED(inside(path), real(path)); }
int mkdir(const char *path, mode_t how) { REAL(int, "mkdir", const char *, mode_t); GUARDED(inside(path), real(path, how)); }

#define OPENED(name, symbol) \
int name(const char *path, int flags, ...) { \
    REAL(int, symbol, const char *, int, ...); \
    mode_t how = 0; \
    if (flags & O_CREAT) { va_list rest; va_start(rest, flags); how = va_arg(rest, mode_t); va_end(rest); } \
    GUARDED(inside(path), real(path, flags, how)); \
}
OPENED(open, "open")
OPENED(open64, "open64")
