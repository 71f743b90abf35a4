from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from models.documents import Person
from models.policy import NameLimits, Policy
from models.reading import PageReading
from models.submission import Guardian, GuardianRelation
from pipeline.judge.dossier import open_dossier, today_of
from tests.support.cards import certificate, father, id_number, member, mother
from tests.support.dossiers import FAMILY, GUARDIAN, READER, dossier
from tests.support.lines import Ink
from tests.support.values import case_of, submission

GRANDDAUGHTER = member({"户主或与户主关系": "孙女"})
UNCLE = father({"姓名": "欧阳亮", "户主或与户主关系": "长子", "公民身份证件编号": id_number("19850505", 5)})


@pytest.mark.parametrize(
    ("pages", "guardian", "holders"),
    [
        pytest.param(
            FAMILY, GUARDIAN, [Person.FATHER, None, None, Person.FATHER, Person.CHILD], id="a family with its guardian"
        ),
        pytest.param(
            FAMILY, None, [Person.OTHER, None, None, Person.FATHER, Person.CHILD], id="a family whose relations tell"
        ),
        pytest.param(
            (mother(), certificate(), father(), member()),
            None,
            [Person.MOTHER, None, Person.FATHER, Person.CHILD],
            id="parents whom the certificate names",
        ),
        pytest.param((mother(),), GUARDIAN, [Person.OTHER], id="a grown-up of whom nobody speaks"),
        pytest.param(
            (mother({"姓名": Ink("林静", sure=0.9)}),),
            GUARDIAN,
            [Person.OTHER],
            id="a name that hardly reads beside a number that certainly differs",
        ),
        pytest.param(
            (mother({"姓名": Ink("林静", sure=0.9), "公民身份证件编号": None}),),
            GUARDIAN,
            [Person.FATHER],
            id="a name that hardly reads, and no number",
        ),
        pytest.param(
            (father(), member({"户主或与户主关系": None})), None, [Person.HEAD, Person.CHILD], id="a blank relation"
        ),
        pytest.param(
            (father({"户主或与户主关系": "子"}), mother({"户主或与户主关系": "儿媳"}), GRANDDAUGHTER),
            None,
            [Person.FATHER, Person.MOTHER, Person.CHILD],
            id="parents in a grandfather's household",
        ),
        pytest.param(
            (father({"户主或与户主关系": "次子"}), UNCLE, GRANDDAUGHTER),
            None,
            [Person.OTHER, Person.OTHER, Person.CHILD],
            id="two sons of a grandfather, of whom either may be the father",
        ),
        pytest.param(
            (father(),),
            Guardian(name="欧阳明", relation=GuardianRelation.OTHER),
            [Person.OTHER],
            id="a guardian who is no parent",
        ),
        pytest.param((father({"姓名": "欧阳朋"}),), GUARDIAN, [Person.FATHER], id="the guardian by number"),
        pytest.param((father({"公民身份证件编号": None}),), GUARDIAN, [Person.FATHER], id="the guardian by name"),
        pytest.param((member({"姓名": "欧阳静怡"}),), GUARDIAN, [Person.CHILD], id="the child by day and number"),
        pytest.param(
            (member({"出生日期": "2018年1月1日", "公民身份证件编号": None}),),
            GUARDIAN,
            [Person.CHILD],
            id="the child by name",
        ),
        pytest.param(
            (member({"姓名": "李子涵", "公民身份证件编号": id_number("20191123", 6)}),),
            GUARDIAN,
            [None],
            id="a stranger's child of the same day",
        ),
        pytest.param(
            (
                member({"姓名": "欧阳靖瑶", "公民身份证件编号": id_number("20191123", 4)}),
                member({"姓名": "欧阳靖宣", "公民身份证件编号": id_number("20191123", 6)}),
                member(),
            ),
            GUARDIAN,
            [None, None, Person.CHILD],
            id="one of three triplets",
        ),
        pytest.param((member(), member()), GUARDIAN, [Person.CHILD, Person.CHILD], id="the child's card twice"),
    ],
)
def test_whose_page_it_is(
    pages: Sequence[PageReading], guardian: Guardian | None, holders: list[Person | None]
) -> None:
    assert [view.holder for view in dossier(*pages, guardian=guardian).pages] == holders


def test_of_several_certificates_the_one_that_names_the_child_counts() -> None:
    twin = certificate({"新生儿姓名": "欧阳靖瑶", "出生医学证明编号": "T110000001"})
    held = dossier(twin, certificate())
    assert held.certificate is held.pages[1]
    assert dossier(twin).certificate is not None
    assert dossier(member()).certificate is None


@pytest.mark.parametrize(
    ("submitted_at", "today"),
    [
        pytest.param("2026-11-20T09:30:00+08:00", (2026, 11, 20), id="it was submitted at that moment"),
        pytest.param("2026-11-19T09:30:00+08:00", (2026, 11, 19), id="a day before"),
        pytest.param("2026-11-19T09:29:59+08:00", (2026, 11, 20), id="more than a day before"),
        pytest.param("2026-11-21T09:30:00+08:00", (2026, 11, 21), id="a day after"),
        pytest.param("2026-11-21T01:30:01Z", (2026, 11, 20), id="more than a day after"),
        pytest.param("2026-11-20T23:59:00-12:00", (2026, 11, 20), id="a day and more after, of the same date"),
        pytest.param("1970-01-01T00:00:00Z", (2026, 11, 20), id="when a clock begins"),
        pytest.param("0001-01-01T00:00:00+14:00", (2026, 11, 20), id="before all time in UTC"),
        pytest.param("9999-12-31T23:59:59-12:00", (2026, 11, 20), id="after all time in Beijing"),
    ],
)
def test_today_is_the_day_of_submission_unless_the_clients_clock_is_off(
    submitted_at: str, today: tuple[int, int, int]
) -> None:
    sent = submission("s-1").model_copy(update={"submitted_at": datetime.fromisoformat(submitted_at)})
    arrived_at = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert today_of(case_of(sent).model_copy(update={"arrived_at": arrived_at})) == date(*today)


@pytest.mark.parametrize(("legacy", "name"), [(True, "欧阳䶮"), (False, "欧阳\ue863")])
def test_a_policy_says_that_names_come_from_a_system_of_the_gbk_era(legacy: bool, name: str) -> None:
    policy = Policy(names=NameLimits(legacy_gbk=legacy))
    reading = dossier(*FAMILY, child={"name": "欧阳\ue863"})
    contents = [file.content for file in reading.files]
    held = open_dossier(reading.case, contents, READER._replace(policy=policy))
    assert held.child.name == name
