"""The whole for those who operate the system: figures and plots of a period, and the same as a file."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from starlette.responses import Response

from models.codes import Code
from models.result import Decision
from models.shares import Share
from pipeline.ledger.current_runs import day_of
from pipeline.ledger.overview_values import Overview
from pipeline.ledger.records import AuditKind
from web.desk import plots
from web.desk.overview_tables import (
    as_csv,
    by_day,
    code_title,
    days_of,
    page_title,
    percent,
    tables,
    without_person,
)
from web.desk.queue import WaitTime, wait_time
from web.desk.request_context import ErrorKind, PageError, RequestContext

PERIODS: Final = (7, 30, 90)  # days
_USUAL: Final = 30
_SHOWN: Final = 12  # of the pages that fail most


class Bar(NamedTuple):
    """A count and how long its bar is, from 0 to 100; `days` are the same day by day."""

    title: str
    note: str
    cases: int
    length: float
    days: tuple[float, ...] = ()


class Agreed(NamedTuple):
    """Blind looks of a month or of somebody."""

    title: str
    looks: Share
    value: str
    whisker: plots.Whisker | None


class Waited(NamedTuple):
    """Cases that wait for one reason, and their ages as words and as places of a hundred."""

    title: str
    cases: int
    ages: tuple[WaitTime, WaitTime, WaitTime]
    places: tuple[float, float, float]


class Panels(NamedTuple):
    """What stands in the page's parts beside the plots; `looks` are all blind looks together."""

    waiting: int
    longest: WaitTime | None
    queue: tuple[Waited, ...]
    codes: tuple[Bar, ...]
    pages: tuple[Bar, ...]
    months: tuple[Agreed, ...]
    accounts: tuple[Agreed, ...]
    looks: Share
    versions: tuple[Bar, ...]


def dashboard(context: RequestContext) -> Response:
    """The figures of a period."""
    days = _days(context)
    overview = _overview(context, days)
    counts = by_day(overview)
    shown = days_of(overview)
    parts = [(decision.value, [counts[day][decision][0] for day in shown]) for decision in Decision]
    return context.page(
        "dashboard.html",
        periods=PERIODS,
        days=days,
        overview=overview,
        tables=tables(overview, context.words),
        columns=plots.columns(shown, parts),
        dots=plots.dots(shown, [without_person(counts[day]) for day in shown]),
        names=plots.names(shown),
        decided=[(decision.value, overview.ended(decision)) for decision in Decision],
        percent=percent,
        panels=_panels(context, overview),
    )


def dashboard_csv(context: RequestContext) -> Response:
    """The same as a file for a spreadsheet; that it was fetched is recorded."""
    days = _days(context)
    overview = _overview(context, days)
    body = as_csv(tables(overview, context.words).values(), context.words)
    context.services.ledger.audit.note(
        AuditKind.FETCHED, {"account": context.account.name, "what": "dashboard", "days": days}
    )
    name = f"overview-{overview.since}-{overview.until}.csv"
    return Response(body, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _days(context: RequestContext) -> int:
    asked = context.request.query_params.get("days", str(_USUAL))
    if asked not in {str(days) for days in PERIODS}:
        raise PageError(ErrorKind.MALFORMED)
    return int(asked)


def _overview(context: RequestContext, days: int) -> Overview:
    until = day_of(context.services.clock())
    return context.services.ledger.operations.overview(until - timedelta(days=days - 1), until)


def _panels(context: RequestContext, overview: Overview) -> Panels:
    looks = [one.looks for one in overview.agreements]
    oldest = max((one.oldest for one in overview.queue), default=None)
    return Panels(
        waiting=sum(one.cases for one in overview.queue),
        longest=None if oldest is None else wait_time(context, context.services.clock() - oldest),
        queue=tuple(_queue(context, overview)),
        codes=tuple(_codes(overview)),
        pages=_pages(context, overview),
        months=tuple(_agreed(f"{one.month:%Y-%m}", one.looks) for one in overview.months),
        accounts=tuple(_agreed(one.account, one.looks) for one in overview.agreements),
        looks=Share(sum(one.right for one in looks), sum(one.total for one in looks)),
        versions=_bars((one.version, "", one.cases) for one in overview.versions),
    )


def _queue(context: RequestContext, overview: Overview) -> Iterator[Waited]:
    now = context.services.clock()
    longest = max((one.oldest for one in overview.queue), default=timedelta()) or timedelta(seconds=1)
    for one in overview.queue:
        waited = (one.median, one.p95, one.oldest)
        middle, late, oldest = (wait_time(context, now - age) for age in waited)
        places = (100 * one.median / longest, 100 * one.p95 / longest, 100 * one.oldest / longest)
        yield Waited(context.words(f"why.{one.why.value}"), one.cases, (middle, late, oldest), places)


def _codes(overview: Overview) -> Iterator[Bar]:
    days = days_of(overview)
    counts = {(one.code, one.day): one.cases for one in overview.codes}
    totals = {code: sum(counts.get((code, day), 0) for day in days) for code in Code}
    most = max(totals.values()) or 1
    for code, cases in sorted(totals.items(), key=lambda one: -one[1]):
        if cases:
            spark = plots.spark([counts.get((code, day), 0) for day in days])
            yield Bar(code_title(code), percent(cases / max(overview.ended(), 1)), cases, 100 * cases / most, spark)


def _pages(context: RequestContext, overview: Overview) -> tuple[Bar, ...]:
    words = context.words
    return _bars(
        (page_title(one.page_kind, words), f"{one.code.value} · {words(f'reason.{one.reason.value}')}", one.cases)
        for one in overview.pages[:_SHOWN]
    )


def _bars(counts: Iterable[tuple[str, str, int]]) -> tuple[Bar, ...]:
    told = tuple(counts)
    most = max((cases for _, _, cases in told), default=0) or 1
    return tuple(Bar(title, note, cases, 100 * cases / most) for title, note, cases in told)


def _agreed(title: str, looks: Share) -> Agreed:
    low, high = looks.interval or (None, None)
    value = f"{percent(looks.value)} ({percent(low)}–{percent(high)})"
    return Agreed(title, looks, value, plots.whisker(looks))
