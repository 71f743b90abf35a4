"""What every store does: keeps bytes under keys, whole or not at all."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Protocol

from models.base import Model
from models.errors import StoreError
from models.submission import PART_SUFFIX

LONGEST_KEY = 1024  # bytes of UTF-8: the limit of S3
LONGEST_SEGMENT = 240  # bytes of UTF-8: 255 on the usual file systems, less what a file on its way adds
_CONTENT_KEY = re.compile(r"objects/[0-9a-f]{2}/[0-9a-f]{64}")


class ObjectInfo(Model):
    """What is known of an object without reading it.

    Attributes:
        key: Where it lies, `/` between segments.
        size: In bytes.
        etag: Differs whenever the bytes differ; comparable only within one store.
        version: Of a store that keeps old versions; else None.
        modified: When it was written, in UTC.
    """

    key: str
    size: int
    etag: str
    version: str | None = None
    modified: datetime


class Store(Protocol):
    """A place for objects. Every method may raise StoreError, and StoreDownError where trying again helps."""

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        """Create or replace; when this returns, the object is durable, and nobody ever sees half of it."""

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Read an object of at most `limit` bytes; None for any size.

        Raises:
            ObjectMissingError: There is none.
            FileRejectedError: It is larger than `limit` (too_large); it was not read whole to find out.
        """

    def peek(self, key: str, /, *, size: int) -> bytes:
        """The first bytes of an object, at most so many; raises ObjectMissingError if there is none."""

    def stat(self, key: str, /) -> ObjectInfo:
        """Look at an object; raises ObjectMissingError if there is none."""

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """Every object whose key starts with `prefix`, in the order of their keys as UTF-8; "" for all."""

    def delete(self, key: str, /) -> None:
        """Remove an object; one that is not there is no error."""

    def erase(self, key: str, /) -> None:
        """Remove an object with every version that the store keeps of it; one that is not there is no error."""

    def url_for(self, key: str, /, *, seconds: int) -> str | None:
        """A link that shows the object to whoever holds it, for so long; None where the store has no links."""


def checked_key(key: str) -> str:
    """Hand a key back, or refuse it; both stores take the same keys.

    Raises:
        StoreError: The key is not relative, has an empty or dotted segment, a NUL, a backslash, or is too long.
    """
    segments = key.split("/")
    controls = any(unicodedata.category(char) in {"Cc", "Cs"} for char in key)
    if controls or "\\" in key or {"", ".", ".."} & set(segments) or key.endswith(PART_SUFFIX):
        raise StoreError(
            f"{masked_key(key)} is not a key", hint="use a relative path without dots and control characters."
        )
    sizes = [len(segment.encode(errors="replace")) for segment in segments]
    if max(sizes) > LONGEST_SEGMENT or sum(sizes) + len(sizes) > LONGEST_KEY:
        raise StoreError(
            f"{masked_key(key)} is too long for a key", hint=f"use at most {LONGEST_SEGMENT} bytes a segment."
        )
    return key


def is_key(text: str) -> bool:
    """Whether an object could have this key; a folder may hold files that no object is."""
    try:
        checked_key(text)
    except StoreError:
        return False
    return True


def checked_prefix(prefix: str) -> str:
    """Hand a prefix back, or refuse it: like a key, and may be empty or end in a slash.

    Raises:
        StoreError: No key could start so.
    """
    if prefix:
        checked_key(prefix.removesuffix("/"))
    return prefix


def masked_key(key: str) -> str:
    """A key as messages may show it: in full where it is a digest, else only a fingerprint of what a person named."""
    if _CONTENT_KEY.fullmatch(key):
        return f"object {key}"
    return f"object #{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:12]}"


def parent_of(prefix: str) -> str:
    """The deepest folder in which every key with this prefix lies; "" for the root."""
    folder = prefix if prefix.endswith("/") else str(PurePosixPath(prefix).parent)
    return "" if folder == "." else folder.removesuffix("/")
