"""Bugs of ours are logged by kind and place: the text of an error may quote a document."""

import logging
import traceback
from pathlib import Path

log = logging.getLogger(__name__)


def log_unexpected(error: Exception) -> None:
    """Log what broke and where."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    log.error("unforeseen error", extra={"kind": type(error).__name__, "places": places})
