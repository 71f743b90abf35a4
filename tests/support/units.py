"""systemctl for a machine without systemd: runs units under the limits that they name, as far as a process can.

`python -m tests.support.units systemctl enable --now intake` stands for it in a mount namespace of its own. A unit's
user, environment, folders that it may write, and filter of system calls are those that its file says.

Source:
    systemd.exec(5); the groups of system calls as `systemd-analyze syscall-filter` lists them; libseccomp,
    seccomp_syscall_resolve_name(3).
"""

import ctypes
import errno
import os
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

UNITS: Final = Path("/etc/systemd/system")
RUNNING: Final = Path("/run/units-of-tests")
_FAMILIES: Final = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
_STOP_SECONDS: Final = 60.0
_NOT_FILES: Final = ("/proc", "/sys", "/dev", "/tmp")
_LOAD, _EQUAL, _END = 0x20, 0x15, 0x06  # instructions of the classic BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_SECCOMP: Final = ctypes.CDLL("libseccomp.so.2")  # systemd's own: the numbers of calls on this kind of machine


def main(words: list[str]) -> None:
    """Do as systemctl does, or be the process of a unit."""
    match words:
        case ["systemctl", "daemon-reload"]:
            return
        case ["systemctl", "enable", "--now", name]:
            _start(name)
        case ["systemctl", "restart", name]:
            _stop(name)
            _start(name)
        case ["systemctl", "stop", name]:
            _stop(name)
        case ["mounted", name]:
            _mount(_told(name))
            _become(name)
        case ["confined", name]:
            _confine(_told(name))
        case _:
            raise SystemExit(f"nobody asked for {words} before")


def _told(name: str) -> dict[str, list[str]]:
    """The settings of a unit, each with its values in order."""
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", (UNITS / f"{name}.service").read_text("utf-8"), re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def _start(name: str) -> None:
    RUNNING.mkdir(exist_ok=True)
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-m", __spec__.name, "mounted", name]
    with (RUNNING / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    (RUNNING / f"{name}.pid").write_text(str(child.pid))


def _stop(name: str) -> None:
    process = int((RUNNING / f"{name}.pid").read_text())
    command = ["timeout", str(_STOP_SECONDS), "tail", f"--pid={process}", "-f", "/dev/null"]
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
        subprocess.run(command, check=True)


def _mount(told: dict[str, list[str]]) -> None:
    """ProtectSystem=strict, ReadWritePaths, PrivateTmp, ProtectHome."""
    assert (told["ProtectSystem"], told["PrivateTmp"], told["ProtectHome"]) == (["strict"], ["yes"], ["yes"])
    writable = [path for line in told["ReadWritePaths"] for path in line.split()]
    for path in writable:
        _run("mount", "--bind", path, path)
    interpreter = Path(sys.executable).resolve()
    hidden = [path for path in ("/tmp", "/var/tmp", "/home", "/root") if not interpreter.is_relative_to(path)]
    for place in hidden:
        _run("mount", "-t", "tmpfs", "-o", "mode=1777" if "tmp" in place else "mode=0", "tmpfs", place)
    for line in Path("/proc/self/mountinfo").read_text("utf-8").splitlines():
        place = line.split()[4]
        kept = f"{place}/".startswith(tuple(f"{one}/" for one in (*_NOT_FILES, "/var/tmp", *writable)))
        if not kept and Path(place).is_mount():  # not below a later one
            _run("mount", "-o", "remount,bind,ro", place)


def _become(name: str) -> None:
    """The unit's user, without capabilities; environment and folder of the unit alone."""
    told = _told(name)
    assert (told["NoNewPrivileges"], told["CapabilityBoundingSet"]) == (["yes"], [""])
    environment = dict(_environment(told))
    os.chdir(told["WorkingDirectory"][0])
    os.umask(int(told["UMask"][0], 8))
    user = told["User"][0]
    words = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--no-new-privs", "--bounding-set", "-all"]
    os.execvpe(words[0], [*words, sys.executable, "-m", __spec__.name, "confined", name], environment)


def _environment(told: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    yield "PATH", "/usr/local/bin:/usr/bin:/bin"
    yield "PYTHONPATH", told["WorkingDirectory"][0]  # or the editable installation would name another tree
    for line in told.get("Environment", []):
        yield from (word.split("=", 1) for word in line.split())  # type: ignore[misc]
    for file in told.get("EnvironmentFile", []):
        for line in Path(file).read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield tuple(line.split("=", 1))  # type: ignore[misc]


def _confine(told: dict[str, list[str]]) -> None:
    """Filter system calls and families of sockets, then be the program."""
    steps = list(_filter(set(_allowed(told["SystemCallFilter"])), told["RestrictAddressFamilies"][0].split()))
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(_number("seccomp"), 1, 0, struct.pack("HP", len(steps), ctypes.addressof(program))):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")
    words = told["ExecStart"][0].split()
    os.execv(words[0], words)


def _allowed(lines: list[str]) -> Iterator[int]:
    wanted: set[str] = set()
    for line in lines:
        names = {name for word in line.removeprefix("~").split() for name in _calls(word)}
        wanted = wanted - names if line.startswith("~") else wanted | names
    yield from (number for number in map(_number, wanted) if number >= 0)


def _number(call: str) -> int:
    """The number of a system call here; negative where there is none."""
    return int(_SECCOMP.seccomp_syscall_resolve_name(call.encode()))


def _calls(word: str) -> Iterator[str]:
    """The system calls of a group, and of the groups in it."""
    if not word.startswith("@"):
        yield word
        return
    listed = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines()[1:]:
        name = line.strip()
        if name and not name.startswith("#"):
            yield from _calls(name)


def _filter(numbers: set[int], families: list[str]) -> Iterator[tuple[int, int, int, int]]:
    socket = _number("socket")
    yield _LOAD, 0, 0, 4
    yield _EQUAL, 1, 0, _SECCOMP.seccomp_arch_native() & 0xFFFFFFFF
    yield _END, 0, 0, _REFUSE
    yield _LOAD, 0, 0, 0
    for number in sorted(numbers - {socket}):
        yield _EQUAL, 0, 1, number
        yield _END, 0, 0, _ALLOW
    yield _EQUAL, 1, 0, socket
    yield _END, 0, 0, _REFUSE
    yield _LOAD, 0, 0, 16
    for family in families:
        yield _EQUAL, 0, 1, _FAMILIES[family]
        yield _END, 0, 0, _ALLOW
    yield _END, 0, 0, _REFUSE


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
