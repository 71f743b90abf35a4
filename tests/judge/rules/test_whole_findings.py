"""Every finding as a whole: what it claims, where it points, what it shows beside what, and how much.

Other tables ask which findings there are; here a rule that lost its place, its value or its limit would be seen. A line
is code/reason severity file#page field (box) read|entered measured<limit.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from models.case import FailedPage
from models.codes import PAGE_CODES
from models.documents import DocumentKind
from models.findings import Code, Finding, Reason
from models.id_number import check_digit
from models.reading import PageReading
from models.register import KnownChild
from models.submission import Guardian, GuardianRelation, IdType, Sex
from pipeline.judge.case import comparison, judge, quality_and_completeness
from tests.support.cards import (
    CHILD_NUMBER,
    MOTHER_NUMBER,
    certificate,
    changes_page,
    emblem,
    father,
    home,
    id_number,
    member,
    mother,
    portrait,
    unreadable,
)
from tests.support.dossiers import CHILD, FAMILY, READER, Sent, dossier
from tests.support.lines import Ink, line, page, rows

GOLD: Final = Path(__file__).parent / "whole_findings.json"
REGISTER: Final = DocumentKind.HOUSEHOLD_REGISTER
MOTHER: Final = Guardian(name="林静", relation=GuardianRelation.MOTHER, id_number=MOTHER_NUMBER)
LICENCE: Final = page(rows({"中华人民共和国机动车驾驶证": None, "准驾车型": "C1"}))
WRONG: Final = CHILD_NUMBER[:17] + ("0" if check_digit(CHILD_NUMBER[:17]) != "0" else "1")


def stamped(reading: PageReading, words: str) -> PageReading:
    stamp = line(Ink(words, measures={"height": 80.0, "redness": 0.3}), 500, 400)
    return reading.model_copy(update={"lines": (*reading.lines, stamp)})


def looking(reading: PageReading, **measures: float) -> PageReading:
    return reading.model_copy(update={"measures": reading.measures.model_copy(update=measures)})


class Case(NamedTuple):
    """Files of a case, and what else `dossier` is told."""

    files: tuple[Sent | PageReading, ...]
    typed: Mapping[str, Any]


def case(*files: Sent | PageReading, **typed: Any) -> Case:
    return Case(files, typed)


CASES: Final[Mapping[str, Case]] = {
    "tiny print in the child's name": case(
        *FAMILY[:4], member({"姓名": Ink("欧阳靖萱", sure=0.1, measures={"height": 10.0})})
    ),
    "a card in the dark": case(portrait({"姓名": Ink("欧阳明", sure=0.1)}, brightness=0.2), *FAMILY[1:]),
    "a page of which nothing reads": case(*FAMILY[:4], Sent((unreadable(),), REGISTER)),
    "the mother's name on a certificate that does not read": case(
        *FAMILY[:4],
        mother(),
        certificate({"母亲姓名": Ink("林静", sure=0.02)}),
        child={"id_type": IdType.BIRTH_CERTIFICATE},
    ),
    "nothing but the child's page": case(member()),
    "a newborn without certificate": case(*FAMILY, child={"birth_date": date(2026, 11, 1)}),
    "another child's page": case(
        *FAMILY[:4],
        member({"姓名": "赵大海", "出生日期": "2010年1月1日", "公民身份证件编号": id_number("20100101", 1)}),
    ),
    "another form": case(
        *FAMILY[:4], Sent((page(rows({"中华人民共和国机动车驾驶证": None, "准驾车型": "C1"})),), REGISTER)
    ),
    "a wrong hint": case(Sent((portrait(),), REGISTER), *FAMILY[1:]),
    "the portrait side twice": case(portrait(), portrait(), *FAMILY[2:]),
    "the emblem side twice": case(emblem(), emblem(), *FAMILY[2:]),
    "an expired card": case(portrait(), emblem("2010.01.01-2020.01.01"), *FAMILY[2:]),
    "a card that is valid until no day": case(portrait(), emblem("2020.01.01-2040.13.01"), *FAMILY[2:]),
    "a card for fifteen years": case(portrait(), emblem("2020.01.01-2035.01.01"), *FAMILY[2:]),
    "a card for three months": case(portrait(), emblem("2026.09.20-2026.12.20"), *FAMILY[2:]),
    "a temporary card": case(*FAMILY, page(rows({"姓名": "欧阳明"}, title="临时居民身份证"))),
    "an amended register": case(*FAMILY, changes_page("2020年1月1日")),
    "a cancelled card": case(*FAMILY[:4], stamped(member(), "注销")),
    "another barcode": case(
        *FAMILY, certificate({"签发日期": "2023年12月1日", "出生医学证明编号": "X110000000"}, barcodes=["X110000001"])
    ),
    "a certificate of another year": case(*FAMILY, certificate({"签发日期": "2022年12月1日"})),
    "a certificate from before the birth": case(*FAMILY, certificate({"签发日期": "2019年11月1日"})),
    "a birth before there were certificates": case(*FAMILY, certificate({"出生时间": "1995年1月1日08时30分"})),
    "a number of no province": case(
        *FAMILY, certificate({"签发日期": "2019年12月1日", "出生医学证明编号": "T990000000"})
    ),
    "an age that is not the number's": case(*FAMILY, certificate(mother={"年龄": "45"})),
    "a mirrored page": case(portrait().model_copy(update={"mirrored": True}), *FAMILY[1:]),
    "a page without colour": case(looking(portrait(), vividness=0.001), *FAMILY[1:]),
    "a page with stripes": case(looking(portrait(), raster=0.5, raster_around=0.4), *FAMILY[1:]),
    "two heads": case(*FAMILY, mother({"户主或与户主关系": "户主"})),
    "another head on the 首页": case(*FAMILY[:2], home({"户主姓名": "赵大海"}), *FAMILY[3:]),
    "a sister for a mother": case(*FAMILY[:3], mother({"户主或与户主关系": "女"}), member(), guardian=MOTHER),
    "a stranger's card": case(portrait({"姓名": "赵大海", "公民身份号码": id_number("19770707", 7)}), *FAMILY[1:]),
    "a stranger's card that is hard to read": case(
        portrait({"姓名": Ink("赵大海", sure=0.9), "公民身份号码": id_number("19770707", 7)}), *FAMILY[1:]
    ),
    "the guardian's name and another number": case(portrait({"公民身份号码": id_number("19770707", 7)}), *FAMILY[1:]),
    "a certificate of another father": case(*FAMILY, certificate(father={"父亲姓名": "赵大海"})),
    "a mother of thirteen": case(*FAMILY, certificate(mother={"有效身份证件号码": id_number("20061231", 4)})),
    "nobody is named, and the card is of nobody in the register": case(
        portrait({"姓名": "赵大海", "公民身份号码": id_number("19770707", 7)}), *FAMILY[1:], guardian=None
    ),
    "a guardian whose page is hard to read": case(
        portrait(), emblem(), home(), father({"姓名": Ink("欧阳明", sure=0.4), "公民身份证件编号": None}), member()
    ),
    "a card that may be the guardian's": case(
        portrait({"姓名": Ink("欧阳明", weak={2: 0.4}, others={2: {"朋": 0.35}}), "公民身份号码": None}), *FAMILY[1:]
    ),
    "the page of the other parent alone": case(portrait(), emblem(), home(), mother(), member()),
    "two numbers of the father, both too young": case(
        *FAMILY[:3],
        father({"公民身份证件编号": id_number("20081231", 1)}),
        member(),
        certificate(father={"父亲姓名": "欧阳明", "有效身份证件号码": id_number("20091231", 1)}),
    ),
    "a certificate that a second one does not supply": case(
        *FAMILY[:4],
        mother(),
        certificate({"新生儿姓名": Ink("欧阳靖萱", sure=0.02)}),
        certificate({"新生儿姓名": "欧阳靖萱"}),
        child={"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None},
    ),
    "a card from a leap day to the end of February": case(portrait(), emblem("2016.02.29-2026.12.31"), *FAMILY[2:]),
    "a name that differs and is hard to read": case(
        *FAMILY[:4], member({"姓名": Ink("欧阳靖萱", weak={0: 0.9})}), child={"name": "欧阳靖宣"}
    ),
    "a first character that differs": case(*FAMILY, child={"name": "王阳靖萱"}),
    "another name": case(*FAMILY, child={"name": "欧阳静萱"}),
    "another length": case(*FAMILY, child={"name": "林雨"}),
    "a former name": case(*FAMILY[:4], member({"曾用名": "欧阳静怡"}), child={"name": "欧阳静怡"}),
    "a name between two": case(*FAMILY[:4], member({"姓名": Ink("欧阳靖萱", weak={3: 0.6}, others={3: {"宣": 0.4}})})),
    "a variant": case(*FAMILY, child={"name": "歐陽靖萱"}),
    "a character that nobody reads": case(*FAMILY, child={"name": "欧阳靖㙘"}),
    "a certificate with the name given at birth": case(*FAMILY, certificate({"新生儿姓名": "林静之女"})),
    "another sex": case(*FAMILY, child={"sex": Sex.MALE}),
    "another day": case(*FAMILY, child={"birth_date": date(2019, 11, 22)}),
    "another number": case(*FAMILY, child={"id_number": id_number("20191123", 4)}),
    "a number that is hard to read": case(
        *FAMILY[:4], member({"公民身份证件编号": Ink(id_number("20191123", 4), sure=0.8)})
    ),
    "a check digit that is wrong in both places": case(
        *FAMILY[:4], member({"公民身份证件编号": WRONG}), child={"id_number": WRONG}
    ),
    "a number that says another sex": case(
        *FAMILY[:4], member({"公民身份证件编号": id_number("20191123", 1)}), child={"id_number": None}
    ),
    "a printed number that is none": case(
        *FAMILY[:4], member({"公民身份证件编号": "1101992019"}), child={"id_number": None}
    ),
    "a number that no page shows": case(*FAMILY[:4], certificate(), child={"id_type": IdType.BIRTH_CERTIFICATE}),
    "another certificate number": case(*FAMILY, certificate(), child={"birth_certificate_number": "T110000009"}),
    "a child who is not born yet": case(*FAMILY, child={"birth_date": date(2026, 12, 1)}),
    "a file that is locked and a page that is damaged": case(
        *FAMILY,
        Sent(failure=(Code.BAD_FILE, Reason.PASSWORD), hint=REGISTER),
        Sent(failed=FailedPage(page_no=2, code=Code.BAD_FILE, reason=Reason.DAMAGED)),
    ),
    "our fault": case(*FAMILY, Sent(failed=FailedPage(page_no=1, code=Code.OUR_FAULT, reason=Reason.ENGINE_CRASH))),
}
KNOWN: Final = KnownChild.model_validate(
    CHILD.model_dump(include={"name", "sex", "birth_date", "id_number"}) | {"mother_id_number": MOTHER_NUMBER}
)


def told(finding: Finding) -> str:
    where = f"{finding.file}#{finding.page_no}" if finding.file else "-"
    box = f" ({','.join(map(str, finding.box))})" if finding.box else ""
    kind = "/".join(part for part in (finding.document, finding.page_kind, finding.field) if part)
    values = f" {finding.read}|{finding.entered}" if finding.read or finding.entered else ""
    much = f" {finding.measured}<{finding.limit}" if finding.measured is not None or finding.limit is not None else ""
    return f"{finding.code}/{finding.reason} {finding.severity} {where} {kind}{box}{values}{much}: {finding.message}"


@pytest.mark.parametrize("name", CASES)
def test_a_case_ends_with_these_findings(name: str) -> None:
    held, expected = CASES[name], json.loads(GOLD.read_text("utf-8"))
    assert [told(finding) for finding in judge(dossier(*held.files, **held.typed), (), READER).findings] == expected[
        name
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param({}, "4005/id_number reject - : 该儿童信息已存在，不能重复提交。", id="known"),
        pytest.param({"name": "欧阳静"}, "疑似重复/number_conflict review - : ", id="known otherwise"),
        pytest.param({"withdrawn": True}, "疑似重复/existing_withdrawn review - : ", id="known and withdrawn"),
    ],
)
def test_what_is_said_of_a_known_child_points_at_nothing(change: dict[str, object], line: str) -> None:
    (finding,) = judge(dossier(*FAMILY), (KNOWN.model_copy(update=change),), READER).findings
    assert told(finding).startswith(line.split(": ", maxsplit=1)[0])
    assert (finding.file, finding.box, finding.read, finding.entered) == (None, None, None, None)


def test_quality_and_completeness_yields_codes_of_pages_alone() -> None:
    dossiers = [dossier(*one.files, **one.typed) for one in CASES.values()]
    first = {finding.code for one in dossiers for finding in quality_and_completeness(one, READER.policy)}
    then = {finding.code for one in dossiers for finding in comparison(one, (), READER)}
    assert first | {Code.COPY, Code.ELECTRONIC, Code.UPLOAD_BROKEN} == PAGE_CODES
    assert then & PAGE_CODES == {Code.COPY, Code.WRONG_DOCUMENT}, "kept behind, so that results keep their order"


def test_the_gold_file_holds_these_cases_and_no_others() -> None:
    assert set(json.loads(GOLD.read_text("utf-8"))) == set(CASES)
