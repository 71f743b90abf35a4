"""A local folder behind the store protocol, and private files that are written atomically."""

import errno
import hashlib
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from models.errors import FileRejectedError, ObjectMissingError, StoreDownError, StoreError
from models.findings import Reason
from models.manifest_values import PART_SUFFIX
from pipeline.stores.base import ObjectInfo, checked_key, checked_prefix, is_key, masked_key, parent_of

_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EAGAIN})


class FolderStore:
    """Objects as files below one folder; the etag is the SHA-256 of the bytes. Keeps no old versions."""

    def __init__(self, folder: Path) -> None:
        self._root = folder.absolute()

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:  # noqa: ARG002 - files have no type
        """Write a temporary file, make it durable, and move it to its place."""
        path = self._path(key)
        with _our_errors(key):
            make_private_folder(self._root)
            write_atomically(path, data)
            modified = _moment(path.stat())
        return ObjectInfo(key=key, size=len(data), etag=hashlib.sha256(data).hexdigest(), modified=modified)

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Read a file, at most one byte past the limit."""
        with self._open(key) as file:
            if limit is not None and os.fstat(file.fileno()).st_size > limit:
                raise FileRejectedError(Reason.TOO_LARGE)
            data = file.read() if limit is None else file.read(limit + 1)
        if limit is not None and len(data) > limit:
            raise FileRejectedError(Reason.TOO_LARGE)
        return data

    def peek(self, key: str, /, *, size: int) -> bytes:
        """Read the beginning of a file."""
        with self._open(key) as file:
            return file.read(size)

    def stat(self, key: str, /) -> ObjectInfo:
        """Describe a file; its digest is computed once until the file changes."""
        with _our_errors(key), _found(key):
            return self._info(key, self._path(key))

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """Walk the folder; files that vanish during the walk are left out."""
        for key in sorted(self._keys(checked_prefix(prefix)), key=str.encode):
            try:
                yield self.stat(key)
            except ObjectMissingError:
                continue

    def delete(self, key: str, /) -> None:
        """Unlink durably; folders stay, because another writer may be about to use them."""
        path = self._path(key)
        with _our_errors(key):
            if path.exists():
                path.unlink(missing_ok=True)
                sync_folder(path.parent)

    def erase(self, key: str, /) -> None:
        """The same as `delete`: a folder keeps no versions."""
        self.delete(key)

    @contextmanager
    def _open(self, key: str) -> Iterator[BinaryIO]:
        with _our_errors(key), _found(key), open(self._path(key), "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ObjectMissingError(f"There is no {masked_key(key)}.")
            yield file

    def _path(self, key: str) -> Path:
        path = self._root / checked_key(key)
        try:
            inside = path.resolve().is_relative_to(self._root.resolve())
        except RuntimeError:  # links that lead round in a circle
            inside = False
        if not inside:
            raise StoreError(
                f"{masked_key(key)} leads out of the store through a symbolic link", hint="remove the link."
            )
        return path

    def _info(self, key: str, path: Path) -> ObjectInfo:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ObjectMissingError(f"There is no {masked_key(key)}.")
        etag = _digest(path, found.st_ino, found.st_size, found.st_mtime_ns)
        return ObjectInfo(key=key, size=found.st_size, etag=etag, modified=_moment(found))

    def _keys(self, prefix: str) -> Iterator[str]:
        for folder, _, names in os.walk(self._root / parent_of(prefix)):
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self._root).as_posix()
                if key.startswith(prefix) and is_key(key) and not path.is_symlink():
                    yield key


@lru_cache(maxsize=1 << 16)
def _digest(path: Path, _inode: int, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # opening a named pipe would block forever


def _moment(found: os.stat_result) -> datetime:
    return datetime.fromtimestamp(found.st_mtime, tz=UTC)


@contextmanager
def _our_errors(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "unknown")
        kind = StoreDownError if error.errno in _PASSING else StoreError
        raise kind(f"The store's folder refused {masked_key(key)} ({name}): check its disk and permissions.") from error


@contextmanager
def _found(key: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise ObjectMissingError(f"There is no {masked_key(key)}.") from error


def write_atomically(path: Path, data: bytes) -> None:
    """Create or replace a file (0600), whole or not at all even after a crash; creates its folders (0700).

    Raises:
        OSError: The file system refused; the previous file is unchanged.
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
    """Create a folder (0700) and its parents durably; an existing folder stays unchanged."""
    if path.is_dir():
        return
    make_private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the directory entries of a folder durable."""
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
