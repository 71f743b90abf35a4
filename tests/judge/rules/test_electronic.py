"""Electronic certificates go to a person, by default; nothing about their picture is held against the parents."""

import pytest

from models.codes import Code, Reason, Severity
from models.documents import Edition, PageKind
from models.policy import Policy, Treatment
from models.reading import PageReading
from models.result import Decision
from pipeline.judge.case import judge
from pipeline.judge.name_match import NameContext
from pipeline.judge.rules.legibility import illegible
from tests.support.cards import CHILD_NUMBER, member
from tests.support.dossiers import FAMILY, READER, dossier
from tests.support.lines import Ink, line

ACCEPTING = NameContext(READER.alphabet, Policy(electronic=Treatment.ACCEPT))
UNREAD = {"公民身份证件编号": Ink(CHILD_NUMBER, sure=0.1)}


def electronic(reading: PageReading, *, shown: bool = False) -> PageReading:
    """The page under the title of an electronic register, with the stripes of a screen if it is `shown` on one."""
    measures = reading.measures.model_copy(update={"raster": 0.9, "vividness": 0.0} if shown else {})
    lines = (line("电子户口簿", 600, 0), *reading.lines)
    return reading.model_copy(update={"lines": lines, "measures": measures})


def told(*pages: PageReading, context: NameContext = READER) -> tuple[Decision, list[tuple[Code, Reason, Severity]]]:
    found = judge(dossier(*pages), (), context)
    return found.decision, [(one.code, one.reason, one.severity) for one in found.findings]


@pytest.mark.parametrize(
    ("child", "context", "decision", "severity"),
    [
        pytest.param(electronic(member()), READER, Decision.REVIEW, Severity.REVIEW, id="a screenshot"),
        pytest.param(
            electronic(member(), shown=True), READER, Decision.REVIEW, Severity.REVIEW, id="photographed on a screen"
        ),
        pytest.param(
            electronic(member(UNREAD)), READER, Decision.REVIEW, Severity.REVIEW, id="a value that does not read"
        ),
        pytest.param(electronic(member()), ACCEPTING, Decision.ACCEPTED, Severity.WARNING, id="accepted by the policy"),
        pytest.param(
            electronic(member(UNREAD)), ACCEPTING, Decision.REVIEW, Severity.REVIEW, id="accepted, but not all was read"
        ),
    ],
)
def test_an_electronic_page_is_neither_illegible_nor_a_recapture(
    child: PageReading, context: NameContext, decision: Decision, severity: Severity
) -> None:
    assert told(*FAMILY[:4], child, context=context) == (decision, [(Code.ELECTRONIC, Reason.UNVERIFIED, severity)])


def test_what_an_electronic_page_says_is_compared_like_any_other() -> None:
    decision, findings = told(*FAMILY[:4], electronic(member({"姓名": "欧阳静"})))
    assert decision is Decision.RETURNED
    assert {code for code, _, _ in findings} == {Code.ELECTRONIC, Code.NAME_DIFFERS}


def test_the_edition_stands_in_the_result() -> None:
    pages = judge(dossier(*FAMILY[:4], electronic(member())), (), READER).pages
    assert [page.edition for page in pages] == [None] * 4 + [Edition.ELECTRONIC]


def test_paper_pages_beside_it_are_judged_as_ever() -> None:
    held = dossier(electronic(member(UNREAD)), member(UNREAD))
    codes = [(finding.code, finding.file) for finding in illegible(held, held.pages, READER.policy)]
    assert held.pages[1].kind is PageKind.HUKOU_MEMBER
    assert codes == [(Code.REGISTER_ILLEGIBLE, held.pages[1].file.path)]
