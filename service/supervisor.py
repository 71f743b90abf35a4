"""Processes in our charge: started, watched, started again when they die, and ended with us."""

import logging
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

from models.errors import ExitCode, PipelineError
from service.child_process import start_child, stop_child

log = logging.getLogger(__name__)
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_SOUND_SECONDS = 60.0  # one that lived so long was no failure to start
_HOPELESS = frozenset({ExitCode.USAGE, ExitCode.ENGINE, ExitCode.STORE})
_AGAIN = 75  # as sysexits.h has it: a process could not start, and may when it is started again


def exit_with(error: PipelineError) -> NoReturn:
    """End a process in our charge that cannot start: for good, or to be started again where that may help."""
    log.critical("cannot start", extra={"why": str(error)})
    sys.exit(_AGAIN if error.retryable else error.exit_code)


class SupervisedProcess:
    """A child process that is started again when it dies, after a pause that doubles while it keeps dying young."""

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
        self._pause = _FIRST_PAUSE_SECONDS

    def ensure_running(self) -> ExitCode | None:
        """Start it if it does not run and its pause is over; hands on why it cannot run, if it said so."""
        if self._child is not None and not self._child.is_alive():
            code = self._on_exit(self._child)
            if code in _HOPELESS:
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
        if lived > _SOUND_SECONDS:
            self._pause = _FIRST_PAUSE_SECONDS
        self._child, self._due = None, time.monotonic() + self._pause
        log.warning(
            "process died and is started again",
            extra={"process_name": self._name, "exit_code": code, "seconds": self._pause},
        )
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
        return code
