"""What a reading process may not do: take the machine's memory, reach a network, leave data in a core, outlive us."""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

_MEGABYTE = 1024 * 1024
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)
_PR_SET_NO_NEW_PRIVS: Final = 38


class _Calls(NamedTuple):
    """Numbers of system calls on a kind of processor, and the kernel's name for the kind (linux/audit.h)."""

    kind: int
    socket: int
    seccomp: int


_CALLS: Final[Mapping[str, _Calls]] = MappingProxyType(
    {"x86_64": _Calls(0xC000003E, 41, 317), "aarch64": _Calls(0xC00000B7, 198, 277)}
)
_IO_URING: Final = 425  # which could open sockets without the call for it
_OTHER_ABI: Final = 0x40000000  # the same calls under other numbers, on x86_64
_SET_FILTER, _ALL_THREADS = 1, 1  # seccomp(2)
_LOAD, _EQUAL, _AT_LEAST, _END = 0x20, 0x15, 0x35, 0x06  # instructions of the classic BPF (linux/bpf_common.h)
_KIND_AT, _NUMBER_AT, _FIRST_ARGUMENT_AT = 4, 0, 16  # in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_AF_UNIX: Final = 1  # by which processes of one machine speak to each other


def confine(memory_limit_mb: int | None, parent: int) -> None:
    """Confine this process; called once, before it reads anything. Linux only.

    Args:
        memory_limit_mb: What it may hold. Counted as private writable memory, since the engine's libraries reserve
            far more addresses than they use.
        parent: The process that asked for it; when that is gone, or the thread of it that started this one, so is
            this one.

    Raises:
        OSError: The kernel refused.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_limit_mb is not None:
        limit = memory_limit_mb * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    die_with_parent(parent)
    deny_network()


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends, or the thread of it that started this process. Linux only.

    A thread of our own could not do it: it never runs while native code holds the interpreter's lock.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel knew
        os._exit(1)


def deny_network() -> None:
    """Refuse this process every socket but those within the machine, for good and in all its threads.

    A decoder that a hostile file took over must not call home. On a processor of another kind than x86_64 and aarch64
    nothing is done: the service's own limits (deploy/intake.service) still hold there.

    Raises:
        OSError: The kernel refused.
    """
    calls = _CALLS.get(platform.machine())
    if calls is None:
        return
    steps = _steps(calls)
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter_ = struct.pack("HP", len(steps), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(
        calls.seccomp, _SET_FILTER, _ALL_THREADS, filter_
    )
    if refused:
        raise OSError(ctypes.get_errno(), "The kernel does not let a reading process be cut off from the network.")


def _steps(calls: _Calls) -> tuple[tuple[int, int, int, int], ...]:
    """Instruction, steps to pass over if so, and if not, operand."""
    return (
        (_LOAD, 0, 0, _KIND_AT),
        (_EQUAL, 0, 7, calls.kind),  # calls of another kind of processor are refused
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 5, 0, _OTHER_ABI),
        (_EQUAL, 4, 0, _IO_URING),
        (_EQUAL, 0, 2, calls.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_EQUAL, 0, 1, _AF_UNIX),
        (_END, 0, 0, _ALLOW),
        (_END, 0, 0, _REFUSE),
    )
