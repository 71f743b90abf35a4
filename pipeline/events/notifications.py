"""Notifications, worked on: each object that one names is looked at, and the ledger hears of the uploads among them."""

import logging
from collections.abc import Iterator
from typing import Final

from models.errors import BadNotificationError, StoreDownError, StoreError
from pipeline.events.notification import CreatedObject, told
from pipeline.events.uploads import event_of, is_upload
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Notification, UploadEvent, Via
from pipeline.stores.base import Store, is_key

log = logging.getLogger(__name__)
_AT_ONCE: Final = 200


def take_notifications(store: Store, ledger: Ledger, bucket: str) -> int:
    """Work on the oldest notifications; hands on how many uploads nobody had heard of.

    Raises:
        StoreDownError: The store does not answer; what was not worked on stays.
        LedgerError: The ledger failed; what was not worked on stays.
    """
    heard = 0
    for notification in ledger.inbox.notifications(_AT_ONCE):
        for event in _uploads(notification, store, bucket):
            heard += ledger.inbox.add_upload(event)
        ledger.inbox.drop_notification(notification)
    return heard


def _uploads(notification: Notification, store: Store, bucket: str) -> Iterator[UploadEvent]:
    try:
        objects = told(notification.body)
    except BadNotificationError:
        objects = ()
    for one in objects:
        if one.bucket == bucket and is_upload(one.key) and is_key(one.key):
            yield from _looked_at(one, notification, store, bucket)


def _looked_at(one: CreatedObject, notification: Notification, store: Store, bucket: str) -> Iterator[UploadEvent]:
    """The object as it is now: an event may be late, and be of one that was replaced, is gone, or is refused to us.

    An event is a hint: what is refused now is found by the reconciler when it can be read, and keeps nobody waiting.
    """
    try:
        yield event_of(store.stat(one.key), bucket, Via.EVENT)
    except StoreDownError:
        raise
    except StoreError as error:
        log.info("no upload", extra={"notification": notification.number, "kind": type(error).__name__})
