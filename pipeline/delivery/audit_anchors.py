"""Anchors of the audit chain, kept in the store: what tells an old copy of the ledger from today's."""

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
    """Keep where the chain ends now, unless it ends where it did last; hands on where that is.

    Each has an object of its own: one that replaced another would hide a chain that was put back in between.
    """
    anchor = ledger.audit.anchor()
    if anchor != last:
        key = f"{ANCHORS}{day.isoformat()}/{anchor.seq:012}.json"
        store.put(key, anchor.model_dump_json().encode(), content_type="application/json")
    return anchor


def verify(ledger: Ledger, store: Store) -> AuditReport:
    """Look at the whole chain, and at every anchor that was kept.

    Raises:
        LedgerError: An anchor is none.
        StoreError: The store failed.
    """
    return ledger.audit.verify(tuple(_anchors(store)))


def _anchors(store: Store) -> Iterator[Anchor]:
    for info in store.list(ANCHORS):
        try:
            yield Anchor.model_validate_json(store.get(info.key, limit=_LONGEST))
        except ValidationError:
            raise LedgerError(
                f"The anchor {info.key} is none", hint="restore it, or put it aside and ask why."
            ) from None
