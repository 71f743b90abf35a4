"""The overview and the metrics that operators look at: counts, shares and ages; nothing of any one case."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from models.codes import Code, Reason
from models.documents import PageKind
from models.result import Decision
from models.review import ReviewOutcome, WaitReason

_Z95: Final = 1.959963984540054  # 97.5 % point of the normal distribution
BEIJING: Final = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """The day that a moment falls on in Beijing."""
    return moment.astimezone(BEIJING).date()


def time_shown(moment: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment as people read it: in Beijing time, wherever the machine stands."""
    return moment.astimezone(BEIJING).strftime(form)


class Share(NamedTuple):
    """A share: `right` of `total`."""

    right: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, 0-1; None if `total` is 0."""
        return self.right / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % confidence interval; None if `total` is 0."""
        return wilson(self.right, self.total) if self.total else None


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share, which stays within 0-1 and is right for small numbers.

    Raises:
        ValueError: `total` is 0, or `right` is not from 0 to `total`.

    Source:
        Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not 0 <= right <= total or total == 0:
        raise ValueError(f"{right} of {total} is no share: give 0 to {total} right out of at least one.")
    seen = right / total
    weight = 1 + _Z95**2 / total
    centre = (seen + _Z95**2 / (2 * total)) / weight
    reach = _Z95 / weight * math.sqrt(seen * (1 - seen) / total + _Z95**2 / (4 * total**2))
    return max(0.0, min(seen, centre - reach)), min(1.0, max(seen, centre + reach))  # floats round past the share


class DayDecisions(NamedTuple):
    """Cases whose latest result is of a day in Beijing, and how many of these results came from a person."""

    day: date
    decision: Decision
    cases: int
    by_person: int


class DayCode(NamedTuple):
    """Cases whose latest result is of a day and has a finding with a code."""

    day: date
    code: Code
    cases: int


class PageFailure(NamedTuple):
    """Cases whose latest result has a finding of a reason on a kind of page, that rejects or asks for a person.

    Attributes:
        page_kind: None where the finding points at no page.
    """

    page_kind: PageKind | None
    code: Code
    reason: Reason
    cases: int


class QueueAge(NamedTuple):
    """How long the cases that wait for one reason have waited; percentiles by nearest rank."""

    why: WaitReason
    cases: int
    median: timedelta
    p95: timedelta
    oldest: timedelta


class MonthAgreement(NamedTuple):
    """How many blind reviews of a month agreed with the machine; `month` is its first day."""

    month: date
    looks: Share


class AccountAgreement(NamedTuple):
    """How many blind reviews of an account agreed with the machine."""

    account: str
    looks: Share


class AccountDecisions(NamedTuple):
    """The decisions of an account, without blind reviews."""

    account: str
    outcomes: Mapping[ReviewOutcome, int]


class VersionCount(NamedTuple):
    """Cases whose latest result, whenever it came, is of a version of the program."""

    version: str
    cases: int


class BatchCount(NamedTuple):
    """A batch of cases that are run again, and how many of its items are in which state."""

    batch_id: str
    made_at: datetime
    version: str
    total: int
    states: Mapping[str, int]


class Overview(NamedTuple):
    """The whole overview, as of one moment.

    Attributes:
        since: The first day in Beijing that is counted; `until` is the last one.
        decisions: By day and decision, where there are any; so are `codes`.
        pages: The most frequent first.
        months: The last six, whatever days were asked for; only those with blind reviews.
        agreements: By account, of the days that were asked for; so are `reviewers`.
        versions: The most frequent first, of all cases.
        batches: The newest first, few of them.
    """

    since: date
    until: date
    decisions: tuple[DayDecisions, ...]
    codes: tuple[DayCode, ...]
    pages: tuple[PageFailure, ...]
    queue: tuple[QueueAge, ...]
    months: tuple[MonthAgreement, ...]
    agreements: tuple[AccountAgreement, ...]
    reviewers: tuple[AccountDecisions, ...]
    versions: tuple[VersionCount, ...]
    batches: tuple[BatchCount, ...]

    def ended(self, decision: Decision | None = None) -> int:
        """Cases that were counted, of one decision or of all."""
        return sum(one.cases for one in self.decisions if decision in (None, one.decision))

    @property
    def without_person(self) -> Share:
        """The share of counted cases that the machine accepted or returned without a person."""
        decided = (one for one in self.decisions if one.decision is not Decision.REVIEW)
        return Share(sum(one.cases - one.by_person for one in decided), self.ended())


class Heartbeat(NamedTuple):
    """The last heartbeat of a worker process, and how many of its OCR processes had to be restarted."""

    identity: str
    seen_at: datetime
    engine_restarts: int


class Metrics(NamedTuple):
    """Counts, and since when the oldest waits.

    Attributes:
        uploads: Unfinished inbox items.
        notifications: Acknowledged and not processed yet.
        messages: Not delivered yet.
        reviews: Cases whose families wait for a person's decision.
        heard: Uploads by how the inbox learnt of them.
        decisions: Runs by decision.
        codes: Runs that have a finding with a code.
        workers: Those with a heartbeat within the last day.
        upkeep: When each flow that runs by the clock last ended well, or since when it is expected.
    """

    uploads: int
    oldest_upload: datetime | None
    notifications: int
    oldest_notification: datetime | None
    messages: int
    oldest_message: datetime | None
    reviews: int
    oldest_review: datetime | None
    heard: Mapping[str, int]
    decisions: Mapping[str, int]
    codes: Mapping[str, int]
    workers: tuple[Heartbeat, ...]
    upkeep: Mapping[str, datetime]
