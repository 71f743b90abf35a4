from collections.abc import Sequence
from typing import Final

import pytest

from models.findings import Code, Finding, Reason, Severity
from models.geometry import Box
from models.policy import Policy
from models.reading import Loss, PageReading
from pipeline.judge.case import judge
from pipeline.judge.dossier import Dossier
from pipeline.judge.rules.losses import partly_lost
from tests.support.cards import certificate, father, home, member, portrait
from tests.support.dossiers import FAMILY, READER, Sent, dossier


def lost_below(reading: PageReading, row: int) -> PageReading:
    box = Box(0, row, reading.width, reading.height)
    return reading.model_copy(update={"loss": Loss(Reason.TRUNCATED, box, round(box.height / reading.height, 3))})


def under_its_lines(reading: PageReading) -> int:
    return max(line.box.bottom for line in reading.lines)


def taller(reading: PageReading) -> PageReading:
    """The page with some empty paper below its print."""
    return reading.model_copy(update={"height": under_its_lines(reading) + 400})


def with_child_page(page: PageReading) -> Dossier:
    return dossier(*(one for one in FAMILY if one is not FAMILY[-1]), page)


def told(findings: Sequence[Finding]) -> list[tuple[Code, Reason, Severity]]:
    return [(one.code, one.reason, one.severity) for one in findings]


WARNED: Final = (Code.BAD_FILE, Reason.TRUNCATED, Severity.WARNING)
REFUSED: Final = (Code.BAD_FILE, Reason.TRUNCATED, Severity.REJECT)


def test_a_page_that_lost_nothing_needed_is_read_with_a_warning() -> None:
    page = taller(member())
    row = under_its_lines(page) + 200
    judgement = judge(with_child_page(lost_below(page, row)), (), READER)
    assert told(judgement.findings) == [WARNED]
    (finding,) = judgement.findings
    assert finding.box == Box(0, row, page.width, page.height)
    assert finding.measured == pytest.approx((page.height - row) / page.height, abs=0.001)
    assert "最下面约" in finding.message


@pytest.mark.parametrize("line", [0, 2, 5])
def test_a_page_that_lost_something_needed_is_refused_and_nothing_is_said_to_be_missing(line: int) -> None:
    page = taller(member())
    lost = lost_below(page, page.lines[line].box.top)
    top = page.lines[line].box.top
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


def test_a_certificate_must_have_kept_both_parents() -> None:
    page = taller(certificate())
    row = under_its_lines(page) + 200
    assert [one.content.loss is None for one in dossier(lost_below(page, row)).pages] == [False]
    fatherless = tuple(line for line in page.lines if "父" not in line.text)
    (file,) = dossier(lost_below(page, row).model_copy(update={"lines": fatherless})).files
    assert [one.reason for one in file.content.failed] == [Reason.TRUNCATED]
