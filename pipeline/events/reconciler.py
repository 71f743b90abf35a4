"""The reconciler: lists the inbox, and finds what no event told."""

import time
from collections.abc import Callable
from typing import Final

from models.submission import INBOX
from pipeline.events.uploads import event_of, is_upload
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Via
from pipeline.stores.base import Store

_Seen = tuple[str, str | None, str]
_TOLD: Final = float("inf")  # seen so late that it is never due


class Reconciler:
    """Looks for manifests in the store's inbox; what the last look saw is not told to the ledger again.

    An upload counts when it was seen unchanged for a while, by our own clock: a manifest that is still being written
    into a folder is left alone, and an event that is under way comes first.
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
        self._seen: dict[_Seen, float] = {}  # since when

    def look(self) -> int:
        """List the inbox; hands on how many uploads nobody had heard of."""
        now, seen, heard = self._clock(), dict[_Seen, float](), 0
        for info in self._store.list(INBOX):
            if not is_upload(info.key):
                continue
            name = (info.key, info.version, info.etag)
            since = self._seen.get(name, now)
            if now - since >= self._settle:
                heard += self._ledger.inbox.add_upload(event_of(info, self._bucket, Via.RECONCILE))
                since = _TOLD
            seen[name] = since
        self._seen = seen
        return heard
