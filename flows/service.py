"""The service: a Prefect server unless there is one, and a worker process that is started again when it dies."""

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import NamedTuple

from flows.child import start_child, stop_child
from flows.logs import log_to_stderr
from flows.server import RunningServer, running_server
from flows.settings import Settings, use_environment
from models.errors import ExitCode, PipelineError

log = logging.getLogger(__name__)
_GLANCE_SECONDS = 0.5
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_STOP_MARGIN_SECONDS = 15.0
_HOPELESS = frozenset({ExitCode.USAGE, ExitCode.ENGINE, ExitCode.STORE})


def serve(settings: Settings, *, stop: threading.Event | None = None) -> ExitCode:
    """Take uploads in until SIGINT or SIGTERM, or until `stop` is set; call it from the main thread.

    Returns:
        ACCEPTED after an orderly stop; else why the worker cannot start, and its log says more.

    Raises:
        ServerError: The Prefect server did not start.
    """
    asked = stop or threading.Event()
    with _asked_by_signal(asked):
        while not asked.is_set():
            with _server(settings) as server:
                log.info("service started", extra={"api_url": server.api_url})
                code = _supervise(settings, server, asked)
            if code is not None:
                return code
            log.warning("Prefect server died and is started again")
    return ExitCode.ACCEPTED


def client_environment(settings: Settings, api_url: str) -> dict[str, str]:
    """What Prefect's client reads when it is imported."""
    return {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_API_URL": api_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_COLORS": "false",
    }


class _Elsewhere(NamedTuple):
    """A server that somebody else runs, and starts again."""

    api_url: str
    process: None = None


_Server = RunningServer | _Elsewhere


def _server(settings: Settings) -> AbstractContextManager[_Server]:
    if settings.prefect.api_url is not None:
        return nullcontext(_Elsewhere(settings.prefect.api_url))
    return running_server(settings)


def _supervise(settings: Settings, server: _Server, asked: threading.Event) -> ExitCode | None:
    """Keep a worker running; None when the server died."""
    pause = _FIRST_PAUSE_SECONDS
    while not asked.is_set() and not _died(server):
        worker = start_child("intake-worker", settings.logs / "intake-worker.log", _work, settings, server.api_url)
        try:
            code = _watch(worker, server, asked)
        finally:
            stop_child(worker, seconds=settings.worker.stop_seconds + _STOP_MARGIN_SECONDS)
        if code in _HOPELESS:
            return ExitCode(code)
        if code is not None:
            log.warning("worker died and is started again", extra={"exit_code": code, "seconds": pause})
            asked.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    return ExitCode.ACCEPTED if asked.is_set() else None


def _died(server: _Server) -> bool:
    return server.process is not None and not server.process.is_alive()


def _watch(worker: BaseProcess, server: _Server, asked: threading.Event) -> int | None:
    """Wait until somebody asks to stop, the server died, or the worker did: only then its exit code."""
    while worker.is_alive() and not _died(server) and not asked.is_set():
        asked.wait(_GLANCE_SECONDS)
    return worker.exitcode


def _work(settings: Settings, api_url: str) -> None:
    settings.prefect_home.mkdir(parents=True, exist_ok=True, mode=0o700)
    use_environment(client_environment(settings, api_url))
    from flows.warm import run

    log_to_stderr()
    try:
        run(settings)
    except PipelineError as error:
        log.critical("worker cannot start", extra={"why": str(error)})
        sys.exit(error.exit_code)


@contextmanager
def _asked_by_signal(asked: threading.Event) -> Iterator[None]:
    def note(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
