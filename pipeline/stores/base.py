"""The protocol of object stores, and the keys that every store accepts."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Protocol

from models.base import Model
from models.errors import StoreError
from models.manifest_values import PART_SUFFIX

LONGEST_KEY = 1024  # bytes of UTF-8: the limit of S3
LONGEST_SEGMENT = 240  # bytes of UTF-8: 255 on the usual file systems, less the suffix of temporary files
_CONTENT_KEY = re.compile(r"objects/[0-9a-f]{2}/[0-9a-f]{64}")


class ObjectInfo(Model):
    """Metadata of an object.

    Attributes:
        key: The object's key, `/` between segments.
        size: Bytes.
        etag: Differs whenever the bytes differ; comparable only within one store.
        version: The version's id; None in a store that keeps no old versions.
        modified: When the object was written, in UTC.
    """

    key: str
    size: int
    etag: str
    version: str | None = None
    modified: datetime


class Store(Protocol):
    """A place for objects. Every method may raise StoreError, and StoreDownError if a retry helps."""

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        """Create or replace an object atomically; it is durable when this returns."""

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Read an object of at most `limit` bytes; None for any size.

        Raises:
            ObjectMissingError: The object does not exist.
            FileRejectedError: The object is larger than `limit` (too_large); it was not read whole.
        """

    def peek(self, key: str, /, *, size: int) -> bytes:
        """Read the first `size` bytes of an object; raises ObjectMissingError if it does not exist."""

    def stat(self, key: str, /) -> ObjectInfo:
        """Describe an object; raises ObjectMissingError if it does not exist."""

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """Every object whose key starts with `prefix`, sorted by key as UTF-8; "" for all."""

    def delete(self, key: str, /) -> None:
        """Remove an object; a missing object is no error."""

    def erase(self, key: str, /) -> None:
        """Remove an object and all its old versions; a missing object is no error."""


def checked_key(key: str) -> str:
    """Return the key if it is valid; all stores accept the same keys.

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
    """Whether the key is valid; a folder may contain files whose path is no valid key."""
    try:
        checked_key(text)
    except StoreError:
        return False
    return True


def checked_prefix(prefix: str) -> str:
    """Return the prefix if it is valid: like a key, but it may be empty or end in a slash.

    Raises:
        StoreError: No valid key starts with it.
    """
    if prefix:
        checked_key(prefix.removesuffix("/"))
    return prefix


def masked_key(key: str) -> str:
    """A key for messages: a digest in full, but of a name that a person chose only a fingerprint."""
    if _CONTENT_KEY.fullmatch(key):
        return f"object {key}"
    return f"object #{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:12]}"


def parent_of(prefix: str) -> str:
    """The deepest folder that contains every key with this prefix; "" for the root."""
    folder = prefix if prefix.endswith("/") else str(PurePosixPath(prefix).parent)
    return "" if folder == "." else folder.removesuffix("/")
