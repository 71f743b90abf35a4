"""Parse the notifications of object stores, in several dialects, into bucket and key.

A notification is only a hint: the program checks the object itself before it acts.

Source:
    docs/reference/object-stores.md, Notifications: recorded from Ceph RGW, read in the sources of MinIO, Silo and
    RustFS, and in the manual of AWS.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from models.errors import BadNotificationError

_CREATED: Final = "ObjectCreated:"
_DEEPEST: Final = 8  # nested messages: a queue's message may hold a topic's message, and so on


class CreatedObject(NamedTuple):
    """A created object, as a notification names it."""

    bucket: str
    key: str


def parsed(body: bytes) -> Any:
    """Parse a notification as JSON.

    Raises:
        BadNotificationError: The body is no JSON object or list, or is nested too deep.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise BadNotificationError("The notification is not JSON.") from None
    if not isinstance(content, dict | list):
        raise BadNotificationError("The notification is JSON, and no object.")
    return content


def created_objects(body: bytes) -> tuple[CreatedObject, ...]:
    """The created objects that a notification names; none for test events and events of other kinds.

    Raises:
        BadNotificationError: The body is not JSON.
    """
    return tuple(_created(parsed(body), _DEEPEST))


def tokens_of(body: bytes) -> frozenset[str]:
    """The secrets in the records: Ceph RGW before 18 can send a token in no other way.

    Raises:
        BadNotificationError: The body is not JSON.
    """
    content = parsed(body)
    records = content.get("Records") if isinstance(content, dict) else content
    rows = records if isinstance(records, list) else []
    return frozenset(str(row["opaqueData"]) for row in rows if isinstance(row, dict) and row.get("opaqueData"))


def _created(content: Any, depth: int) -> Iterator[CreatedObject]:
    if not depth:
        return
    if isinstance(content, list):
        for record in content:
            yield from _of_record(record, None)
        return
    if not isinstance(content, dict):
        return
    if isinstance(content.get("Records"), list):
        for record in content["Records"]:
            yield from _inside(record["body"], depth) if _is_queued(record) else _of_record(record, content.get("Key"))
    elif isinstance(content.get("Message"), str):  # a topic's message around the store's
        yield from _inside(content["Message"], depth)
    elif content.get("detail-type") == "Object Created":  # through an event bus: keys are not URL-encoded
        yield from _named(content.get("detail"), decode=False)


def _is_queued(record: Any) -> bool:
    return isinstance(record, dict) and record.get("eventSource") == "aws:sqs" and isinstance(record.get("body"), str)


def _inside(text: str, depth: int) -> Iterator[CreatedObject]:
    try:
        content = parsed(text.encode())
    except (BadNotificationError, UnicodeEncodeError):  # JSON can escape lone surrogates, which UTF-8 cannot
        return
    yield from _created(content, depth - 1)


def _of_record(record: Any, envelope_key: Any) -> Iterator[CreatedObject]:
    """Ceph sends raw keys; MinIO and its forks repeat the raw key of a single record in the message around it."""
    if not isinstance(record, dict) or not str(record.get("eventName", "")).removeprefix("s3:").startswith(_CREATED):
        return
    raw = record.get("eventSource") == "ceph:s3"
    for one in _named(record.get("s3"), decode=not raw):
        prefix = f"{one.bucket}/"
        if isinstance(envelope_key, str) and envelope_key.startswith(prefix) and _is_text(envelope_key):
            yield one._replace(key=envelope_key.removeprefix(prefix))
        else:
            yield one


def _named(entity: Any, *, decode: bool) -> Iterator[CreatedObject]:
    bucket, key = _text(entity, "bucket", "name"), _text(entity, "object", "key")
    if bucket and key and _is_text(bucket + key):
        yield CreatedObject(bucket, unquote_plus(key) if decode else key)


def _is_text(text: str) -> bool:
    """Whether the text has no lone surrogates, which JSON can escape and no store accepts."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _text(entity: Any, outer: str, inner: str) -> str:
    within = entity.get(outer) if isinstance(entity, Mapping) else None
    text = within.get(inner) if isinstance(within, Mapping) else None
    return text if isinstance(text, str) else ""
