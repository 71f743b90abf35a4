"""Processes of our own that never outlive us."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


def start_child(name: str, log: Path, work: Callable[..., None], *args: object) -> BaseProcess:
    """Run `work(*args)` in a fresh interpreter whose output goes to a log file that only we can read.

    The child is killed when the thread that started it ends, however hard; so start it from the main thread.
    """
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    child = get_context("spawn").Process(target=_begin, args=(log, os.getpid(), work, *args), name=name)
    child.start()
    return child


def stop_child(child: BaseProcess, *, seconds: float) -> int | None:
    """End a child for certain: ask, wait, then kill; hands on how it ended, None if it cannot be ended."""
    if child.is_alive():
        child.terminate()
        child.join(seconds)
    if child.is_alive():
        child.kill()
        child.join(seconds)
    return child.exitcode


def _begin(log: Path, parent: int, work: Callable[..., None], *args: Any) -> None:
    os.umask(0o077)
    _die_with(parent)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(output, stream.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C reaches the whole group; only the parent decides
    work(*args)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
