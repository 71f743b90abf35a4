"""Anchors of the audit chain in the store: they show when the ledger was replaced by an old copy."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from pydantic import ValidationError

from models.errors import LedgerError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Anchor, AuditReport
from pipeline.stores.base import Store

ANCHORS: Final = "audit/"
_LONGEST: Final = 4096  # bytes


def keep_anchor(ledger: Ledger, store: Store, *, day: date, last: Anchor | None = None) -> Anchor:
    """Store the current end of the chain as an anchor, unless it equals `last`; returns the anchor.

    Each anchor is an object of its own: replacing one would hide a chain that was restored in between.
    """
    anchor = ledger.audit.anchor()
    if anchor != last:
        key = f"{ANCHORS}{day.isoformat()}/{anchor.seq:012}.json"
        store.put(key, anchor.model_dump_json().encode(), content_type="application/json")
    return anchor


def verify(ledger: Ledger, store: Store) -> AuditReport:
    """Verify the whole chain against every stored anchor.

    Raises:
        LedgerError: An anchor cannot be parsed.
        StoreError: The store failed.
    """
    return ledger.audit.verify(tuple(_anchors(store)))


def _anchors(store: Store) -> Iterator[Anchor]:
    for info in store.list(ANCHORS):
        try:
            yield Anchor.model_validate_json(store.get(info.key, limit=_LONGEST))
        except ValidationError:
            raise LedgerError(
                f"The anchor {info.key} cannot be parsed", hint="restore it, or put it aside and find out why."
            ) from None
