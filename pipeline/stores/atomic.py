"""Files that are there whole or not at all, for their owner alone."""

import os
import uuid
from pathlib import Path

from models.submission import PART_SUFFIX


def write_atomically(path: Path, data: bytes) -> None:
    """Create or replace a file (0600) so that no reader and no crash ever sees half of it; folders are made (0700).

    Raises:
        OSError: The file system refused; what stood there before still stands.
    """
    make_private_folder(path.parent)
    part = path.with_name(f".{uuid.uuid4().hex[:8]}{PART_SUFFIX}")
    try:
        _write_durably(part, data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_private_folder(path: Path) -> None:
    """Make a folder (0700) with the folders above it, durably; one that stands stays as it is."""
    if path.is_dir():
        return
    make_private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
