"""What is recorded of a case at once, and under whose right."""

from datetime import datetime
from typing import NamedTuple

from models.base import Model
from models.case import Case
from models.policy import ReviewSampling
from models.register import ChildNumbers, KnownChild
from models.result import Result


class Lease(Model):
    """The right to work on an item. `token` grows with every lease of the item: what an older one writes is refused."""

    item_id: str
    owner: str
    token: int
    expires_at: datetime


class Conclusion(NamedTuple):
    """What is recorded of a case at once.

    Attributes:
        child: Whom the case registers, if it does.
        numbers: By which the case can be found when its child is to be forgotten.
        lease: Of the inbox item that the case came from; finished with it.
        looks: Which decisions of the machine people look at again.
    """

    case: Case
    result: Result
    child: KnownChild | None = None
    numbers: ChildNumbers = ChildNumbers()
    lease: Lease | None = None
    looks: ReviewSampling = ReviewSampling(share=0)
