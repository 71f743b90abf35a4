"""Renewing a lease for as long as work under it lasts."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from models.errors import LostLeaseError

log = logging.getLogger(__name__)
_RENEWALS: Final = 3  # within the duration of a lease


def renew_until(over: threading.Event, renew: Callable[[float], None], seconds: float) -> None:
    """Renew a lease again and again until `over` is set; call it in a thread beside the work.

    A lease that is lost meanwhile ends the renewal and not the work: the ledger refuses by the lease's token what is
    written under it.

    Args:
        over: Set when the work is done.
        renew: Makes the lease last so many seconds from now.
        seconds: How long a lease lasts.
    """
    while not over.wait(seconds / _RENEWALS):
        try:
            renew(seconds)
        except LostLeaseError:
            return
        except Exception as error:  # noqa: BLE001 - the next renewal may succeed; the work beside it goes on
            log.warning("a lease could not be renewed for now", extra={"kind": type(error).__name__})
