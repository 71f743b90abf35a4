"""What one transaction records of a case, and the lease under which it does."""

from datetime import datetime
from typing import NamedTuple

from models.base import Model
from models.case import Case
from models.policy import ReviewSampling
from models.register import ChildNumbers, KnownChild
from models.result import Result


class Lease(Model):
    """The right to work on an inbox item until `expires_at`.

    `token` grows with every lease of the item; the ledger refuses what comes under an older one.
    """

    item_id: str
    owner: str
    token: int
    expires_at: datetime


class Conclusion(NamedTuple):
    """What one transaction records of a case.

    Attributes:
        child: The child that the case registers, if it registers one.
        numbers: The child's numbers, by which the case is found to erase the child.
        lease: The lease of the inbox item that the case came from; the transaction finishes the item.
        looks: Which decisions of the machine go to blind review.
    """

    case: Case
    result: Result
    child: KnownChild | None = None
    numbers: ChildNumbers = ChildNumbers()
    lease: Lease | None = None
    looks: ReviewSampling = ReviewSampling(share=0)
