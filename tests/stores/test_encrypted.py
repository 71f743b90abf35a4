"""Objects that only the hospital's keys open: rotation, damage, exchange, and what lies there from before."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from models.errors import FileRejectedError, StoreError
from models.result import Decision
from models.submission import INBOX
from pipeline.cases.erasure import forget_child
from pipeline.cases.steps import process
from pipeline.stores.base import Store
from pipeline.stores.content import bytes_of, content_key, keep_bytes
from pipeline.stores.encrypted import EncryptedStore
from pipeline.stores.envelope import ADDED, HEADER, MAGIC, DamagedError, Header, Keyring
from pipeline.stores.folder import FolderStore
from pipeline.stores.opening import open_store
from pipeline.stores.options import CipherName, SealingOptions
from tests.support.cards import CHILD_NUMBER
from tests.support.sealing import NEW, OLD, SCAN, TYPE, everything, sealed_at
from tests.support.uploads import FILES, opened_desk, upload


@pytest.fixture(params=list(CipherName))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EncryptedStore:
    return sealed_at(tmp_path, cipher=request.param)


def test_no_plain_byte_of_a_kept_scan_is_on_disk(store: EncryptedStore, tmp_path: Path) -> None:
    scan = os.urandom(5000)
    digest = keep_bytes(store, scan)
    on_disk = everything(tmp_path)
    assert not [at for at in range(0, len(scan) - 8) if scan[at : at + 8] in on_disk]
    assert bytes_of(store, digest, limit=5000) == scan


@given(data=st.binary(max_size=300), key=st.text(max_size=50), cipher=st.sampled_from(CipherName))
def test_what_is_sealed_opens_again_under_its_own_name_only(data: bytes, key: str, cipher: CipherName) -> None:
    ring = Keyring([bytes(32)], cipher)
    header, envelope = ring.seal(key, data)
    assert Header.of(envelope, key) == header
    assert ring.open(key, header, envelope) == data
    with pytest.raises(DamagedError):
        ring.open(f"{key}x", header, envelope)


@given(st.binary(max_size=HEADER), st.integers(0, len(MAGIC)))
def test_any_bytes_have_a_header_or_none_or_a_damaged_one(data: bytes, magic: int) -> None:
    try:
        Header.of(MAGIC[:magic] + data, "a")
    except DamagedError:
        assert magic or data.startswith(MAGIC[:1])


def test_the_same_bytes_are_never_sealed_alike(store: EncryptedStore, tmp_path: Path) -> None:
    store.put("a", SCAN, content_type=TYPE)
    first = everything(tmp_path)
    store.put("a", SCAN, content_type=TYPE)
    second = everything(tmp_path)
    assert (len(first), len(second)) == (len(SCAN) + ADDED,) * 2
    assert first[HEADER:] != second[HEADER:]


def test_a_case_is_decided_drawn_and_forgotten_alike(tmp_path: Path) -> None:
    source = FolderStore(tmp_path / "uploads")
    with opened_desk(tmp_path) as plain:
        desk = plain._replace(store=sealed_at(tmp_path / "store"))
        result = process(source, upload(source), desk)
        assert result.decision is Decision.ACCEPTED
        assert everything(tmp_path / "store").count(MAGIC) == len(FILES)
        assert not [name for name in FILES if name in everything(tmp_path / "store")]  # each file holds its own name
        forget_child([CHILD_NUMBER], desk.ledger, desk.store)
        assert list(desk.store.list("")) == []


@pytest.mark.parametrize("use", ["get", "list", "stat"])
def test_what_others_put_into_the_inbox_stays_as_it_is(tmp_path: Path, use: str) -> None:
    store, plain = sealed_at(tmp_path), FolderStore(tmp_path)
    key = f"{INBOX}x/hukou.pdf"
    plain.put(key, SCAN, content_type=TYPE)
    store.put(f"{INBOX}x/y", SCAN, content_type=TYPE)
    assert plain.get(f"{INBOX}x/y", limit=None) == SCAN
    uses: dict[str, Callable[[Store], object]] = {
        "get": lambda held: held.get(key, limit=None),
        "list": lambda held: list(held.list("")),
        "stat": lambda held: held.stat(key),
    }
    assert uses[use](store) == uses[use](plain)


@pytest.mark.parametrize("data", [b"", b"x", SCAN, MAGIC[1:] * 9], ids=["empty", "a byte", "a scan", "almost magic"])
def test_what_was_put_before_there_was_a_key_is_read_as_it_is(tmp_path: Path, data: bytes) -> None:
    plain = FolderStore(tmp_path)
    put = plain.put("objects/a", data, content_type=TYPE)
    store = sealed_at(tmp_path)
    assert store.get("objects/a", limit=len(data)) == data
    assert store.stat("objects/a") == next(store.list("")) == put


def test_the_limit_holds_for_plain_objects_that_would_fit_sealed(tmp_path: Path) -> None:
    FolderStore(tmp_path).put("a", b"x" * 101, content_type=TYPE)
    with pytest.raises(FileRejectedError):
        sealed_at(tmp_path).get("a", limit=100)


def test_bytes_that_look_sealed_when_they_come_are_sealed_all_the_same(store: EncryptedStore, tmp_path: Path) -> None:
    store.put("a", SCAN, content_type=TYPE)
    envelope = FolderStore(tmp_path).get("a", limit=None)
    store.put("a", envelope, content_type=TYPE)
    assert store.get("a", limit=None) == envelope


@pytest.mark.parametrize(
    ("keyring", "opens"),
    [
        pytest.param(OLD, True, id="its key alone"),
        pytest.param(f"{NEW}\n{OLD}\n", True, id="a newer key before it"),
        pytest.param(f"{OLD} {NEW}", True, id="another key behind it"),
        pytest.param(NEW, False, id="another key"),
    ],
)
@pytest.mark.parametrize("cipher", list(CipherName))
def test_every_key_of_the_ring_opens(tmp_path: Path, keyring: str, opens: bool, cipher: CipherName) -> None:
    info = sealed_at(tmp_path).put("objects/a", SCAN, content_type=TYPE)
    store = sealed_at(tmp_path, keyring, cipher)
    assert store.stat("objects/a") == info
    if opens:
        assert store.get("objects/a", limit=None) == SCAN
        return
    with pytest.raises(StoreError, match=r"put key [0-9a-f]{16} back into INTAKE_STORE__SEALING__KEYRING"):
        store.get("objects/a", limit=None)


def test_the_first_key_of_the_ring_seals(tmp_path: Path) -> None:
    sealed_at(tmp_path, f"{NEW} {OLD}").put("a", SCAN, content_type=TYPE)
    assert sealed_at(tmp_path, NEW).get("a", limit=None) == SCAN
    with pytest.raises(StoreError, match="not set"):
        sealed_at(tmp_path, OLD).get("a", limit=None)


FIELDS = {
    "the magic": range(len(MAGIC)),
    "the version": range(16, 17),
    "the cipher": range(17, 18),
    "the id of the key": range(18, 26),
    "the sealed inner key": range(26, 86),
    "the print": range(86, HEADER),
    "the nonce": range(HEADER, HEADER + 12),
    "the bytes": range(HEADER + 12, HEADER + 40),
    "the tag": range(len(SCAN) + ADDED - 16, len(SCAN) + ADDED),
}


@pytest.mark.parametrize("flipped", [0x01, 0x03, 0x80])
@pytest.mark.parametrize("field", FIELDS)
def test_an_envelope_that_was_altered_does_not_open(
    store: EncryptedStore, tmp_path: Path, field: str, flipped: int
) -> None:
    store.put("objects/a", SCAN, content_type=TYPE)
    file = tmp_path / "objects/a"
    sealed = file.read_bytes()
    for at in FIELDS[field]:
        file.write_bytes(sealed[:at] + bytes([sealed[at] ^ flipped]) + sealed[at + 1 :])
        with pytest.raises(StoreError, match="backup"):
            store.get("objects/a", limit=None)
        assert [info.key for info in store.list("")] == ["objects/a"]  # so that it can be erased


def test_the_fields_are_all_there_is() -> None:
    header = [at for field in list(FIELDS)[:6] for at in FIELDS[field]]
    assert header == list(range(HEADER))


@pytest.mark.parametrize("left", [1, 15, 16, 17, 30, HEADER - 1, HEADER, HEADER + 5, ADDED, len(SCAN) + ADDED - 1])
def test_an_envelope_that_is_cut_short_does_not_open(store: EncryptedStore, tmp_path: Path, left: int) -> None:
    store.put("objects/a", SCAN, content_type=TYPE)
    file = tmp_path / "objects/a"
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(DamagedError, match="backup"):
        store.get("objects/a", limit=None)
    store.stat("objects/a")
    store.erase("objects/a")
    assert list(store.list("")) == []


def test_an_object_in_the_place_of_another_does_not_open(store: EncryptedStore, tmp_path: Path) -> None:
    store.put("objects/a", SCAN, content_type=TYPE)
    store.put("objects/b", SCAN[::-1], content_type=TYPE)
    one, other = (tmp_path / f"objects/{name}" for name in "ab")
    one_bytes = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(one_bytes)
    for key in ("objects/a", "objects/b"):
        with pytest.raises(DamagedError):
            store.get(key, limit=None)


def test_a_store_without_keys_says_that_an_object_is_sealed(tmp_path: Path) -> None:
    digest = keep_bytes(sealed_at(tmp_path), SCAN)
    with pytest.raises(StoreError, match="INTAKE_STORE__SEALING__KEYRING"):
        bytes_of(open_store(f"file:{tmp_path}"), digest, limit=None)


@pytest.mark.parametrize(
    "keyring",
    [
        pytest.param("0f" * 31, id="too short"),
        pytest.param("0f" * 33, id="too long"),
        pytest.param("xy" * 32, id="no digits"),
        pytest.param(f"{OLD},{NEW}", id="a comma between"),
        pytest.param(f"{OLD} canary", id="a word behind"),
    ],
)
def test_a_key_that_is_none_is_refused_and_not_quoted(keyring: str) -> None:
    with pytest.raises(ValidationError, match="64 hexadecimal digits") as caught:
        SealingOptions(keyring=SecretStr(keyring))
    assert keyring not in str(caught.value)


def test_a_digest_tells_a_content_that_was_emptied(tmp_path: Path) -> None:
    store = sealed_at(tmp_path)
    digest = keep_bytes(store, SCAN)
    (tmp_path / content_key(digest)).write_bytes(b"")  # nothing is left by which it could be known as sealed
    with pytest.raises(StoreError, match="backup"):
        bytes_of(store, digest, limit=None)
