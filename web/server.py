"""The server of the two processes that answer over HTTP: the receiver and the review desk."""

import errno
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette

from models.errors import ExitCode, PipelineError
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.base import Store
from pipeline.stores.opening import open_store
from service.logging import log_to_stderr
from service.options import Port
from service.resources import register_secret
from service.settings import Settings
from service.supervisor import exit_with
from web.connections import PatientProtocol

_MOST_CONNECTIONS: Final = 512  # more of them are answered 503
_IDLE_SECONDS: Final = 75
_STOP_SECONDS: Final = 5
_PATIENCE_SECONDS: Final = 5.0  # with a locked ledger; then the answer is 503


class PortInUseError(PipelineError):
    """Another process listens on the port, or the address is not there yet."""

    retryable = True


class AddressError(PipelineError):
    """The address cannot be listened on, and trying again does not help."""

    exit_code = ExitCode.USAGE


def serve_app(
    application: Callable[[Settings, Ledger, Store], Starlette],
    settings: Settings,
    *,
    host: str,
    port: Port | None,
    name: str,
) -> None:
    """Open ledger and store, and serve an application until SIGTERM; exits the process if it cannot start.

    Args:
        application: Makes it.
        settings: The settings in force.
        host: Where it listens.
        port: Where it listens; any free one if 0 or None.
        name: The group of settings that chose host and port, for messages.
    """
    log_to_stderr()
    try:
        ledger = open_ledger(settings.ledger_at, register_secret(settings), patience=_PATIENCE_SECONDS)
        app = application(settings, ledger, open_store(settings.store_at, settings.store))
    except PipelineError as error:
        exit_with(error)
    try:
        with listening_on(host, port or 0, name) as listening:
            uvicorn.Server(uvicorn_config(app)).run(sockets=[listening])
    except PipelineError as error:
        exit_with(error)
    finally:
        ledger.close()


def listening_on(host: str, port: Port, name: str) -> socket.socket:
    """A socket that listens; `name` is the group of settings that chose the address.

    Raises:
        PortInUseError: Another process has the port, or the machine does not have the address yet.
        AddressError: The host is none, or the port is not ours to open.
    """
    place = f"Port {port} of {host} cannot be listened on"
    hint = f"choose another INTAKE_{name}__PORT, or stop what uses it."
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                raise PortInUseError(f"{place}: another program uses it", hint=hint) from None
            case errno.EADDRNOTAVAIL:
                what = f"{place}: this machine has no such address"
                raise PortInUseError(what, hint=f"correct INTAKE_{name}__HOST.") from None
            case errno.EACCES:
                what = f"{place}: ports below 1024 need a privilege"
                raise AddressError(what, hint=f"choose another INTAKE_{name}__PORT.") from None
            case _:
                raise AddressError(f"{place} ({error.strerror})", hint=f"correct INTAKE_{name}__HOST.") from None


def uvicorn_config(app: Starlette) -> uvicorn.Config:
    """The settings of uvicorn: no header that names the software, and limits on connections and on their silence."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        forwarded_allow_ips=["127.0.0.1", "::1"],  # whose X-Forwarded-For is believed, whatever the environment says
        log_config=None,  # ours
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
