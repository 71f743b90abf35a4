"""The process that answers at the review desk."""

import uvicorn

from flows.charges import exit_with
from flows.logs import log_to_stderr
from flows.resources import register_secret
from flows.settings import Settings
from flows.web.app import PortInUseError, configured
from flows.web.desk.app import application
from models.errors import PipelineError
from pipeline.ledger.opening import open_ledger
from pipeline.stores.opening import open_store

_PATIENCE_SECONDS = 5.0  # with a ledger that is locked, before a page says so


def run(settings: Settings) -> None:
    """Answer until SIGTERM; the main function of a process of its own."""
    log_to_stderr()
    try:
        ledger = open_ledger(settings.ledger_at, register_secret(settings), patience=_PATIENCE_SECONDS)
        app = application(settings, ledger, open_store(settings.store_at, settings.store))
    except PipelineError as error:
        exit_with(error)
    options = settings.desk
    server = uvicorn.Server(configured(app, host=options.host, port=options.port or 0))
    try:
        server.run()
    except SystemExit:  # as uvicorn has it
        exit_with(PortInUseError(f"Port {options.port} of {options.host} cannot be listened on: is it in use?"))
    finally:
        ledger.close()
