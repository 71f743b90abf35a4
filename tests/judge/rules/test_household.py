"""The pages of a household register against each other."""

from collections.abc import Sequence

import pytest

from models.findings import Code, Reason, Severity
from models.reading import PageReading
from models.submission import Guardian, GuardianRelation
from pipeline.judge.rules.household import household
from tests.support.cards import MOTHER_NUMBER, father, home, id_number, member, mother, portrait
from tests.support.dossiers import READER, dossier
from tests.support.lines import Ink

MOTHER = Guardian(name="林静", relation=GuardianRelation.MOTHER, id_number=MOTHER_NUMBER)
HERS = portrait({"姓名": "林静", "性别": "女", "出生": "1990年2月2日", "公民身份号码": MOTHER_NUMBER})
CONFLICT = (Code.CONTRADICTION, Reason.HOUSEHOLD_CONFLICT)
TWICE = [CONFLICT] * 2  # at both places
GRANDFATHER = father({"姓名": "欧阳大山", "出生日期": "1958年1月1日", "公民身份证件编号": id_number("19580101", 7)})


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        pytest.param((home(), father(), mother(), member()), [], id="a family"),
        pytest.param((HERS, home({"户主姓名": "赵大海"}), father(), member()), TWICE, id="the 首页 names another head"),
        pytest.param((home({"户主姓名": "赵大海"}), father(), member()), [], id="a 首页 of another address, too"),
        pytest.param(
            (HERS, home({"户主姓名": Ink("赵大海", sure=0.9)}), father(), member()), [], id="the 首页 is hard to read"
        ),
        pytest.param(
            (HERS, home({"户主姓名": "赵大海"}), father({"姓名": Ink("欧阳明", sure=0.9)}), member()),
            [],
            id="the head's card is hard to read",
        ),
        pytest.param(
            (home(), father(), GRANDFATHER, member()), [], id="the head of another booklet, who is a stranger"
        ),
        pytest.param(
            (home(), father(), mother({"户主或与户主关系": "户主"}), member()), TWICE, id="two heads and one 首页"
        ),
        pytest.param((home(), father(), father(), member()), [], id="the head's card twice"),
        pytest.param(
            (home(), father(), father({"公民身份证件编号": None}), member()), [], id="the head's card again, cut below"
        ),
        pytest.param((home(), home(), father(), GRANDFATHER, member()), [], id="two booklets, each with its head"),
        pytest.param((home(), mother({"户主或与户主关系": "女"}), member()), TWICE, id="a sister of the child"),
        pytest.param(
            (home(), mother({"户主或与户主关系": Ink("女", sure=0.9)}), member()), [], id="hard to read what she is"
        ),
        pytest.param(
            (home(), mother({"户主或与户主关系": "儿媳"}), member({"户主或与户主关系": "孙女"})),
            [],
            id="the household of a grandfather",
        ),
        pytest.param(
            (home({"户主姓名": None}), mother({"户主或与户主关系": None}), member({"户主或与户主关系": None})),
            [],
            id="a 集体户 says nothing",
        ),
        pytest.param((member(),), [], id="the child's card alone"),
    ],
)
def test_pages_of_one_household(pages: Sequence[PageReading], told: list[tuple[Code, Reason]]) -> None:
    findings = list(household(dossier(*pages, guardian=MOTHER), READER))
    assert [(finding.code, finding.reason) for finding in findings] == told
    assert all(finding.severity is Severity.REVIEW for finding in findings)
