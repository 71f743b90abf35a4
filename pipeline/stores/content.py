"""Keys of objects; originals are addressed by the SHA-256 of their bytes, so equal bytes are stored once."""

import hashlib
from typing import Final

from models.errors import StoreError
from pipeline.stores.base import Store
from pipeline.stores.envelope import is_sealed

RESULTS: Final = "results/"  # what other systems fetch


def content_key(digest: str) -> str:
    """The key of the bytes with this SHA-256 (64 hexadecimal digits)."""
    return f"objects/{digest[:2]}/{digest}"


def results_folder(submission_id: str) -> str:
    """The prefix of a case's results."""
    return f"{RESULTS}case-{submission_id}/"


def refusal_key(item_id: str) -> str:
    """The key of the report on a refused upload."""
    return f"{RESULTS}refused-{item_id}.json"


def keep_bytes(store: Store, data: bytes) -> str:
    """Store bytes and return their SHA-256; storing them again repairs a damaged object."""
    digest = hashlib.sha256(data).hexdigest()
    store.put(content_key(digest), data, content_type="application/octet-stream")
    return digest


def bytes_of(store: Store, digest: str, *, limit: int | None) -> bytes:
    """Read the bytes with this SHA-256.

    Raises:
        ObjectMissingError: They were never stored, or were erased.
        FileRejectedError: They are more than `limit` bytes (too_large).
        StoreError: The stored bytes have another digest.
    """
    data = store.get(content_key(digest), limit=limit)
    if hashlib.sha256(data).hexdigest() != digest:
        if is_sealed(data):
            raise StoreError(
                f"Object {content_key(digest)} is sealed", hint="set INTAKE_STORE__SEALING__KEYRING to its keys."
            )
        raise StoreError(f"Object {content_key(digest)} is not what was kept", hint="restore it from a backup.")
    return data
