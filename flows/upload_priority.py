"""Whose turn it is on this machine's reading processes: uploads come first, what is run again waits."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_GLANCE_SECONDS: Final = 0.1


class UploadPriority:
    """Uploads whose pages are being read in this process, or are about to be; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uploads = 0

    @contextmanager
    def upload(self) -> Iterator[None]:
        """Keep everything else waiting for as long as the block lasts."""
        with self._lock:
            self._uploads += 1
        try:
            yield
        finally:
            with self._lock:
                self._uploads -= 1

    def wait(self, stop: threading.Event) -> None:
        """Wait until no upload is read, or until `stop` is set."""
        while self._uploads and not stop.is_set():
            time.sleep(_GLANCE_SECONDS)


UPLOAD_PRIORITY: Final = UploadPriority()
