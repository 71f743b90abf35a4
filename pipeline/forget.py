"""Erase a child everywhere: the ledger first, in one transaction, then the store, as often as it takes."""

from collections.abc import Sequence

from pipeline.ledger.base import Ledger
from pipeline.ledger.values import Forgotten
from pipeline.stores.base import Store


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
    forgotten = ledger.forget_child(numbers)
    erase_the_rest(ledger, store)
    return forgotten


def erase_the_rest(ledger: Ledger, store: Store) -> None:
    """Erase the objects that forgotten children left in the store; once more is no error."""
    for erasure in ledger.erasures():
        keys = [held.key for held in store.list(erasure.key)] if erasure.key.endswith("/") else [erasure.key]
        for key in keys:
            store.erase(key)
        ledger.erased(erasure)
