"""What native decoders say on standard error while they decode: they paint over what is lost, and go on."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_STDERR: Final = 2
_one_at_a_time = threading.Lock()  # standard error belongs to the whole process


class Complaints:
    """What was said, complete when the listening is over."""

    said: bytes = b""


@contextmanager
def complaints() -> Iterator[Complaints]:
    """Listen to the decoders of this process; one listener at a time."""
    heard = Complaints()
    with _one_at_a_time:
        file = os.memfd_create("complaints")
        try:
            kept = os.dup(_STDERR)
            os.dup2(file, _STDERR)
            try:
                yield heard
            finally:
                os.dup2(kept, _STDERR)
                os.close(kept)
                heard.said = os.pread(file, os.fstat(file).st_size, 0)
        finally:
            os.close(file)
