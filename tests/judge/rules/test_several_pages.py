"""A name on several pages: what one is not sure of the others may settle, and what one says no other takes back."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import Person
from models.findings import Code, Reason
from models.policy import NameLimits
from models.reading import PageReading
from pipeline.judge.name_match import NameMatch, combine
from pipeline.judge.rules.names import names
from tests.support.cards import certificate, changes_page, id_number, member
from tests.support.dossiers import FAMILY, READER, dossier
from tests.support.lines import Ink, line

LIMITS = NameLimits()
HARD, HARDER = Ink("欧阳靖萱", weak={3: 0.85}), Ink("欧阳靖萱", weak={3: 0.6}, others={3: {"宣": 0.4}})
TAKEN_FOR_ANOTHER = Ink("欧阳靖宣", weak={3: 0.6}, others={3: {"萱": 0.35}})
DOUBT = [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)]


def _told(*pages: PageReading) -> list[tuple[Code, Reason]]:
    held = dossier(*FAMILY[:4], *pages)
    return [(finding.code, finding.reason) for finding in names(held, READER)]


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        pytest.param([member({"姓名": HARD})], DOUBT, id="one page that is hard to read"),
        pytest.param([member({"姓名": HARD}), certificate()], [], id="beside one that is clear"),
        pytest.param([member({"姓名": HARD}), certificate({"新生儿姓名": HARD})], [], id="two that are hard to read"),
        pytest.param([member({"姓名": HARDER}), certificate()], [], id="one between two names, beside a clear one"),
        pytest.param(
            [member({"姓名": TAKEN_FOR_ANOTHER}), certificate()],
            [],
            id="one taken for another, beside a clear one",
        ),
        pytest.param(
            [member({"姓名": HARDER}), certificate({"新生儿姓名": HARDER})], DOUBT * 2, id="two between two names"
        ),
        pytest.param(
            [member({"姓名": "欧阳靖宣"}), certificate()],
            DOUBT,
            id="a register that is one character off, beside a certificate that agrees",
        ),
        pytest.param(
            [member({"姓名": "欧阳静怡"}), certificate()],
            [(Code.NAME_DIFFERS, Reason.DIFFERENT)],
            id="a register that has another name, beside a certificate that agrees",
        ),
        pytest.param(
            [member({"姓名": "欧阳靖宣"}), certificate({"新生儿姓名": HARD})],
            [(Code.NAME_DIFFERS, Reason.DIFFERENT), (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="a register that is one character off, beside a certificate that is not sure",
        ),
    ],
)
def test_a_name_on_several_pages(pages: Sequence[PageReading], told: list[tuple[Code, Reason]]) -> None:
    assert _told(*pages) == told


SHARES = st.floats(0.0, 1.0)


@given(st.lists(SHARES, min_size=1, max_size=4))
def test_pages_settle_a_name_only_if_none_of_them_prefers_another(shares: list[float]) -> None:
    verdicts = [NameMatch(None, Reason.UNCERTAIN, likely=share) for share in shares]
    if combine(verdicts, LIMITS):
        assert min(shares) >= LIMITS.hardly
        assert max(shares) >= 0.5
    elif min(shares) >= LIMITS.likely:
        pytest.fail("each of them is sure alone")


@given(st.lists(SHARES, min_size=1, max_size=3), SHARES)
def test_a_page_that_is_sure_never_unsettles(shares: list[float], more: float) -> None:
    verdicts = [NameMatch(None, Reason.UNCERTAIN, likely=share) for share in shares]
    if combine(verdicts, LIMITS) and more >= 0.5:
        assert combine([*verdicts, NameMatch(True, likely=more)], LIMITS)


@pytest.mark.parametrize("reason", [Reason.VARIANT, Reason.OUT_OF_CHARSET, Reason.PLACEHOLDER, Reason.DIFFERENT])
def test_a_reason_of_its_own_is_a_persons_business(reason: Reason) -> None:
    assert not combine([NameMatch(True, likely=0.999), NameMatch(None, reason, likely=0.999)], LIMITS)


def test_no_page_settles_nothing() -> None:
    assert not combine([], LIMITS)


def test_an_amended_register_softens_a_difference() -> None:
    other = member({"姓名": "欧阳静怡"})
    assert _told(other, changes_page()) == [(Code.NAME_DIFFERS, Reason.DIFFERENT)]
    assert _told(other, changes_page("2020年1月1日")) == [(Code.NAME_IN_DOUBT, Reason.NAME_CHANGED)]


def test_a_card_without_the_childs_number_may_be_a_twins_if_there_is_one_of_that_day() -> None:
    other = member({"姓名": "欧阳靖怡", "公民身份证件编号": None})
    twin = member({"姓名": "欧阳大海", "公民身份证件编号": id_number("20191123", 4)})
    held = dossier(*FAMILY[:4], other, twin, child={"id_number": None})
    (finding,) = names(held, READER)
    assert held.members(Person.CHILD)
    assert (finding.code, finding.reason) == (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)


@pytest.mark.parametrize("given", ["林静大双", "林静女", "林静之女", "林静双A"])
def test_a_name_that_a_hospital_made_of_the_mothers_is_none_yet(given: str) -> None:
    assert _told(certificate({"新生儿姓名": given})) == [(Code.NAME_IN_DOUBT, Reason.PLACEHOLDER)]


def test_a_watermark_over_the_whole_name_is_no_other_name() -> None:
    card = member()
    over = line("仅供办理就诊卡使用", 190, 80)
    assert _told(card.model_copy(update={"lines": (*card.lines, over)})) == DOUBT
