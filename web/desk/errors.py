"""What is not done, and why: a page in whole sentences instead of what was asked for."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ErrorKind(StrEnum):
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


STATUS: Final[Mapping[ErrorKind, int]] = MappingProxyType(
    {
        ErrorKind.MALFORMED: 400,
        ErrorKind.FORBIDDEN: 403,
        ErrorKind.NOT_FROM_HERE: 403,
        ErrorKind.MISSING: 404,
        ErrorKind.NOT_YET: 404,
        ErrorKind.NOT_THAT_WAY: 405,
        ErrorKind.LATE: 408,
        ErrorKind.STALE: 409,
        ErrorKind.TOO_LONG: 413,
        ErrorKind.BROKEN: 500,
        ErrorKind.BUSY: 503,
    }
)


class PageError(Exception):
    """Raised by whatever answers, to be told as a page."""

    def __init__(self, why: ErrorKind) -> None:
        super().__init__(why.value)
        self.why = why
