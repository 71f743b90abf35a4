"""What drawing a PDF may cost, of which its size tells nothing: streams unfold far, forms draw one another."""

import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from models.policy import Limits

OVERDRAWN: Final = 87  # exit status of a process that was ended here; neither Python's nor a signal's
_BETWEEN_LOOKS: Final = 0.02  # seconds, in which a bomb was seen to take some ten megabytes
_PAGE: Final = resource.getpagesize()
_MEGABYTE: Final = 1024 * 1024


@contextmanager
def budget(limits: Limits) -> Iterator[None]:
    """End this process if what runs inside takes more than `pdf_seconds` of its processors or `pdf_mb` of memory.

    Native code cannot be interrupted, and PDFium knows no limits of its own. It does let other threads run.
    """
    done = threading.Event()
    cpu, memory = time.process_time() + limits.pdf_seconds, _resident() + limits.pdf_mb * _MEGABYTE

    def watch() -> None:
        while not done.wait(_BETWEEN_LOOKS):
            if time.process_time() > cpu or _resident() > memory:
                os._exit(OVERDRAWN)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_bytes().split()[1]) * _PAGE
