"""Content addressing: the name of the bytes is their SHA-256, so the same bytes are kept once."""

import hashlib

from models.errors import StoreError
from pipeline.stores.base import Store
from pipeline.stores.envelope import is_sealed


def content_key(digest: str) -> str:
    """Where the bytes with this SHA-256 (64 hexadecimal digits) lie."""
    return f"objects/{digest[:2]}/{digest}"


def results_folder(submission_id: str) -> str:
    """Below which the results of a case lie for others to fetch."""
    return f"results/case-{submission_id}/"


def refusal_key(item_id: str) -> str:
    """Where it lies what is wrong with an upload that was refused."""
    return f"results/refused-{item_id}.json"


def keep_bytes(store: Store, data: bytes) -> str:
    """Keep bytes and hand on their SHA-256; keeping them again writes the same, which also heals a damaged object."""
    digest = hashlib.sha256(data).hexdigest()
    store.put(content_key(digest), data, content_type="application/octet-stream")
    return digest


def bytes_of(store: Store, digest: str, *, limit: int | None) -> bytes:
    """Bring bytes back.

    Raises:
        ObjectMissingError: They were never kept, or were erased.
        FileRejectedError: They are more than `limit` (too_large).
        StoreError: What lies there is not what was kept.
    """
    data = store.get(content_key(digest), limit=limit)
    if hashlib.sha256(data).hexdigest() != digest:
        if is_sealed(data):
            raise StoreError(
                f"Object {content_key(digest)} is sealed", hint="set INTAKE_STORE__SEALING__KEYRING to its keys."
            )
        raise StoreError(f"Object {content_key(digest)} is not what was kept", hint="restore it from a backup.")
    return data
