"""Objects sealed again: what is plain, under an older key or of another cipher, and nothing else."""

from pathlib import Path
from typing import NamedTuple

import pytest

from models.errors import StoreDownError
from models.submission import INBOX
from pipeline.stores.base import ObjectInfo, Store
from pipeline.stores.encrypted import EncryptedStore
from pipeline.stores.envelope import MAGIC, DamagedError
from pipeline.stores.folder import FolderStore
from pipeline.stores.options import CipherName
from tests.support.sealing import NEW, OLD, TYPE, everything, sealed_at


class Mixed(NamedTuple):
    """A store, and what was put there."""

    store: EncryptedStore
    held: dict[str, bytes]


@pytest.fixture
def mixed(tmp_path: Path) -> Mixed:
    """A store of a plain object, one under the old key, one of another cipher, one of today, and an upload."""
    keys = ("objects/plain", "objects/old", "objects/aes", "pictures/new", f"{INBOX}a")
    held = {key: key.encode() * 100 for key in keys}
    today = sealed_at(tmp_path, f"{NEW} {OLD}")
    writers: tuple[Store, ...] = (
        FolderStore(tmp_path),
        sealed_at(tmp_path),
        sealed_at(tmp_path, NEW, CipherName.AES),
        today,
        today,
    )
    for writer, (key, data) in zip(writers, held.items(), strict=True):
        writer.put(key, data, content_type=TYPE)
    return Mixed(today, held)


def test_what_is_not_as_of_today_is_sealed_again(mixed: Mixed, tmp_path: Path) -> None:
    store, held = mixed
    assert list(store.reseal()) == ["objects/aes", "objects/old", "objects/plain"]
    assert list(store.reseal()) == []
    alone = sealed_at(tmp_path, NEW)
    assert {info.key: alone.get(info.key, limit=None) for info in alone.list("")} == held
    assert everything(tmp_path).count(MAGIC) == 4


def test_sealing_again_goes_on_where_it_was_broken_off(mixed: Mixed) -> None:
    store, _ = mixed
    assert next(store.reseal()) == "objects/aes"
    assert list(store.reseal()) == ["objects/old", "objects/plain"]


def test_one_damaged_object_keeps_no_other_from_being_sealed_again(mixed: Mixed, tmp_path: Path) -> None:
    store, _ = mixed
    (tmp_path / "objects/aes").write_bytes(MAGIC)
    again = store.reseal()
    assert [next(again), next(again)] == ["objects/old", "objects/plain"]
    with pytest.raises(DamagedError):
        next(again)


class Down(FolderStore):
    """A store that takes nothing."""

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        raise StoreDownError("down")


def test_a_store_that_is_down_ends_it_at_once(mixed: Mixed, tmp_path: Path) -> None:
    store = EncryptedStore(Down(tmp_path), mixed.store._keyring)
    with pytest.raises(StoreDownError):
        next(store.reseal())
