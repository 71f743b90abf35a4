"""Logs for operators: a JSON object a line, with a constant message and fields."""

import logging
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

import structlog

from models.overview import BEIJING

_OURS = ("flows", "pipeline", "service", "web")


def _timestamped(_logger: object, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record["timestamp"] = datetime.now(BEIJING).isoformat()
    return record


def log_to_stderr() -> None:
    """Write log records to stderr from now on: those of this project from INFO, those of libraries from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                _timestamped,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
