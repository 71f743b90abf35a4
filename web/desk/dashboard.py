"""The dashboard of a period, as a page with plots and as a CSV file."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from starlette.responses import Response

from models.codes import Code
from models.overview import Overview, Share, day_of
from models.result import Decision
from pipeline.ledger.values import AuditKind
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
_DEFAULT_DAYS: Final = 30
_SHOWN: Final = 12  # page kinds, those that fail most


class Bar(NamedTuple):
    """A count and the length of its bar, from 0 to 100; `days` are the lengths of each day."""

    title: str
    note: str
    cases: int
    length: float
    days: tuple[float, ...] = ()


class Agreed(NamedTuple):
    """The blind reviews of a month or of an account that agree with the machine's result."""

    title: str
    looks: Share
    value: str
    whisker: plots.Whisker | None


class Waited(NamedTuple):
    """Cases that wait for one reason; median, 95th percentile and maximum of their ages, as text and from 0 to 100."""

    title: str
    cases: int
    ages: tuple[WaitTime, ...]
    places: tuple[float, ...]


def dashboard(context: RequestContext) -> Response:
    """The page of a period."""
    days, overview = _overview(context)
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
        labels=plots.labels(shown),
        decided=[(decision.value, overview.ended(decision)) for decision in Decision],
        percent=percent,
        panels=_panels(context, overview),
    )


def dashboard_csv(context: RequestContext) -> Response:
    """The tables as CSV for a spreadsheet; the audit chain records who fetched it."""
    days, overview = _overview(context)
    body = as_csv(tables(overview, context.words).values(), context.words)
    audit = context.services.ledger.audit
    audit.note(AuditKind.FETCHED, {"account": context.account.name, "what": "dashboard", "days": days})
    name = f"overview-{overview.since}-{overview.until}.csv"
    return Response(body, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _overview(context: RequestContext) -> tuple[int, Overview]:
    """The days of the period that the request asks for, and its overview."""
    text = context.request.query_params.get("days", str(_DEFAULT_DAYS))
    days = next((one for one in PERIODS if str(one) == text), None)
    if days is None:
        raise PageError(ErrorKind.MALFORMED)
    until = day_of(context.services.clock())
    return days, context.services.ledger.operations.overview(until - timedelta(days=days - 1), until)


def _panels(context: RequestContext, overview: Overview) -> dict[str, object]:
    """The parts of the page beside the plots; `looks` counts all blind reviews."""
    words, looks = context.words, [one.looks for one in overview.agreements]
    oldest = max((one.oldest for one in overview.queue), default=None)
    return {
        "waiting": sum(one.cases for one in overview.queue),
        "longest": None if oldest is None else wait_time(context, context.services.clock() - oldest),
        "queue": tuple(_queue(context, overview)),
        "codes": tuple(_codes(overview)),
        "pages": _bars(
            (page_title(one.page_kind, words), f"{one.code.value} · {words(f'reason.{one.reason.value}')}", one.cases)
            for one in overview.pages[:_SHOWN]
        ),
        "months": [_agreed(f"{one.month:%Y-%m}", one.looks) for one in overview.months],
        "accounts": [_agreed(one.account, one.looks) for one in overview.agreements],
        "looks": Share(sum(one.right for one in looks), sum(one.total for one in looks)),
        "versions": _bars((one.version, "", one.cases) for one in overview.versions),
    }


def _queue(context: RequestContext, overview: Overview) -> Iterator[Waited]:
    now = context.services.clock()
    longest = max((one.oldest for one in overview.queue), default=timedelta()) or timedelta(seconds=1)
    for one in overview.queue:
        ages = (one.median, one.p95, one.oldest)
        texts = tuple(wait_time(context, now - age) for age in ages)
        places = tuple(100 * age / longest for age in ages)
        yield Waited(context.words(f"why.{one.why.value}"), one.cases, texts, places)


def _codes(overview: Overview) -> Iterator[Bar]:
    counts = {(one.code, one.day): one.cases for one in overview.codes}
    days = days_of(overview)
    by_code = {code: [counts.get((code, day), 0) for day in days] for code in Code}
    most = max(map(sum, by_code.values())) or 1
    for code, daily in sorted(by_code.items(), key=lambda one: -sum(one[1])):
        if cases := sum(daily):
            share = percent(cases / max(overview.ended(), 1))
            yield Bar(
                code_title(code), share, cases, 100 * cases / most, tuple(100 * count / max(daily) for count in daily)
            )


def _bars(counts: Iterable[tuple[str, str, int]]) -> tuple[Bar, ...]:
    rows = tuple(counts)
    most = max((cases for _, _, cases in rows), default=0) or 1
    return tuple(Bar(title, note, cases, 100 * cases / most) for title, note, cases in rows)


def _agreed(title: str, looks: Share) -> Agreed:
    low, high = looks.interval or (None, None)
    value = f"{percent(looks.value)} ({percent(low)}–{percent(high)})"
    return Agreed(title, looks, value, plots.whisker(looks))
