"""A Prefect server with its UI, on this machine, as a child process."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

import httpx

from models.errors import PipelineError
from service.drawn_secrets import prefect_auth
from service.prefect_environment import use_environment
from service.prefect_wall import address_of, walled
from service.settings import Settings, SettingsError
from service.supervisor import start_child, stop_child

START_SECONDS = 90.0
_STOP_SECONDS = 10.0
_HEALTHY = 200
_QUIET = MappingProxyType(
    {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",  # or it asks the internet for a telemetry host
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # or the browser asks the internet for a configuration
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "2",  # half a minute by default
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",  # nothing depends on events
    }
)


class RunningServer(NamedTuple):
    """A healthy server: the URL of its API, and its process."""

    api_url: str
    process: BaseProcess


class ServerError(PipelineError):
    """The Prefect server did not start."""

    exit_code = SettingsError.exit_code


@contextmanager
def prefect_server(settings: Settings) -> Iterator[str]:
    """Run a Prefect server for as long as the block lasts; yields the URL of its API.

    Raises:
        ServerError: It did not become healthy; the text names the log.
        SettingsError: Its password cannot be drawn.
    """
    with running_server(settings) as server:
        yield server.api_url


@contextmanager
def running_server(settings: Settings, *, alone: bool = False) -> Iterator[RunningServer]:
    """Run a Prefect server for as long as the block lasts, for a supervisor.

    Args:
        settings: Name no external server.
        alone: Whether other machines look for it at the port that is set, so that no other port serves.

    Raises:
        ServerError: It did not become healthy; the text names the log.
        SettingsError: Its password cannot be drawn.
    """
    options = settings.prefect
    port = usable_port(options.host, options.port, fixed=alone or options.url is not None)
    environment = server_environment(settings, port)
    child = start_child("prefect-server", settings.logs / "prefect-server.log", _serve, settings, port, environment)
    try:
        api_url = f"{address_of(settings.prefect, port).here}/api"
        _wait_until_healthy(api_url, child, settings)
        yield RunningServer(api_url, child)
    finally:
        stop_child(child, seconds=_STOP_SECONDS)


def usable_port(host: str, wanted: int, *, fixed: bool = False) -> int:
    """The wanted port if it is free; else any other that is, unless it is fixed.

    Raises:
        ServerError: None can be listened on; the text says why.
    """
    for port in (wanted,) if fixed else (wanted, 0):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                reason = error.strerror
                continue
            return int(probe.getsockname()[1])
    if fixed:
        raise ServerError(
            f"Port {wanted} of {host}, at which others look for Prefect, cannot be opened ({reason})",
            hint="stop what uses it, or choose another INTAKE_PREFECT__PORT here and where it is looked for.",
        )
    raise ServerError(f"No port can be opened on {host} ({reason})", hint="choose another INTAKE_PREFECT__HOST.")


def server_environment(settings: Settings, port: int) -> dict[str, str]:
    """What Prefect's server reads when it is imported.

    Raises:
        ServerError: The settings name an external server, and no password for one of our own.
        SettingsError: The password cannot be drawn.
    """
    options, auth = settings.prefect, prefect_auth(settings)
    if auth is None:
        raise ServerError("Our own Prefect server does not start beside the one that INTAKE_PREFECT__API_URL names.")
    address = address_of(options, port)
    return {
        **_QUIET,
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_SERVER_API_HOST": options.host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_UI_API_URL": f"{address.public}/api",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(settings.prefect_home / "ui"),  # it writes into its package otherwise
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": ",".join(address.origins),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": _database_url(settings),
    }


def _database_url(settings: Settings) -> str:
    """Of the database of our own server: as set, else a file of SQLite in the workspace."""
    if settings.prefect.database_url is not None:
        return settings.prefect.database_url.get_secret_value()
    return f"sqlite+aiosqlite:///{quote(str(settings.prefect_home / 'prefect.db'))}"


def _serve(settings: Settings, port: int, environment: dict[str, str]) -> None:
    use_environment(environment)
    import uvicorn
    from prefect.server.api.server import create_app

    if settings.prefect.database_url is None:
        from service.prefect_sqlite import begin_immediately

        begin_immediately(_database_url(settings))
    app = walled(create_app(final=True), address_of(settings.prefect, port))
    uvicorn.run(app, host=settings.prefect.host, port=port, log_level="warning")


def _wait_until_healthy(api_url: str, child: BaseProcess, settings: Settings) -> None:
    end = time.monotonic() + START_SECONDS
    while child.is_alive() and time.monotonic() < end:
        if _healthy(api_url):
            return
        time.sleep(0.1)
    raise ServerError(f"The Prefect server did not start: see {settings.logs / 'prefect-server.log'}.")


def _healthy(api_url: str) -> bool:
    try:
        return httpx.get(f"{api_url}/health", timeout=2.0, trust_env=False).status_code == _HEALTHY
    except httpx.HTTPError:
        return False
