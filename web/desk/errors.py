"""What is not done, and why: a page in whole sentences instead of what was asked for."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Why(StrEnum):
    """Why something is refused; words/ has a title and a sentence for each."""

    MALFORMED = "malformed"
    FORBIDDEN = "forbidden"
    NOT_FROM_HERE = "not_from_here"  # the form is of another page, or of an earlier session
    MISSING = "missing"
    NOT_YET = "not_yet"  # the case is being worked on, and there is nothing to look at
    NOT_THAT_WAY = "not_that_way"
    STALE = "stale"  # somebody else was quicker
    LATE = "late"  # the body did not come in time
    TOO_LONG = "too_long"
    BROKEN = "broken"
    BUSY = "busy"


STATUS: Final[Mapping[Why, int]] = MappingProxyType(
    {
        Why.MALFORMED: 400,
        Why.FORBIDDEN: 403,
        Why.NOT_FROM_HERE: 403,
        Why.MISSING: 404,
        Why.NOT_YET: 404,
        Why.NOT_THAT_WAY: 405,
        Why.LATE: 408,
        Why.STALE: 409,
        Why.TOO_LONG: 413,
        Why.BROKEN: 500,
        Why.BUSY: 503,
    }
)


class RefusalError(Exception):
    """Raised by whatever answers, to be told as a page."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
