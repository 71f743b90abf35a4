"""Erase a child everywhere, and what is kept long enough: the ledger first, then the store, as often as it takes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from models.errors import ObjectMissingError, StoreDownError, StoreError
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Erasure, Expired, Forgotten
from pipeline.stores.base import ObjectInfo, Store

_AT_ONCE: Final = 100  # cases of one transaction: others wait for a moment only
_BY_CONTENT: Final = "objects/"


def forget_child(numbers: Sequence[str], ledger: Ledger, store: Store) -> Forgotten:
    """Erase the child with these numbers, and what earlier tries left in the store.

    Args:
        numbers: ID numbers and birth certificate numbers of one child.
        ledger: Where it is known.
        store: Where the scans of its cases lie.

    Returns:
        How much there was. Records, cases and objects that are not of this child stay.

    Raises:
        LedgerError: The ledger failed; nothing was erased.
        StoreError: The store failed; what is left is erased by the next call, or by the service.
    """
    forgotten = ledger.erasures.forget_child(numbers)
    erase_pending(ledger, store)
    return forgotten


def erase_pending(ledger: Ledger, store: Store) -> None:
    """Erase the objects that forgotten children and expired cases left in the store; once more is no error.

    Raises:
        StoreDownError: The store did not answer; the rest is left for later.
        StoreError: The store refused an object; all others are erased.
        LedgerError: The ledger failed; the rest is left for later.
    """
    refused: list[StoreError] = []
    for erasure in ledger.erasures.pending():
        try:
            if ledger.erasures.is_due(erasure):
                _erase(erasure, store)
                ledger.erasures.done(erasure)
        except StoreDownError:
            raise
        except StoreError as error:
            refused.append(error)
    if refused:
        raise refused[0]


def _erase(erasure: Erasure, store: Store) -> None:
    """What came after it was to be erased is another's: a parent may have uploaded into the same folder again."""
    if erasure.key.endswith("/"):
        for held in store.list(erasure.key):
            if not _is_newer(held, erasure):
                store.erase(held.key)
    elif erasure.key.startswith(_BY_CONTENT) or not _was_put_again(erasure, store):
        store.erase(erasure.key)


def _was_put_again(erasure: Erasure, store: Store) -> bool:
    """What was removed may have versions left, and goes too."""
    try:
        return _is_newer(store.stat(erasure.key), erasure)
    except ObjectMissingError:
        return False


def _is_newer(held: ObjectInfo, erasure: Erasure) -> bool:
    return erasure.noted_at is not None and held.modified > erasure.noted_at


def expire_scans(ledger: Ledger, *, days: int) -> Expired:
    """Let the scans of cases go that were decided so many days ago; `erase_the_rest` then erases them."""
    before, cases, objects = utc_now() - timedelta(days=days), 0, 0
    while True:
        lot = ledger.erasures.expire_scans(before, _AT_ONCE)
        cases, objects = cases + lot.cases, objects + lot.objects
        if lot.cases < _AT_ONCE:
            return Expired(cases, objects)


def scans_due(ledger: Ledger, *, days: int) -> int:
    """How many cases would lose their scans."""
    return ledger.erasures.scans_due(utc_now() - timedelta(days=days))
