"""The service: receiver, review desk, worker, and a Prefect server unless there is one; it restarts what dies."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pkgutil import resolve_name
from typing import NamedTuple

from models.errors import ExitCode, PipelineError
from service.logging import log_to_stderr
from service.prefect_api import version_at
from service.prefect_environment import client_environment, use_environment
from service.prefect_server import RunningServer, running_server
from service.settings import Settings
from service.settings_checks import refuse_unsafe_settings
from service.supervisor import SupervisedProcess, exit_with, on_stop_signal

log = logging.getLogger(__name__)
# The main functions of the child processes, which resolve them: the supervisor imports neither Prefect nor the web, and
# Prefect's client must not be imported before its environment is set.
_RECEIVER = "web.receiver.app:run"
_DESK = "web.desk.app:run"
_WORKER = "flows.worker_process:run"
_CHECK_SECONDS = 0.5
_STOP_MARGIN_SECONDS = 15.0


def serve(settings: Settings, *, stop: threading.Event | None = None) -> ExitCode:
    """Take uploads in until SIGINT or SIGTERM, or until `stop` is set; call it from the main thread.

    Returns:
        ACCEPTED after an orderly stop; else why a process cannot start, with details in its log.

    Raises:
        SettingsError: Something is unsafe about the settings, and the text lists all of it; or a secret that an earlier
            start drew cannot be used.
        ServerError: The Prefect server did not start.
    """
    refuse_unsafe_settings(settings)
    stop = stop or threading.Event()
    with on_stop_signal(stop.set), _supervised(*_http_processes(settings)) as http_processes:
        while not stop.is_set():
            for process in http_processes:
                process.ensure_running()
            with _server(settings) as server, _supervised(_worker(settings, server.api_url)) as workers:
                log.info("service started", extra={"api_url": server.api_url})
                code = _supervise((*http_processes, *workers), server, stop)
            if code is not None:
                return code
            log.warning("Prefect server died and is restarted")
    return ExitCode.ACCEPTED


def serve_prefect(settings: Settings, *, stop: threading.Event | None = None) -> ExitCode:
    """Run our own Prefect server alone, for several machines, until SIGINT or SIGTERM, or until `stop` is set.

    INTAKE_PREFECT__API_URL has no effect: it says where the other machines look for this server.

    Raises:
        SettingsError: As `serve`.
        ServerError: The server did not start.
    """
    own = settings.model_copy(update={"prefect": settings.prefect.model_copy(update={"api_url": None})})
    refuse_unsafe_settings(own)
    stop = stop or threading.Event()
    with on_stop_signal(stop.set):
        while not stop.is_set():
            with running_server(own, alone=True) as server:
                log.info("Prefect server started", extra={"api_url": server.api_url})
                _supervise((), server, stop)
            if not stop.is_set():
                log.warning("Prefect server died and is restarted")
    return ExitCode.ACCEPTED


class ExternalServer(NamedTuple):
    """A server that is run and restarted elsewhere."""

    api_url: str
    process: None = None


_Server = RunningServer | ExternalServer


def _server(settings: Settings) -> AbstractContextManager[_Server]:
    if settings.prefect.api_url is not None:
        return nullcontext(ExternalServer(settings.prefect.api_url))
    return running_server(settings)


def _supervise(processes: Sequence[SupervisedProcess], server: _Server, stop: threading.Event) -> ExitCode | None:
    """Keep processes running; None when the server died."""
    while not stop.is_set() and not _died(server):
        for process in processes:
            code = process.ensure_running()
            if code is not None:
                return code
        stop.wait(_CHECK_SECONDS)
    return ExitCode.ACCEPTED if stop.is_set() else None


def _died(server: _Server) -> bool:
    return server.process is not None and not server.process.is_alive()


@contextmanager
def _supervised(*processes: SupervisedProcess) -> Iterator[tuple[SupervisedProcess, ...]]:
    """Stop the processes at the end of the block."""
    try:
        yield processes
    finally:
        for process in processes:
            process.stop()


def _http_processes(settings: Settings) -> tuple[SupervisedProcess, ...]:
    """Receiver and review desk do not need Prefect, and answer while it starts."""
    processes = (("intake-receiver", settings.receiver.port, _RECEIVER), ("intake-desk", settings.desk.port, _DESK))
    return tuple(
        SupervisedProcess(name, settings.logs, _run, entry_point, settings, stop_seconds=_STOP_MARGIN_SECONDS)
        for name, port, entry_point in processes
        if port is not None
    )


def _worker(settings: Settings, api_url: str) -> SupervisedProcess:
    seconds = settings.worker.stop_seconds + _STOP_MARGIN_SECONDS
    environment = client_environment(settings, api_url)
    return SupervisedProcess("intake-worker", settings.logs, _work, settings, environment, stop_seconds=seconds)


def _run(entry_point: str, settings: Settings) -> None:
    resolve_name(entry_point)(settings)


def _work(settings: Settings, environment: dict[str, str]) -> None:
    log_to_stderr()
    try:
        proxies = settings.prefect.is_elsewhere
        version_at(environment["PREFECT_API_URL"], environment.get("PREFECT_API_AUTH_STRING"), proxies=proxies)
        use_environment(environment, proxies=proxies)
        _run(_WORKER, settings)
    except PipelineError as error:
        exit_with(error)
