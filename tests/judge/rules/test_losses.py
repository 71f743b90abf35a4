from collections.abc import Sequence
from typing import Final

import pytest

from models.findings import Code, Finding, Reason, Severity
from models.geometry import Box, Quad
from models.policy import Policy
from models.reading import Loss, PageReading
from pipeline.judge.case import judge
from pipeline.judge.dossier import Dossier
from pipeline.judge.rules.losses import partly_lost
from tests.support.cards import certificate, emblem, father, home, id_number, member, portrait
from tests.support.dossiers import FAMILY, READER, Sent, dossier
from tests.support.lines import line


def lost_below(reading: PageReading, row: int) -> PageReading:
    box = Box(0, row, reading.width, reading.height)
    return reading.model_copy(update={"loss": Loss(Reason.TRUNCATED, box, round(box.height / reading.height, 3))})


def under_its_lines(reading: PageReading) -> int:
    return max(one.box.bottom for one in reading.lines)


def taller(reading: PageReading) -> PageReading:
    """The page with some empty paper below its print."""
    return reading.model_copy(update={"height": under_its_lines(reading) + 400})


def with_child_page(page: PageReading) -> Dossier:
    return dossier(*(one for one in FAMILY if one is not FAMILY[-1]), page)


CARD: Final = member({"登记日期": "2019年12月1日"})
ISSUED: Final = {"签发日期": "2019年12月1日"}
NOBODYS: Final = id_number("19880101", 5)


def cut_below(page: PageReading, row: int) -> PageReading:
    """The page without what stands below a row."""
    kept = tuple(one for one in page.lines if one.box.bottom <= row)
    return lost_below(page, row).model_copy(update={"lines": kept})


def row_of(page: PageReading, text: str) -> int:
    """The top of the last line with these words."""
    return max(one.box.top for one in page.lines if text in one.text)


def told(findings: Sequence[Finding]) -> list[tuple[Code, Reason, Severity]]:
    return [(one.code, one.reason, one.severity) for one in findings]


WARNED: Final = (Code.BAD_FILE, Reason.TRUNCATED, Severity.WARNING)
REFUSED: Final = (Code.BAD_FILE, Reason.TRUNCATED, Severity.REJECT)


def test_a_page_that_lost_nothing_needed_is_read_with_a_warning() -> None:
    page = taller(CARD)
    row = under_its_lines(page) + 200
    judgement = judge(with_child_page(lost_below(page, row)), (), READER)
    assert told(judgement.findings) == [WARNED]
    (finding,) = judgement.findings
    assert finding.box == Box(0, row, page.width, page.height)
    assert finding.measured == pytest.approx((page.height - row) / page.height, abs=0.001)
    assert "最下面约" in finding.message


@pytest.mark.parametrize("at", [0, 2, 5])
def test_a_page_that_lost_something_needed_is_refused_and_nothing_is_said_to_be_missing(at: int) -> None:
    page = taller(member())
    lost = lost_below(page, page.lines[at].box.top)
    top = page.lines[at].box.top
    kept = lost.model_copy(update={"lines": tuple(one for one in page.lines if one.box.bottom <= top)})
    judgement = judge(with_child_page(kept), (), READER)
    assert told(judgement.findings) == [REFUSED]
    assert judgement.pages[-1].was_read is False


def test_a_value_at_the_edge_of_the_lost_part_may_go_on_in_it() -> None:
    page = taller(portrait())
    for below, said in ((2, [REFUSED]), (200, [WARNED])):
        held = dossier(lost_below(page, under_its_lines(page) + below), *FAMILY[1:])
        assert told(judge(held, (), READER).findings) == said


def test_what_the_lost_part_may_have_held_is_not_called_missing() -> None:
    page = taller(portrait())
    lost = lost_below(page, under_its_lines(page) + 200)
    held = dossier(Sent((lost,)), home(), father(), member())  # the other side may have lain below
    assert told(tuple(partly_lost(held, Policy()))) == [REFUSED]
    assert told(judge(held, (), READER).findings) == [REFUSED]


def stamped(card: PageReading, below: int) -> PageReading:
    """The card with a large 注销 so far below its lines."""
    stamp = line("注销", 600, under_its_lines(card) + below)
    box = Box(600, stamp.box.top, 760, stamp.box.top + 80)
    large = stamp.model_copy(update={"quad": Quad.of_box(box), "box": box})
    return taller(card.model_copy(update={"lines": (*card.lines, large)}))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        pytest.param(stamped(member(), 200), "注销", id="a card's stamp, and its last row"),
        pytest.param(stamped(CARD, 40), "注销", id="a stamp close below the last row of a card"),
        pytest.param(
            taller(certificate(ISSUED, father={"父亲姓名": "欧阳明", "有效身份证件号码": NOBODYS})),
            NOBODYS,
            id="the father's number",
        ),
    ],
)
def test_a_page_does_not_serve_without_what_a_rule_would_have_asked_about(page: PageReading, words: str) -> None:
    family = FAMILY if page.lines[0].text == "出生医学证明" else FAMILY[:-1]
    whole = judge(dossier(*family, page), (), READER)
    assert whole.findings
    assert Code.BAD_FILE not in {one.code for one in whole.findings}
    row = row_of(page, words) - 5
    assert REFUSED in told(judge(dossier(*family, cut_below(page, row)), (), READER).findings)


@pytest.mark.parametrize(
    ("page", "serves"),
    [
        pytest.param(taller(certificate(ISSUED)), True, id="a whole form"),
        pytest.param(taller(certificate()), False, id="a certificate's date of issue is nowhere"),
        pytest.param(taller(home({"签发日期": "2015年6月1日"})), True, id="a whole first page"),
        pytest.param(taller(member()), False, id="a card's last row is nowhere"),
        pytest.param(taller(emblem()), True, id="both rows of the emblem side"),
    ],
)
def test_a_page_serves_where_its_whole_form_is_clear_of_the_lost_part(page: PageReading, serves: bool) -> None:
    (file,) = dossier(lost_below(page, under_its_lines(page) + 200)).files
    assert [one.reason for one in file.content.failed] == ([] if serves else [Reason.TRUNCATED])


def test_a_certificate_must_have_kept_both_parents() -> None:
    page = taller(certificate(ISSUED))
    row = under_its_lines(page) + 200
    assert [one.content.loss is None for one in dossier(lost_below(page, row)).pages] == [False]
    fatherless = tuple(one for one in page.lines if "父" not in one.text)
    (file,) = dossier(lost_below(page, row).model_copy(update={"lines": fatherless})).files
    assert [one.reason for one in file.content.failed] == [Reason.TRUNCATED]
