"""Uploads come first on this machine's reading processes; reprocessing waits."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_CHECK_SECONDS: Final = 0.1


class UploadPriority:
    """Counts the uploads whose pages this process reads or is about to read; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uploads = 0

    @contextmanager
    def upload(self) -> Iterator[None]:
        """Make reprocessing wait for as long as the block lasts."""
        with self._lock:
            self._uploads += 1
        try:
            yield
        finally:
            with self._lock:
                self._uploads -= 1

    def wait(self, stop: threading.Event) -> None:
        """Wait until no upload is being read, or until `stop` is set."""
        while self._uploads and not stop.is_set():
            time.sleep(_CHECK_SECONDS)


UPLOAD_PRIORITY: Final = UploadPriority()
