"""What every store must do: the same table on a folder and on a real S3 server."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import FileRejectedError, ObjectMissingError, StoreError
from models.findings import Reason
from pipeline.stores.base import ObjectInfo, Store
from pipeline.stores.content import content_key
from tests.contracts.conftest import OpenStore
from tests.support.processes import leave

TEXT = "text/plain"


@pytest.mark.parametrize("size", [0, 1, 100_000, 6 * 1024 * 1024], ids=["empty", "a byte", "small", "over 5 MiB"])
def test_what_was_put_comes_back_in_another_session(reopen: OpenStore, size: int) -> None:
    data = os.urandom(size)
    reopen().put("a/b.bin", data, content_type=TEXT)
    assert reopen().get("a/b.bin", limit=None) == data


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("a", id="one letter"),
        pytest.param("inbox/01JD/submission.json", id="segments"),
        pytest.param("a b+c%20&=?#.txt", id="signs of a URL"),
        pytest.param("户口本 第１页.jpg", id="Chinese"),
        pytest.param("张\u3000三.jpg", id="an ideographic space"),
        pytest.param("𠮷\ue000.jpg", id="rare and private characters"),
        pytest.param(".hidden/..name/a...b", id="dots that are no steps"),
        pytest.param("户" * 80, id="240 bytes in a segment"),
        pytest.param("/".join(["a" * 200] * 5), id="1004 bytes"),
    ],
)
def test_a_key_comes_back_as_it_was_given(store: Store, key: str) -> None:
    put = store.put(key, b"x", content_type=TEXT)
    assert put.key == key
    assert [info.key for info in store.list("")] == [key]
    assert store.get(key, limit=None) == b"x"


def test_forms_of_the_same_letter_stay_two_objects(store: Store) -> None:
    for key in ("é", "e\u0301", "E\u0301"):
        store.put(key, key.encode(), content_type=TEXT)
    assert {info.key for info in store.list("")} == {"é", "e\u0301", "E\u0301"}


BAD_KEYS = [
    pytest.param("", id="empty"),
    pytest.param("/etc/passwd", id="absolute"),
    pytest.param("../x", id="a step up"),
    pytest.param("a/../../x", id="a step up in the middle"),
    pytest.param("a/./x", id="a step nowhere"),
    pytest.param("a//x", id="an empty segment"),
    pytest.param("a/", id="a slash at the end"),
    pytest.param("a\x00b", id="NUL"),
    pytest.param("a\nb", id="a line break"),
    pytest.param("a\\b", id="a backslash"),
    pytest.param("a\ud800b", id="half a surrogate pair"),
    pytest.param("a/.1234.part", id="a file on its way"),
    pytest.param("a" * 241, id="a segment over 240 bytes"),
    pytest.param("/".join(["a" * 200] * 6), id="over 1024 bytes"),
]


@pytest.mark.parametrize("key", BAD_KEYS)
@pytest.mark.parametrize("use", ["put", "get", "peek", "stat", "delete"])
def test_a_bad_key_is_refused_everywhere(store: Store, key: str, use: str) -> None:
    uses: dict[str, Callable[[], object]] = {
        "put": lambda: store.put(key, b"x", content_type=TEXT),
        "get": lambda: store.get(key, limit=None),
        "peek": lambda: store.peek(key, size=10),
        "stat": lambda: store.stat(key),
        "delete": lambda: store.delete(key),
    }
    with pytest.raises(StoreError, match="key"):
        uses[use]()


@pytest.mark.parametrize("prefix", ["/", "../", "a//", "a\\", "a\x00"])
def test_a_bad_prefix_is_refused(store: Store, prefix: str) -> None:
    with pytest.raises(StoreError, match="key"):
        list(store.list(prefix))


def test_stat_list_and_put_tell_the_same(store: Store) -> None:
    put = store.put("a/b", b"x" * 1000, content_type=TEXT)
    assert put == store.stat("a/b") == next(store.list("a/"))
    assert (put.key, put.size) == ("a/b", 1000)
    assert abs(put.modified - datetime.now(tz=UTC)) < timedelta(minutes=1)
    assert put.modified.utcoffset() == timedelta(0)


def test_replacing_gives_the_new_bytes_and_another_etag(store: Store) -> None:
    old = store.put("a", b"old", content_type=TEXT)
    new = store.put("a", b"new", content_type=TEXT)
    assert store.get("a", limit=None) == b"new"
    assert old.etag != new.etag
    assert [info.etag for info in store.list("")] == [new.etag]


def test_the_same_bytes_have_the_same_etag(store: Store) -> None:
    assert store.put("a", b"x", content_type=TEXT).etag == store.put("b", b"x", content_type=TEXT).etag


@pytest.mark.parametrize("use", ["get", "stat", "peek"])
@pytest.mark.parametrize("key", ["a/missing", "missing", "a/b/below an object", "a"])
def test_what_is_not_there_is_missing(store: Store, use: str, key: str) -> None:
    store.put("a/b", b"x", content_type=TEXT)
    uses: dict[str, Callable[[], object]] = {
        "get": lambda: store.get(key, limit=None),
        "stat": lambda: store.stat(key),
        "peek": lambda: store.peek(key, size=10),
    }
    with pytest.raises(ObjectMissingError):
        uses[use]()


def test_an_error_does_not_repeat_what_a_person_named(store: Store) -> None:
    with pytest.raises(ObjectMissingError) as caught:
        store.get("inbox/欧阳靖萱.jpg", limit=None)
    assert "欧阳靖萱" not in str(caught.value)


def test_an_error_names_an_object_that_is_named_by_its_digest(store: Store) -> None:
    key = content_key("ab" * 32)
    with pytest.raises(ObjectMissingError, match=key):
        store.get(key, limit=None)


@pytest.mark.parametrize(
    ("size", "limit", "fits"),
    [
        pytest.param(100, 101, True, id="below"),
        pytest.param(100, 100, True, id="exactly"),
        pytest.param(100, 99, False, id="one byte over"),
        pytest.param(300_000, 100_000, False, id="over by several chunks"),
        pytest.param(1, 0, False, id="nothing is allowed"),
        pytest.param(0, 0, True, id="nothing at all"),
    ],
)
def test_the_limit_of_a_read(store: Store, size: int, limit: int, fits: bool) -> None:
    store.put("a", b"x" * size, content_type=TEXT)
    if fits:
        assert len(store.get("a", limit=limit)) == size
        return
    with pytest.raises(FileRejectedError) as caught:
        store.get("a", limit=limit)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "size", "beginning"),
    [
        pytest.param(b"scan", 2, b"sc", id="a part"),
        pytest.param(b"scan", 4, b"scan", id="all of it"),
        pytest.param(b"scan", 100, b"scan", id="more than there is"),
        pytest.param(b"", 10, b"", id="an empty object"),
    ],
)
def test_the_beginning_of_an_object(store: Store, data: bytes, size: int, beginning: bytes) -> None:
    store.put("a", data, content_type=TEXT)
    assert store.peek("a", size=size) == beginning


def test_a_refused_read_leaves_the_store_usable(store: Store) -> None:
    store.put("a", b"x" * 3_000_000, content_type=TEXT)
    for _ in range(40):  # more often than the pool has connections
        with pytest.raises(FileRejectedError):
            store.get("a", limit=10)
    assert len(store.get("a", limit=None)) == 3_000_000


@pytest.mark.parametrize(
    ("prefix", "keys"),
    [
        pytest.param("", ["b", "in/a", "in/b/c", "inbox/a", "户/a"], id="everything, in the order of UTF-8"),
        pytest.param("in/", ["in/a", "in/b/c"], id="a folder"),
        pytest.param("in", ["in/a", "in/b/c", "inbox/a"], id="the beginning of a name"),
        pytest.param("in/b/c", ["in/b/c"], id="a whole key"),
        pytest.param("in/b/cd", [], id="more than any key"),
        pytest.param("nowhere/", [], id="no such folder"),
        pytest.param("户", ["户/a"], id="a Chinese letter"),
    ],
)
def test_a_listing_holds_what_starts_with_the_prefix(store: Store, prefix: str, keys: list[str]) -> None:
    for key in ("户/a", "inbox/a", "in/b/c", "in/a", "b"):
        store.put(key, b"x", content_type=TEXT)
    assert [info.key for info in store.list(prefix)] == keys


def test_what_is_deleted_is_gone(store: Store) -> None:
    store.put("a/b", b"x", content_type=TEXT)
    store.delete("a/b")
    assert list(store.list("")) == []
    with pytest.raises(ObjectMissingError):
        store.get("a/b", limit=None)
    assert store.put("a/b", b"y", content_type=TEXT).size == 1


def test_what_is_erased_is_gone_with_every_version_and_nothing_else_is(store: Store) -> None:
    for key, data in (("a/b", b"1"), ("a/b", b"2"), ("a/bc", b"3"), ("a/c", b"4")):
        store.put(key, data, content_type=TEXT)
    store.delete("a/b")
    store.put("a/b", b"5", content_type=TEXT)
    store.erase("a/b")
    store.erase("a/b")
    assert [info.key for info in store.list("")] == ["a/bc", "a/c"]
    assert [store.get(key, limit=None) for key in ("a/bc", "a/c")] == [b"3", b"4"]
    with pytest.raises(ObjectMissingError):
        store.get("a/b", limit=None)


@pytest.mark.parametrize("key", ["missing", "no/folder/either"])
def test_deleting_what_is_not_there_is_no_error(store: Store, key: str) -> None:
    store.delete(key)
    assert list(store.list("")) == []


def test_readers_and_writers_at_once_see_whole_objects_only(store: Store) -> None:
    values = [bytes([n]) * 200_000 for n in range(4)]
    store.put("a", values[0], content_type=TEXT)
    seen: list[bytes] = []
    writers = [threading.Thread(target=store.put, args=("a", value), kwargs={"content_type": TEXT}) for value in values]
    readers = [threading.Thread(target=lambda: seen.append(store.get("a", limit=None))) for _ in range(12)]
    for thread in [*writers, *readers]:
        thread.start()
    for thread in [*writers, *readers]:
        thread.join()
    assert len(seen) == 12
    assert set(seen) <= set(values)
    assert [info.key for info in store.list("")] == ["a"]


def test_a_child_process_reads_beside_its_parent(store: Store) -> None:
    values = {name: name.encode() * 50_000 for name in ("parent", "child")}
    for name, value in values.items():
        store.put(name, value, content_type=TEXT)
    child = os.fork()
    if child == 0:
        leave(store.get("child", limit=None) == values["child"] for _ in range(50))
    assert all(store.get("parent", limit=None) == values["parent"] for _ in range(50))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_info_has_no_version_unless_the_store_keeps_them(reopen: OpenStore, request: pytest.FixtureRequest) -> None:
    store, keeps_versions = reopen(), "versions" in request.node.name
    infos: list[ObjectInfo] = [store.put("a", data, content_type=TEXT) for data in (b"1", b"2")]
    assert len({info.version for info in infos} - {None}) == (2 if keeps_versions else 0)
    assert [info.version for info in store.list("")] == [infos[1].version]
