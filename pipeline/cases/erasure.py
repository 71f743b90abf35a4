"""Erase children and expired scans: first in the ledger, then in the store, with retries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from models.errors import ObjectMissingError, StoreDownError, StoreError
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Erasure, Expired, Forgotten
from pipeline.stores.base import ObjectInfo, Store

_AT_ONCE: Final = 100  # cases of one transaction, so that other transactions wait only a moment
_BY_CONTENT: Final = "objects/"


def forget_child(numbers: Sequence[str], ledger: Ledger, store: Store, by: str | None = None) -> Forgotten:
    """Erase the child with these numbers, and objects that earlier tries left in the store.

    Args:
        numbers: ID numbers and birth certificate numbers of one child.
        ledger: The ledger with its records and cases.
        store: The store with the scans of its cases.
        by: Who asks, for the audit chain.

    Returns:
        How much was erased. Records, cases and objects of others stay.

    Raises:
        LedgerError: The ledger failed; nothing was erased.
        StoreError: The store failed; the next call, or the service, erases the remaining objects.
    """
    forgotten = ledger.erasures.forget_child(numbers, by)
    erase_pending(ledger, store)
    return forgotten


def erase_pending(ledger: Ledger, store: Store) -> None:
    """Erase objects of erased children and expired cases from the store; repeating it is harmless.

    Raises:
        StoreDownError: The store did not answer; remaining objects are erased later.
        StoreError: The store refused an object; all others are erased.
        LedgerError: The ledger failed; remaining objects are erased later.
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
    """Erase an object or a folder, but nothing newer than the erasure: parents may upload into the folder again."""
    if erasure.key.endswith("/"):
        for info in store.list(erasure.key):
            if not _is_newer(info, erasure):
                store.erase(info.key)
    elif erasure.key.startswith(_BY_CONTENT) or not _was_put_again(erasure, store):
        store.erase(erasure.key)


def _was_put_again(erasure: Erasure, store: Store) -> bool:
    """Whether the object is newer than the erasure; a deleted object is not, but may have versions to erase."""
    try:
        return _is_newer(store.stat(erasure.key), erasure)
    except ObjectMissingError:
        return False


def _is_newer(info: ObjectInfo, erasure: Erasure) -> bool:
    return erasure.noted_at is not None and info.modified > erasure.noted_at


def expire_scans(ledger: Ledger, *, days: int, by: str | None = None) -> Expired:
    """Mark the scans of cases that were decided so many days ago as expired; `erase_pending` then erases them.

    The audit chain notes who asked: `by`, None for the service itself.
    """
    before, cases, objects = utc_now() - timedelta(days=days), 0, 0
    while True:
        lot = ledger.erasures.expire_scans(before, _AT_ONCE, by)
        cases, objects = cases + lot.cases, objects + lot.objects
        if lot.cases < _AT_ONCE:
            return Expired(cases, objects)


def scans_due(ledger: Ledger, *, days: int) -> int:
    """The number of cases whose scans would expire."""
    return ledger.erasures.scans_due(utc_now() - timedelta(days=days))
