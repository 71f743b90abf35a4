"""What only one of the stores can get wrong: faults of a server, files of a folder, and the table that picks."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from models.errors import ObjectMissingError, StoreDownError, StoreError
from pipeline.stores.base import Store, masked_key
from pipeline.stores.opening import open_store
from pipeline.stores.options import StoreOptions
from tests.support.bad_s3 import bad_s3
from tests.support.certificates import self_signed
from tests.support.processes import free_port
from tests.support.rgw import Gateway

USES: dict[str, Callable[[Store], object]] = {
    "put": lambda store: store.put("k", b"x", content_type="text/plain"),
    "get": lambda store: store.get("k", limit=10_000),
    "list": lambda store: list(store.list("")),
    "delete": lambda store: store.delete("k"),
    "stat": lambda store: store.stat("k"),
    "erase": lambda store: store.erase("k"),
    "list of a prefix": lambda store: list(store.list("k/")),
}
READS: dict[str, Callable[[Store], object]] = {
    "get": USES["get"],
    "peek": lambda store: store.peek("k", size=4),
    "stat": USES["stat"],
}


def s3_at(endpoint: str, *, retries: int = 0) -> Store:
    return open_store("s3://bucket", StoreOptions(endpoint=endpoint, secure=False, timeout=0.3, retries=retries))


BUSY = ["SlowDown", "InternalError", "a page of HTML", "reset", "TooManyRequests", "OperationAborted", "RequestTimeout"]


@pytest.mark.parametrize("use", ["put", "get", "list", "delete", "stat"])
@pytest.mark.parametrize("fault", [*BUSY, "XMinioStorageFull"])
def test_a_server_that_is_down_is_worth_another_try(fault: str, use: str) -> None:
    with bad_s3(fault) as endpoint, pytest.raises(StoreDownError) as caught:
        USES[use](s3_at(endpoint))
    assert caught.value.retryable


def test_a_server_that_is_busy_for_a_moment_is_asked_again() -> None:
    with bad_s3("SlowDown", times=2) as endpoint:
        assert s3_at(endpoint, retries=3).get("k", limit=10_000) == b"well"


@pytest.mark.parametrize("use", READS)
def test_an_object_that_is_missing_for_a_moment_is_asked_for_again(use: str) -> None:
    with bad_s3("NoSuchKey", times=1) as endpoint:
        READS[use](s3_at(endpoint))
    with bad_s3("NoSuchKey", times=2) as endpoint, pytest.raises(ObjectMissingError):
        READS[use](s3_at(endpoint))


@pytest.mark.parametrize("fault", ["stall", "half a body"])
def test_an_answer_that_breaks_off_is_no_answer(fault: str) -> None:
    with bad_s3(fault) as endpoint, pytest.raises(StoreDownError):
        s3_at(endpoint).get("k", limit=10_000)


@pytest.mark.parametrize("use", ["put", "get", "list", "delete", "stat"])
def test_a_server_that_is_not_there_is_worth_another_try(use: str) -> None:
    with pytest.raises(StoreDownError):
        USES[use](s3_at(f"127.0.0.1:{free_port()}"))


@pytest.mark.timeout(20)
def test_a_server_that_wants_an_hour_does_not_get_it() -> None:
    with bad_s3("busy for an hour") as endpoint, pytest.raises(StoreDownError, match="busy"):
        s3_at(endpoint, retries=1).get("k", limit=10_000)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("fault", "uses"),
    [
        pytest.param("a portal's page", USES, id="a portal's page"),
        pytest.param("a portal's page with an ETag", ["put", "get", "list", "delete", "erase"], id="one with an ETag"),
        pytest.param("a page that calls itself XML", USES, id="a page that calls itself XML"),
        pytest.param("a page without access", ["put", "get", "list", "delete", "erase"], id="a page without access"),
        pytest.param("nothing", USES, id="nothing"),
        pytest.param("another object", ["put", "get", "erase"], id="another object"),
        pytest.param("no content", ["put", "get", "list"], id="no content"),
        pytest.param("a length that is none", ["put", "get", "list", "stat"], id="a length that is none"),
        pytest.param("a listing that never ends", ["list"], id="a listing that never ends"),
        pytest.param("a listing of other objects", ["list of a prefix"], id="a listing of other objects"),
        pytest.param("a listing without dates", ["list"], id="a listing without dates"),
        pytest.param("a listing with odd sizes", ["list"], id="a listing with odd sizes"),
    ],
)
def test_an_answer_that_s3_does_not_promise_is_no_object_no_listing_and_no_deletion(
    fault: str, uses: list[str]
) -> None:
    with bad_s3(fault) as endpoint:
        for use in uses:
            with pytest.raises(StoreError, match="as no S3 server does") as caught:
                USES[use](s3_at(endpoint))
            assert not caught.value.retryable


def test_no_redirect_is_followed_and_nothing_is_sent_after_it() -> None:
    with bad_s3("a redirect") as endpoint:
        for use in USES.values():
            with pytest.raises(StoreError, match="sends us elsewhere") as caught:
                use(s3_at(endpoint, retries=3))
            assert not caught.value.retryable


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        pytest.param("RequestTimeTooSkewed", StoreError, "clocks", id="clocks"),
        pytest.param("AuthorizationHeaderMalformed", StoreError, "region", id="region"),
        pytest.param("QuotaExceeded", StoreDownError, "full", id="quota"),
    ],
)
def test_a_fault_has_its_name(fault: str, kind: type[StoreError], words: str) -> None:
    with bad_s3(fault) as endpoint, pytest.raises(StoreError, match=words) as caught:
        s3_at(endpoint).put("k", b"x", content_type="text/plain")
    assert type(caught.value) is kind


def test_a_certificate_that_nobody_trusts_is_named_and_not_tried_for_ever(tmp_path: Path) -> None:
    with (
        bad_s3("none", tls=self_signed(tmp_path)) as endpoint,
        pytest.raises(StoreError, match="certificate is not trusted") as untrusted,
    ):
        open_store("s3://bucket", StoreOptions(endpoint=endpoint, retries=1)).get("k", limit=10)
    with bad_s3("none") as endpoint, pytest.raises(StoreError, match="does not speak TLS") as plain:
        open_store("s3://bucket", StoreOptions(endpoint=endpoint, retries=1)).get("k", limit=10)
    assert not untrusted.value.retryable
    assert not plain.value.retryable


@pytest.mark.parametrize("use", ["put", "get", "list", "delete", "stat"])
@pytest.mark.parametrize("fault", ["AccessDenied", "NoSuchBucket"])
def test_a_setting_that_is_wrong_is_not_the_familys_missing_file(fault: str, use: str) -> None:
    with bad_s3(fault) as endpoint, pytest.raises(StoreError) as caught:
        USES[use](s3_at(endpoint))
    assert type(caught.value) is StoreError


@pytest.mark.s3
@pytest.mark.parametrize("use", ["put", "get", "list", "stat"])
def test_a_missing_bucket_is_not_a_missing_object(gateway: Gateway, use: str) -> None:
    with pytest.raises(StoreError, match="bucket") as caught:
        USES[use](open_store("s3://not-made-by-anybody", gateway.options))
    assert type(caught.value) is StoreError


@pytest.mark.parametrize("change", [{"secret_key": SecretStr("wrong")}, {"access_key": SecretStr("wrong")}])
@pytest.mark.s3
def test_wrong_keys_are_refused_without_being_told(gateway: Gateway, change: dict[str, SecretStr]) -> None:
    store = open_store("s3://bucket", gateway.options.model_copy(update=change))
    with pytest.raises(StoreError, match="keys") as caught:
        store.get("k", limit=None)
    assert "wrong" not in str(caught.value)


def test_secrets_are_never_printed() -> None:
    options = StoreOptions(access_key=SecretStr("canary"), secret_key=SecretStr("canary"))
    assert "canary" not in f"{options} {options!r} {options.model_dump()} {options.model_dump_json()}"


@pytest.mark.parametrize("url", ["", "file:", "s3://", "s3:", "http://x/y", "folder", "ftp:x"])
def test_a_url_that_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match=r"file:FOLDER or s3://BUCKET"):
        open_store(url)


@pytest.mark.parametrize("endpoint", ["http://host:9000", "host/path"])
def test_an_endpoint_that_is_none_is_refused(endpoint: str) -> None:
    with pytest.raises(StoreError, match="HOST:PORT"):
        open_store("s3://bucket", StoreOptions(endpoint=endpoint))


@pytest.mark.parametrize("url", ["file:{}/s", "file://{}/s"], ids=["a path", "a URL"])
def test_a_folder_is_made_on_the_first_put_for_its_owner_alone(tmp_path: Path, url: str) -> None:
    store = open_store(url.format(tmp_path))
    assert list(store.list("")) == []
    assert not tmp_path.joinpath("s").exists()
    store.put("a/b", b"x", content_type="text/plain")
    modes = [oct(tmp_path.joinpath("s", *parts).stat().st_mode & 0o777) for parts in ((), ("a",), ("a", "b"))]
    assert modes == ["0o700", "0o700", "0o600"]


def test_a_file_on_its_way_is_not_listed_and_does_not_disturb(tmp_path: Path) -> None:
    store = open_store(f"file:{tmp_path}")
    store.put("a", b"x", content_type="text/plain")
    tmp_path.joinpath(".12345678.part").write_bytes(b"half")
    assert [info.key for info in store.list("")] == ["a"]


def test_a_put_that_fails_leaves_the_old_bytes_and_nothing_else(tmp_path: Path) -> None:
    store = open_store(f"file:{tmp_path}")
    store.put("a/b", b"old", content_type="text/plain")
    with pytest.raises(StoreError):
        store.put("a", b"new", content_type="text/plain")  # a folder stands there
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert store.get("a/b", limit=None) == b"old"


def test_an_etag_follows_a_file_that_was_changed_in_place(tmp_path: Path) -> None:
    store = open_store(f"file:{tmp_path}")
    before = store.put("a", b"old", content_type="text/plain")
    tmp_path.joinpath("a").write_bytes(b"newer")
    assert store.stat("a").etag != before.etag


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside"])
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, target: str) -> None:
    tmp_path.joinpath("outside").write_bytes(b"secret")
    root = tmp_path / "store"
    root.mkdir()
    root.joinpath("a").symlink_to(target)
    store = open_store(f"file:{root}")
    with pytest.raises(StoreError, match="symbolic link"):
        store.get("a", limit=None)
    assert list(store.list("")) == []


@pytest.mark.timeout(10)
@pytest.mark.parametrize("use", ["get", "stat"])
def test_a_pipe_is_no_object_and_nobody_waits_for_it(tmp_path: Path, use: str) -> None:
    os.mkfifo(tmp_path / "k")
    with pytest.raises(ObjectMissingError):
        USES[use](open_store(f"file:{tmp_path}"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(errno.ENOSPC, StoreDownError, id="a full disk is emptied some day"),
        pytest.param(errno.EIO, StoreDownError, id="a disk that fails may recover"),
        pytest.param(errno.EROFS, StoreError, id="a disk that is read only stays so"),
    ],
)
def test_a_failing_disk_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[StoreError]
) -> None:
    def failing(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    store = open_store(f"file:{tmp_path}")
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(StoreError, match=errno.errorcode[code]) as caught:
        store.put("a", b"x", content_type="text/plain")
    assert type(caught.value) is kind
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        pytest.param(f"objects/ab/{'ab' * 32}", f"object objects/ab/{'ab' * 32}", id="a digest in full"),
        pytest.param("inbox/张三.jpg", "object #", id="a name as a fingerprint"),
    ],
)
def test_messages_show_a_key_masked(key: str, shown: str) -> None:
    assert masked_key(key).startswith(shown)
    assert "张三" not in masked_key(key)
