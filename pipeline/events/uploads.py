"""How uploads reach the inbox of the ledger: from notifications, and from listing the store."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Final

from models.errors import BadNotificationError, StoreDownError, StoreError
from models.submission import INBOX, MANIFEST_NAME
from pipeline.events.notification import CreatedObject, created_objects
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Notification, UploadEvent, Via
from pipeline.stores.base import ObjectInfo, Store, is_key

log = logging.getLogger(__name__)
_NOTIFICATIONS_AT_ONCE: Final = 200
_ADDED: Final = float("inf")  # in `Reconciler._seen`: the ledger has the upload, so it is never due again

_Version = tuple[str, str | None, str]  # key, version and etag


def is_upload(key: str) -> bool:
    """Whether the object is a manifest in the inbox: parents' apps write it last, so its arrival is the upload."""
    return key.startswith(INBOX) and key.endswith(f"/{MANIFEST_NAME}")


def bucket_of(store_at: str) -> str:
    """The bucket's name in events, for the URL of a store; `local` for a folder."""
    scheme, _, place = store_at.partition("://")
    return place.strip("/") if scheme == "s3" else "local"


def take_notifications(store: Store, ledger: Ledger, bucket: str) -> int:
    """Process the oldest notifications, and return how many new uploads they named.

    Raises:
        StoreDownError: The store does not answer; unprocessed notifications stay.
        LedgerError: The ledger failed; unprocessed notifications stay.
    """
    added = 0
    for notification in ledger.inbox.notifications(_NOTIFICATIONS_AT_ONCE):
        for event in _uploads(notification, store, bucket):
            added += ledger.inbox.add_upload(event)
        ledger.inbox.drop_notification(notification)
    return added


def _uploads(notification: Notification, store: Store, bucket: str) -> Iterator[UploadEvent]:
    try:
        objects = created_objects(notification.body)
    except BadNotificationError:
        objects = ()
    for created in objects:
        if created.bucket == bucket and is_upload(created.key) and is_key(created.key):
            yield from _current(created, notification, store, bucket)


def _current(created: CreatedObject, notification: Notification, store: Store, bucket: str) -> Iterator[UploadEvent]:
    """The object as it is now: the event may be late, and the object replaced, gone or not readable for us.

    An event is only a hint: once the object can be read, the reconciler finds it.
    """
    try:
        yield _event(store.stat(created.key), bucket, Via.EVENT)
    except StoreDownError:
        raise
    except StoreError as error:
        log.info("no upload", extra={"notification": notification.number, "kind": type(error).__name__})


def _event(info: ObjectInfo, bucket: str, via: Via) -> UploadEvent:
    """The same values from `stat` and from a listing, so that both name one upload."""
    return UploadEvent(bucket=bucket, key=info.key, version=info.version, etag=info.etag, via=via)


class Reconciler:
    """Finds uploads without a notification by listing the inbox; adds each version to the ledger once.

    A manifest counts once it was seen unchanged for `settle` seconds by our own clock: it may still be written into a
    folder, and a notification on its way should come first.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        bucket: str,
        *,
        settle: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._bucket = bucket
        self._settle = settle
        self._clock = clock
        self._seen: dict[_Version, float] = {}  # when each was first seen, in seconds of the clock

    def look(self) -> int:
        """List the inbox, and return how many new uploads were found."""
        now, seen, added = self._clock(), dict[_Version, float](), 0
        for info in self._store.list(INBOX):
            if not is_upload(info.key):
                continue
            name = (info.key, info.version, info.etag)
            since = self._seen.get(name, now)
            if now - since >= self._settle:
                added += self._ledger.inbox.add_upload(_event(info, self._bucket, Via.RECONCILE))
                since = _ADDED
            seen[name] = since
        self._seen = seen
        return added
