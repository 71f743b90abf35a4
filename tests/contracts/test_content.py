"""Content addressing, on every store."""

import hashlib

import pytest

from models.errors import FileRejectedError, StoreError
from pipeline.stores.base import Store
from pipeline.stores.content import bytes_of, content_key, keep_bytes


def test_bytes_are_kept_once_under_their_digest(store: Store) -> None:
    digest = keep_bytes(store, b"scan")
    assert digest == keep_bytes(store, b"scan") == hashlib.sha256(b"scan").hexdigest()
    assert [info.key for info in store.list("objects/")] == [f"objects/{digest[:2]}/{digest}"]
    assert bytes_of(store, digest, limit=4) == b"scan"


def test_bytes_that_changed_are_refused_until_they_are_kept_again(store: Store) -> None:
    digest = keep_bytes(store, b"scan")
    store.put(content_key(digest), b"scam", content_type="text/plain")
    with pytest.raises(StoreError, match=digest):
        bytes_of(store, digest, limit=None)
    keep_bytes(store, b"scan")
    assert bytes_of(store, digest, limit=None) == b"scan"


def test_bytes_over_the_limit_are_refused_before_their_digest(store: Store) -> None:
    digest = keep_bytes(store, b"scan")
    with pytest.raises(FileRejectedError):
        bytes_of(store, digest, limit=3)
