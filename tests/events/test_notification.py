"""What object stores say of uploads, in every dialect, and what is none of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadNotificationError
from pipeline.events.notification import CreatedObject, created_objects, parsed, tokens_of

KEY = "inbox/a b/ü+%26 d/submission.json"
QUOTED = "inbox%2Fa+b%2F%C3%BC%2B%2526+d%2Fsubmission.json"
HERE = CreatedObject("intake", KEY)


def record(source: str, key: str, *, event: str = "ObjectCreated:Put", **more: Any) -> dict[str, Any]:
    return {
        "eventSource": source,
        "eventName": event,
        "s3": {"bucket": {"name": "intake"}, "object": {"key": key}},
    } | more


CEPH = record("ceph:s3", KEY, opaqueData="token", eventId="1795403921.767670.398533d4")
MINIO = record("minio:s3", QUOTED, event="s3:ObjectCreated:CompleteMultipartUpload")
AWS = record("aws:s3", QUOTED.replace("%2F", "/"))
BUS = {"detail-type": "Object Created", "detail": {"bucket": {"name": "intake"}, "object": {"key": KEY}}}


def wrapped(inner: Any) -> str:
    return json.dumps(inner)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"Records": [CEPH]}, [HERE], id="Ceph: the key as it is"),
        pytest.param(
            {"EventName": "s3:ObjectCreated:Put", "Key": f"intake/{KEY}", "Records": [MINIO]},
            [HERE],
            id="MinIO, Silo, RustFS: the envelope has the key as it is",
        ),
        pytest.param({"Records": [MINIO]}, [HERE], id="MinIO's record without its envelope"),
        pytest.param({"Key": "other/elsewhere", "Records": [MINIO]}, [HERE], id="an envelope of another bucket"),
        pytest.param({"Records": [AWS]}, [HERE], id="AWS, and its queue polled"),
        pytest.param({"Records": [AWS, AWS | {"eventName": "ObjectRemoved:Delete"}]}, [HERE], id="a removal beside it"),
        pytest.param([CEPH], [HERE], id="a bare list of records"),
        pytest.param(
            {"Type": "Notification", "Message": wrapped({"Records": [AWS]})}, [HERE], id="AWS through a topic"
        ),
        pytest.param(
            {"Records": [{"eventSource": "aws:sqs", "body": wrapped({"Message": wrapped({"Records": [AWS]})})}]},
            [HERE],
            id="AWS through a topic and a queue",
        ),
        pytest.param(BUS, [HERE], id="AWS through its event bus: the key as it is"),
        pytest.param(
            {"Records": [CEPH, record("ceph:s3", "inbox/x/1.jpg")]},
            [HERE, CreatedObject("intake", "inbox/x/1.jpg")],
            id="two",
        ),
        pytest.param({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "intake"}, [], id="AWS's test event"),
        pytest.param({"Records": [CEPH | {"eventName": "ObjectRemoved:Delete"}]}, [], id="a removal"),
        pytest.param({"Records": []}, [], id="no records"),
        pytest.param({"Records": [None, 1, "x", [], {}]}, [], id="records that are none"),
        pytest.param(
            {"Records": [CEPH | {"s3": {"bucket": "intake", "object": {"key": KEY}}}]}, [], id="a bucket without a name"
        ),
        pytest.param({"Records": [record("ceph:s3", "")]}, [], id="no key"),
        pytest.param({"Message": "not JSON"}, [], id="a topic's message that is no JSON"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_what_is_told(body: Any, expected: list[CreatedObject]) -> None:
    assert created_objects(json.dumps(body, ensure_ascii=False).encode()) == tuple(expected)


HALF = "\ud800"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"Message": HALF}, [], id="a topic's message"),
        pytest.param({"Records": [{"eventSource": "aws:sqs", "body": HALF}]}, [], id="a queue's message"),
        pytest.param({"Records": [record("ceph:s3", KEY + HALF)]}, [], id="a key"),
        pytest.param({"Records": [MINIO], "Key": f"intake/{HALF}"}, [HERE], id="the key of an envelope"),
    ],
)
def test_half_a_character_names_nothing(body: Any, expected: list[CreatedObject]) -> None:
    assert created_objects(json.dumps(body).encode()) == tuple(expected)


def test_wrappers_within_wrappers_come_to_an_end() -> None:
    inner: Any = {"Records": [CEPH]}
    for _ in range(20):
        inner = {"Message": wrapped(inner)} if len(wrapped(inner)) < 1 << 20 else inner
    assert created_objects(json.dumps(inner).encode()) == ()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"17", id="a number"),
        pytest.param(b"\xff\xfe{}", id="no UTF-8"),
        pytest.param(b"[" * 100_000, id="nested beyond all depth"),
    ],
)
def test_what_is_no_notification(body: bytes) -> None:
    with pytest.raises(BadNotificationError):
        parsed(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"Records": [CEPH]}, {"token"}, id="Ceph's opaque data"),
        pytest.param({"Records": [CEPH, CEPH | {"opaqueData": "other"}]}, {"token", "other"}, id="two"),
        pytest.param({"Records": [MINIO]}, set(), id="none"),
        pytest.param({"Records": "x"}, set(), id="no records"),
    ],
)
def test_the_tokens_that_records_carry(body: Any, expected: set[str]) -> None:
    assert tokens_of(json.dumps(body).encode()) == expected


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Records",
                        "Message",
                        "s3",
                        "bucket",
                        "object",
                        "key",
                        "name",
                        "eventName",
                        "Key",
                        "detail",
                        "detail-type",
                        "body",
                        "eventSource",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_whatever_json_comes_nothing_breaks(held: Any) -> None:
    body = json.dumps(held).encode()
    if isinstance(held, dict | list):
        assert all(isinstance(one, CreatedObject) for one in created_objects(body))
    else:
        with pytest.raises(BadNotificationError):
            created_objects(body)
