"""The overview as people of two roles see it and fetch it; nothing of any child is in it."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from models.documents import PageKind
from models.masking import no_formula
from models.overview import Share, day_of
from models.review import Role
from tests.support.desk import Desk, desk_in
from tests.support.weeks import ID, NAME, weeks_in
from web.desk import plots
from web.desk.dashboard import PERIODS
from web.desk.overview_tables import Table, as_csv
from web.desk.rendering import DeskLanguage, translator_for

NOW = datetime.now(tz=UTC)
LANGUAGES = [pytest.param(language, id=language.value) for language in DeskLanguage]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """For all tests, which change nothing in what the overview counts."""
    folder = tmp_path_factory.mktemp("weeks")
    opened, _ = weeks_in(folder, 9, 8, NOW)
    yield desk_in(folder, opened)
    opened.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Desk]:
    opened, _ = weeks_in(tmp_path, 0, 0, NOW)
    yield desk_in(tmp_path, opened)
    opened.close()


def fetched(desk: Desk, days: int, language: DeskLanguage = DeskLanguage.EN) -> list[list[str]]:
    browser = desk.signed_in(Role.OPERATOR)
    browser.cookies.set("desk-language", language.value)
    answer = browser.get(f"/dashboard.csv?days={days}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_whole_and_nothing_of_any_child(desk: Desk, language: DeskLanguage) -> None:
    browser = desk.signed_in(Role.SUPERVISOR)
    browser.cookies.set("desk-language", language.value)
    page, words = browser.get("/dashboard").text, translator_for(language)
    for part in ("decisions", "shares", "codes", "pages", "queue", "reviewers", "versions"):
        assert words(f"dashboard.{part}.title") in page
    assert words("dashboard.page.hukou_member") in page
    assert NAME not in page
    assert ID not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_holds_every_table_and_nothing_of_any_child(desk: Desk, language: DeskLanguage) -> None:
    rows, words = fetched(desk, 7, language), translator_for(language)
    titles = [row[0] for row in rows if len(row) == 1]
    tables = ("decisions", "codes", "pages", "queue", "months", "agreements", "reviewers", "versions", "batches")
    assert titles == [words(f"dashboard.{name}.title") for name in tables]
    text = "\n".join(map(",".join, rows))
    assert NAME not in text
    assert ID not in text


def test_the_file_counts_what_the_ledger_counts(desk: Desk) -> None:
    rows = fetched(desk, 30)
    days = [row for row in rows if re.fullmatch(r"\d{4}-\d\d-\d\d", (row or [""])[0]) and len(row) == 6]
    today = day_of(NOW)
    told = desk.ledger.operations.overview(today - timedelta(days=60), today + timedelta(days=1))
    assert len(days) == 30
    assert sum(int(cell) for row in days for cell in row[1:4]) == told.ended()
    assert sum(int(row[4]) for row in days) == sum(one.by_person for one in told.decisions)


@pytest.mark.parametrize("days", PERIODS)
def test_a_period_is_shown_and_fetched_by_the_same_address(desk: Desk, days: int) -> None:
    page = desk.signed_in(Role.OPERATOR).get(f"/dashboard?days={days}").text
    assert f'<option value="{days}" selected>' in page
    assert f'href="/dashboard.csv?days={days}"' in page


@pytest.mark.parametrize("days", ["0", "31", "-7", "7.0", "", "all", "９０", "7;DROP"])
def test_another_period_is_refused(desk: Desk, days: str) -> None:
    browser = desk.signed_in(Role.OPERATOR)
    assert [browser.get(path, params={"days": days}).status_code for path in ("/dashboard", "/dashboard.csv")] == [
        400,
        400,
    ]


def test_fetching_is_recorded_and_looking_is_not(desk: Desk) -> None:
    browser, ledger = desk.signed_in(Role.OPERATOR), desk.ledger
    before = ledger.audit.verify().records
    browser.get("/dashboard")
    assert ledger.audit.verify().records == before
    answer = browser.get("/dashboard.csv?days=7")
    assert ledger.audit.verify().records == before + 1
    assert re.fullmatch(r'attachment; filename="overview-[\d-]+\.csv"', answer.headers["content-disposition"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_an_empty_ledger_has_a_page_and_a_file(empty: Desk) -> None:
    browser = empty.signed_in(Role.OPERATOR)
    browser.cookies.set("desk-language", "en")
    page = browser.get("/dashboard?days=90").text
    assert translator_for(DeskLanguage.EN)("dashboard.empty") in page
    assert "<td>0</td>" not in page
    assert len([row for row in fetched(empty, 90) if len(row) == 6]) == 91 + 2


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+86", "'+86", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("\r=1", "'\r=1", id="carriage return"),
        pytest.param("a=1", "a=1", id="equals later on"),
        pytest.param("", "", id="nothing"),
        pytest.param("3.0%", "3.0%", id="a figure"),
    ],
)
def test_no_cell_of_a_file_is_a_formula(cell: str, written: str) -> None:
    assert no_formula(cell) == written
    body = as_csv([Table("versions", ("a", "b"), (("x", cell),))], translator_for(DeskLanguage.EN))
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert rows[2] == ["x", written]


def test_every_kind_of_page_has_words() -> None:
    names = {f"dashboard.page.{kind.value}" for kind in PageKind} | {"dashboard.page.none"}
    assert names <= set(translator_for(DeskLanguage.EN).texts)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        pytest.param(0, ["0", "1"], id="nothing"),
        pytest.param(1, ["0", "1"], id="one"),
        pytest.param(4, ["0", "1", "2", "3", "4"], id="four"),
        pytest.param(5, ["0", "2", "4", "6"], id="five"),
        pytest.param(100, ["0", "50", "100"], id="a hundred"),
        pytest.param(4321, ["0", "2000", "4000", "6000"], id="thousands"),
    ],
)
def test_an_axis_has_round_numbers_and_reaches_as_far_as_the_greatest(most: int, ticks: list[str]) -> None:
    drawn = plots.columns([date(2026, 11, 23)], [("accepted", [most])])
    assert [tick.text for tick in drawn.ticks] == ticks
    assert all(segment.y >= drawn.ticks[-1].y - 1e-9 for column in drawn.columns for segment in column.segments)


def test_parts_of_a_column_stand_on_each_other() -> None:
    days = [date(2026, 11, 22), date(2026, 11, 23)]
    first, second = plots.columns(days, [("accepted", [3, 0]), ("returned", [1, 2])]).columns
    low, high = first.segments
    assert (low.kind, high.kind) == ("accepted", "returned")
    assert high.y + high.height == pytest.approx(low.y)
    assert low.height == pytest.approx(3 * high.height)
    assert [segment.kind for segment in second.segments] == ["returned"]
    assert first.x + first.width < second.x


def test_a_day_of_nothing_has_no_share_and_lines_lead_over_it() -> None:
    days = [date(2026, 11, day) for day in (21, 22, 23)]
    drawn = plots.dots(days, [Share(1, 2), Share(0, 0), Share(2, 2)])
    assert [dot.day for dot in drawn.dots] == [days[0], days[2]]
    assert drawn.lines == ((drawn.dots[0], drawn.dots[1]),)
    assert plots.whisker(Share(0, 0)) is None


@pytest.mark.parametrize("count", [1, 7, 30, 90])
def test_few_days_are_named_and_the_last_one_always(count: int) -> None:
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(count)]
    named = [day for day, _ in plots.labels(days)]
    assert len(named) <= 10
    assert named[-1] == days[-1]
