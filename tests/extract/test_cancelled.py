from collections.abc import Sequence

import pytest

from models.documents import PageKind
from models.findings import Code, Reason, Severity
from models.policy import Policy
from models.reading import Line, PageReading
from pipeline.extract.extraction import extract_page
from pipeline.extract.household import cancellations
from pipeline.judge.rules.documents import documents
from tests.support.cards import changes_page, member
from tests.support.dossiers import dossier
from tests.support.lines import Ink, line

_LARGE = {"height": 80.0, "redness": 0.3}


def _stamp(words: str, **measures: float) -> Line:
    return line(Ink(words, measures={**_LARGE, **measures}), 500, 400)


def _with(reading: PageReading, *lines: Line) -> PageReading:
    return reading.model_copy(update={"lines": (*reading.lines, *lines)})


@pytest.mark.parametrize(
    ("stamps", "words"),
    [
        pytest.param([_stamp("注销")], ["注销"], id="注销"),
        pytest.param([_stamp("迁出注销·样本")], ["迁出注销·样本"], id="with other words of a stamp"),
        pytest.param([_stamp("死亡 注销")], ["死亡 注销"], id="a space between them"),
        pytest.param([_stamp("已迁出")], ["已迁出"], id="已 before it"),
        pytest.param([_stamp("注销", height=45.0)], [], id="hardly larger than print"),
        pytest.param([_stamp("注销", height=46.0)], ["注销"], id="a little larger"),
        pytest.param([_stamp("何时由何地迁来")], [], id="large words of the form"),
        pytest.param([_stamp("迁出北京市")], [], id="large words among others"),
        pytest.param([_stamp("户口专用章")], [], id="another stamp"),
        pytest.param([], [], id="no stamp"),
    ],
)
def test_stamps_that_end_a_card(stamps: Sequence[Line], words: list[str]) -> None:
    assert [one.text for one in cancellations(extract_page(_with(member(), *stamps)).lines)] == words


def test_a_cancelled_card_goes_to_a_person() -> None:
    stamp = _stamp("迁出注销")
    (finding,) = documents(dossier(_with(member(), stamp)), Policy())
    assert (finding.code, finding.reason, finding.severity) == (Code.CONTRADICTION, Reason.AMENDED, Severity.REVIEW)
    assert (finding.box, finding.read) == (stamp.box, "迁出注销")
    assert finding.page_kind is PageKind.HUKOU_MEMBER


def test_a_card_in_force_raises_nothing() -> None:
    assert not list(documents(dossier(member(), changes_page()), Policy()))
