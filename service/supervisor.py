"""Child processes: started, stopped, restarted when they die; none outlives its parent; signals that ask to stop."""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import current_process, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from models.backoff import backoff
from models.errors import ExitCode, PipelineError
from models.overview import BEIJING
from pipeline.workers.sandbox import die_with_parent

log = logging.getLogger(__name__)
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_HEALTHY_SECONDS = 60.0  # a process that lived so long did not fail to start
_FATAL = frozenset({ExitCode.USAGE, ExitCode.ENGINE, ExitCode.STORE})
_SERVICE_STDERR: list[int] = []  # in a supervised process: where its supervisor writes
_TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: a process could not start now, and may start later


@contextmanager
def on_stop_signal(act: Callable[[], object]) -> Iterator[None]:
    """Call `act` at every SIGINT and SIGTERM while the block lasts; enter it in the main thread."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        act()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start_child(name: str, log: Path, work: Callable[..., None], *args: object) -> BaseProcess:
    """Run `work(*args)` in a fresh interpreter whose output goes to a log file that only its owner can read.

    The kernel kills the child when the thread that started it ends; so start it from the main thread.
    """
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    child = get_context("spawn").Process(target=_begin, args=(log, os.getpid(), work, *args), name=name)
    child.start()
    return child


def stop_child(child: BaseProcess, *, seconds: float) -> int | None:
    """Stop a child: SIGTERM, wait, SIGKILL; returns its exit code, None if it does not end."""
    if child.is_alive():
        child.terminate()
        child.join(seconds)
    if child.is_alive():
        child.kill()
        child.join(seconds)
    return child.exitcode


def exit_with(error: PipelineError) -> NoReturn:
    """End a supervised process that cannot start, with a code by which the supervisor restarts it or gives up.

    Its log says why, and so does the service's own stderr.
    """
    log.critical("cannot start", extra={"why": str(error)})
    if _SERVICE_STDERR:
        line = {
            "event": "cannot start",
            "process_name": current_process().name,
            "why": str(error),
            "level": "critical",
            "logger": log.name,
            "timestamp": datetime.now(BEIJING).isoformat(),
        }
        os.write(_SERVICE_STDERR[0], f"{json.dumps(line, ensure_ascii=False)}\n".encode(errors="replace"))
    sys.exit(_TRY_AGAIN if error.retryable else error.exit_code)


class SupervisedProcess:
    """A child process that is restarted when it dies, after a pause that doubles while it keeps dying early."""

    def __init__(self, name: str, logs: Path, work: Callable[..., None], *args: object, stop_seconds: float) -> None:
        """Start nothing yet.

        Args:
            name: Of the process, and of its log in the folder `logs`.
            logs: Where it writes.
            work: What it does, in a fresh interpreter.
            args: What `work` is given.
            stop_seconds: For it to end by itself when it is asked to.
        """
        self._name = name
        self._log = logs / f"{name}.log"
        self._work = work
        self._args = args
        self._stop_seconds = stop_seconds
        self._child: BaseProcess | None = None
        self._began = 0.0
        self._due = 0.0
        self._early_deaths = 0  # in a row

    def ensure_running(self) -> ExitCode | None:
        """Start it if it does not run and its pause is over; returns the code by which it said that it cannot run."""
        if self._child is not None and not self._child.is_alive():
            code = self._on_exit(self._child)
            if code in _FATAL:
                return ExitCode(code)
        if self._child is None and time.monotonic() >= self._due:
            self._began = time.monotonic()
            self._child = start_child(self._name, self._log, self._work, *self._args)
        return None

    def stop(self) -> None:
        """End it."""
        if self._child is not None:
            stop_child(self._child, seconds=self._stop_seconds)
            self._child = None

    def _on_exit(self, child: BaseProcess) -> int | None:
        code, lived = child.exitcode, time.monotonic() - self._began
        self._early_deaths = 1 if lived > _HEALTHY_SECONDS else self._early_deaths + 1
        pause = backoff(self._early_deaths, first=_FIRST_PAUSE_SECONDS, longest=_LONGEST_PAUSE_SECONDS)
        self._child, self._due = None, time.monotonic() + pause
        log.warning(
            "process died and is started again",
            extra={"process_name": self._name, "exit_code": code, "seconds": pause},
        )
        return code


def _begin(log: Path, parent: int, work: Callable[..., None], *args: Any) -> None:
    os.umask(0o077)
    die_with_parent(parent)
    _SERVICE_STDERR.append(os.dup(sys.stderr.fileno()))
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(output, stream.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides alone
    work(*args)
