"""The store of a machine that has nothing else: a folder."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from models.errors import FileRejectedError, ObjectMissingError, StoreDownError, StoreError
from models.findings import Reason
from pipeline.stores.atomic import make_private_folder, sync_folder, write_atomically
from pipeline.stores.base import ObjectInfo, checked_key, checked_prefix, is_key, masked_key, parent_of

_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EAGAIN})


class FolderStore:
    """Objects as files below one folder; the etag is the SHA-256 of the bytes, and there are no old versions."""

    def __init__(self, folder: Path) -> None:
        self._root = folder.absolute()

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:  # noqa: ARG002 - files have no type
        """Write beside the place, make it durable, and move it there."""
        path = self._path(key)
        with _our_errors(key):
            make_private_folder(self._root)
            write_atomically(path, data)
            modified = _moment(path.stat())
        return ObjectInfo(key=key, size=len(data), etag=hashlib.sha256(data).hexdigest(), modified=modified)

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Read a file, never more than one byte past the limit."""
        with self._opened(key) as file:
            if limit is not None and os.fstat(file.fileno()).st_size > limit:
                raise FileRejectedError(Reason.TOO_LARGE)
            data = file.read() if limit is None else file.read(limit + 1)
        if limit is not None and len(data) > limit:
            raise FileRejectedError(Reason.TOO_LARGE)
        return data

    def peek(self, key: str, /, *, size: int) -> bytes:
        """Read the beginning of a file."""
        with self._opened(key) as file:
            return file.read(size)

    def stat(self, key: str, /) -> ObjectInfo:
        """Look at a file; its digest is computed once for as long as it stays untouched."""
        with _our_errors(key), _found(key):
            return self._info(key, self._path(key))

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """Walk the folder; what vanishes during the walk is left out."""
        for key in sorted(self._keys(checked_prefix(prefix)), key=str.encode):
            try:
                yield self.stat(key)
            except ObjectMissingError:
                continue

    def delete(self, key: str, /) -> None:
        """Unlink, durably; folders stay, since another writer may be about to use them."""
        path = self._path(key)
        with _our_errors(key):
            if path.exists():
                path.unlink(missing_ok=True)
                sync_folder(path.parent)

    def erase(self, key: str, /) -> None:
        """The same as `delete`: a folder keeps no versions."""
        self.delete(key)

    def url_for(self, key: str, /, *, seconds: int) -> None:  # noqa: ARG002 - see the docstring
        """None: a folder has no links."""
        checked_key(key)

    @contextmanager
    def _opened(self, key: str) -> Iterator[BinaryIO]:
        with _our_errors(key), _found(key), open(self._path(key), "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ObjectMissingError(f"There is no {masked_key(key)}.")
            yield file

    def _path(self, key: str) -> Path:
        path = self._root / checked_key(key)
        if not path.resolve().is_relative_to(self._root.resolve()):
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
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe that somebody left there would keep us for ever


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
