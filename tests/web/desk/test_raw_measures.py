"""What staff see of a case: percentages and words, no raw measure, and no name that only code has."""

import json
import re
from html.parser import HTMLParser
from typing import Final

import pytest

from flows.artifacts.tables import field_rows, finding_rows, page_rows
from flows.artifacts.verdict import judgement, verdict
from models.codes import Reason
from models.documents import Field, PageKind
from models.result import Result
from pipeline.review.field_comparison import compare_fields
from tests.judge.rules.test_whole_findings import CASES
from tests.support.hospital import Hospital, hospital, staffed
from tests.support.reviewing import CASE, Sending, judged

__all__ = ["hospital", "staffed"]  # fixtures

RAW: Final = re.compile(r"(?<![\d.])[01]\.\d+(?![\d.%])")
SLUGS: Final = {str(one) for kind in (Reason, Field, PageKind) for one in kind}


class Text(HTMLParser):
    """What a page shows, and what it says to those who cannot see it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shown += [
            value for name, value in attrs if name in ("aria-label", "alt", "title", "placeholder") and value
        ]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def slips(text: str) -> list[str]:
    """Raw measures, and slugs of reasons, fields and pages."""
    return [*RAW.findall(text), *(word for word in re.findall(r"[a-z_]+", text) if word in SLUGS)]


def drawn(result: Result, hospital: Hospital) -> str:
    """Everything that Prefect shows of a result."""
    case = hospital.ledger.cases.get(CASE)
    files = [file.path for file in case.files]
    compared = compare_fields(case.submission, result)
    tables = (*finding_rows(result, files), *field_rows(compared, result, files), *page_rows(result, files, None))
    return "\n".join((verdict(result, files, None), judgement(result, files), json.dumps(tables, ensure_ascii=False)))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("把握 0.33", 1, id="a confidence"),
        pytest.param("测得 0.008 （界限 1.0）", 2, id="a measure and its limit"),
        pytest.param("原因 out_of_charset", 1, id="a reason as code names it"),
        pytest.param("识别可信度0.01%（要求99.99%以上），2020.01.01", 0, id="what may be shown"),
    ],
)
def test_this_test_sees_what_it_looks_for(text: str, count: int) -> None:
    assert len(slips(text)) == count


@pytest.mark.parametrize("name", CASES)
def test_a_case_shows_no_raw_measure(name: str, hospital: Hospital) -> None:
    held = CASES[name]
    judged(hospital.ledger, *held.files, sending=Sending(**held.typed))
    result = hospital.ledger.cases.latest_result(CASE)
    page = hospital.browser("sue").get(f"/cases/{CASE}")
    assert page.status_code == 200
    assert slips(" ".join(Text(page.text).shown)) == []
    assert slips(drawn(result, hospital)) == []


def test_measures_are_shown_as_words_and_percentages(hospital: Hospital) -> None:
    held = CASES["tiny print in the child's name"]
    judged(hospital.ledger, *held.files, sending=Sending(**held.typed))
    hospital.ledger.reviews.reopen(CASE, "sue")
    texts = (
        " ".join(Text(hospital.browser("sue").get(f"/cases/{CASE}").text).shown),
        drawn(hospital.ledger.cases.latest_result(CASE), hospital),
    )
    for text in texts:
        assert re.search(r"识别可信度\d+%（要求30%以上）", text)
        assert "孩子本人页" in text
