"""What object stores say when something was uploaded: one idea in several dialects, told as bucket and key.

A notification is a hint and no more: the object itself is looked at before anything follows.

Source:
    objectstore.md, section 4: recorded from Ceph RGW, read in the sources of MinIO, Silo and RustFS, and in the manual
    of AWS.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from models.errors import BadNotificationError

_CREATED: Final = "ObjectCreated:"
_LONGEST: Final = 8  # wrappers within wrappers: a queue's message may hold a topic's message, and no more


class CreatedObject(NamedTuple):
    """An object that was created, as a notification names it."""

    bucket: str
    key: str


def parsed(body: bytes) -> Any:
    """A notification as JSON.

    Raises:
        BadNotificationError: It is no JSON object or list of objects, or is nested too deep to be one of ours.
    """
    try:
        held = json.loads(body)
    except (ValueError, RecursionError):
        raise BadNotificationError("The notification is not JSON.") from None
    if not isinstance(held, dict | list):
        raise BadNotificationError("The notification is JSON, and no object.")
    return held


def told(body: bytes) -> tuple[CreatedObject, ...]:
    """The objects that were created; none for test events and for whatever else happened.

    Raises:
        BadNotificationError: It is not JSON.
    """
    return tuple(_told(parsed(body), _LONGEST))


def tokens_of(body: bytes) -> frozenset[str]:
    """The secrets that the records carry: Ceph RGW before 18 can send a token in no other way.

    Raises:
        BadNotificationError: It is not JSON.
    """
    held = parsed(body)
    records = held.get("Records") if isinstance(held, dict) else held
    rows = records if isinstance(records, list) else []
    return frozenset(str(row["opaqueData"]) for row in rows if isinstance(row, dict) and row.get("opaqueData"))


def _told(held: Any, depth: int) -> Iterator[CreatedObject]:
    if not depth:
        return
    if isinstance(held, list):
        for one in held:
            yield from _of_record(one, None)
    elif isinstance(held, dict) and isinstance(held.get("Records"), list):
        for one in held["Records"]:
            yield from _inside(one["body"], depth) if _is_queued(one) else _of_record(one, held.get("Key"))
    elif isinstance(held, dict) and isinstance(held.get("Message"), str):  # a topic's message around the store's
        yield from _inside(held["Message"], depth)
    elif isinstance(held, dict) and held.get("detail-type") == "Object Created":  # through an event bus: keys are raw
        yield from _named(held.get("detail"), decode=False)


def _is_queued(record: Any) -> bool:
    return isinstance(record, dict) and record.get("eventSource") == "aws:sqs" and isinstance(record.get("body"), str)


def _inside(text: str, depth: int) -> Iterator[CreatedObject]:
    try:
        held = parsed(text.encode())
    except (BadNotificationError, UnicodeEncodeError):  # JSON can write halves of characters, which no text holds
        return
    yield from _told(held, depth - 1)


def _of_record(record: Any, envelope_key: Any) -> Iterator[CreatedObject]:
    """Ceph names keys as they are; MinIO and its heirs name them once more, as they are, around a single record."""
    if not isinstance(record, dict) or not str(record.get("eventName", "")).removeprefix("s3:").startswith(_CREATED):
        return
    raw = record.get("eventSource") == "ceph:s3"
    for one in _named(record.get("s3"), decode=not raw):
        prefix = f"{one.bucket}/"
        if isinstance(envelope_key, str) and envelope_key.startswith(prefix) and _is_text(envelope_key):
            yield one._replace(key=envelope_key.removeprefix(prefix))
        else:
            yield one


def _named(held: Any, *, decode: bool) -> Iterator[CreatedObject]:
    bucket, key = _text(held, "bucket", "name"), _text(held, "object", "key")
    if bucket and key and _is_text(bucket + key):
        yield CreatedObject(bucket, unquote_plus(key) if decode else key)


def _is_text(text: str) -> bool:
    """Whether it can be a name at all: JSON can write halves of characters, which no store takes."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _text(held: Any, outer: str, inner: str) -> str:
    within = held.get(outer) if isinstance(held, Mapping) else None
    text = within.get(inner) if isinstance(within, Mapping) else None
    return text if isinstance(text, str) else ""
