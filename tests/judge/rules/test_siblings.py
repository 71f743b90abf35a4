"""A twin's or sibling's page is no evidence about the child: no name is compared with it, no number looked up."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import pytest

from models.documents import Person
from models.findings import Code, Reason
from models.reading import PageReading
from models.register import KnownChild
from models.submission import IdType, Sex
from pipeline.judge.case import judge
from tests.support.cards import CERTIFICATE_NUMBER, certificate, id_number, member, mother
from tests.support.dossiers import FAMILY, READER, dossier
from tests.support.lines import Cells, Ink

TWINS_NUMBER: Final = id_number("20191123", 4)
TWIN: Final[Cells] = {"姓名": "欧阳靖瑶", "公民身份证件编号": TWINS_NUMBER}
UNREGISTERED: Final = {
    "id_type": IdType.BIRTH_CERTIFICATE,
    "id_number": None,
    "birth_certificate_number": CERTIFICATE_NUMBER,
}
UNNUMBERED: Final = {"id_number": None}
KNOWN_TWIN: Final = KnownChild(
    name="欧阳靖瑶",
    sex=Sex.FEMALE,
    birth_date=date(2019, 11, 23),
    id_number=TWINS_NUMBER,
    birth_certificate_number="T110000001",
    mother_id_number=None,
    submission_id="case-0",
)
PARENTS: Final = (*FAMILY[:4], mother())


def told(*pages: PageReading, child: Mapping[str, object]) -> list[tuple[Code, Reason]]:
    judgement = judge(dossier(*PARENTS, *pages, child=child), (KNOWN_TWIN,), READER)
    return [(finding.code, finding.reason) for finding in judgement.findings]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="one character of the name differs"),
        pytest.param({"姓名": "欧阳子涵"}, id="the name differs altogether"),
        pytest.param({"姓名": "欧阳瑶"}, id="the name is shorter"),
        pytest.param(
            {"性别": "男", "户主或与户主关系": "子", "公民身份证件编号": id_number("20191123", 5)}, id="a brother"
        ),
    ],
)
def test_a_registered_twin_says_nothing_of_the_unregistered_one(change: Cells) -> None:
    assert told(certificate(), member({**TWIN, **change}), child=UNREGISTERED) == []


def test_the_twins_certificate_beside_the_childs_changes_nothing() -> None:
    hers = certificate({"新生儿姓名": "欧阳靖瑶", "出生医学证明编号": "T110000001"})
    for papers in ((certificate(), hers), (hers, certificate())):
        assert told(*papers, member(TWIN), child=UNREGISTERED) == []


@pytest.mark.parametrize(
    ("pages", "child", "holder"),
    [
        pytest.param([certificate(), member(TWIN)], UNREGISTERED, None, id="the certificate has another name"),
        pytest.param([member(TWIN)], UNREGISTERED, None, id="a child in no register has no card"),
        pytest.param(
            [certificate({"新生儿姓名": Ink("欧阳靖萱", sure=0.6)}), member(TWIN)],
            UNREGISTERED,
            None,
            id="the certificate is hard to read",
        ),
        pytest.param([member({**TWIN, "姓名": "欧阳子涵"})], UNNUMBERED, Person.CHILD, id="no certificate, no number"),
        pytest.param(
            [certificate({"新生儿姓名": "林静之女"}), member({**TWIN, "姓名": "欧阳子涵"})],
            UNNUMBERED,
            Person.CHILD,
            id="a certificate from before the name was given",
        ),
        pytest.param(
            [certificate(), member({**TWIN, "姓名": Ink("欧阳靖瑶", sure=0.9)})],
            UNREGISTERED,
            Person.CHILD,
            id="a name on the card that is hard to read",
        ),
        pytest.param(
            [certificate(), member({**TWIN, "姓名": Ink("欧阳靖瑶", measures={"contrast": 0.19})})],
            UNREGISTERED,
            Person.CHILD,
            id="a name in faint print",
        ),
        pytest.param(
            [certificate({"新生儿姓名": "欧阳靖瑶"}), member(TWIN)],
            UNREGISTERED,
            Person.CHILD,
            id="certificate and card agree, and another name was typed in",
        ),
        pytest.param(
            [certificate(), member(TWIN)], UNNUMBERED, Person.CHILD, id="one character, where the card is needed"
        ),
        pytest.param(
            [certificate(), member({**TWIN, "姓名": "欧阳子涵"})], UNNUMBERED, None, id="two, where the card is needed"
        ),
        pytest.param(
            [certificate(), member({"姓名": "欧阳子涵"})], {}, Person.CHILD, id="the card has the entered number"
        ),
        pytest.param([member({**TWIN, "性别": "男"})], UNNUMBERED, None, id="another name and another sex"),
        pytest.param(
            [member({**TWIN, "户主或与户主关系": "次子"})],
            UNNUMBERED,
            None,
            id="another name, and a son instead of a girl",
        ),
        pytest.param([member({"性别": "男"})], UNNUMBERED, Person.CHILD, id="another sex alone"),
        pytest.param(
            [member({**TWIN, "性别": Ink("男", sure=0.6)})],
            UNNUMBERED,
            Person.CHILD,
            id="another name, and a sex that is hard to read",
        ),
    ],
)
def test_whose_page_it_is(pages: list[PageReading], child: Mapping[str, object], holder: Person | None) -> None:
    assert dossier(*PARENTS, *pages, child=child).pages[-1].holder is holder


def test_a_twins_page_in_place_of_the_childs_is_named() -> None:
    sent = (certificate(), member({**TWIN, "姓名": "欧阳子涵"}))
    assert told(*sent, child=UNNUMBERED) == [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)]
