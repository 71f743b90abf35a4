"""Under a watermark 仅供…使用 what cannot be read, and a name that differs, go to a person and not home."""

from collections.abc import Sequence

import pytest

from models.codes import Code, Reason, Severity
from models.geometry import Box, Quad
from models.reading import PageReading, Watermark
from models.result import Decision
from pipeline.judge.case import judge
from tests.support.cards import emblem, father, home, id_number, member, portrait
from tests.support.dossiers import FAMILY, READER, dossier
from tests.support.lines import Ink

MARK = Watermark(
    text="仅供样本儿童医院建档使用", colour=(180, 190, 220), angle=-28.0, places=(Quad.of_box(Box(90, 90, 600, 300)),)
)
UNREAD, ANOTHER = Ink("欧阳靖萱", sure=0.02), member({"姓名": "欧阳子涵"})
COUSIN = member({"姓名": "欧阳子涵", "出生日期": "2017年5月6日", "公民身份证件编号": id_number("20170506", 8)})


def marked(reading: PageReading) -> PageReading:
    return reading.model_copy(update={"watermark": MARK})


def told(pages: Sequence[PageReading]) -> tuple[Decision, list[tuple[Code, Reason]]]:
    found = judge(dossier(*pages), (), READER)
    blockers = (one for one in found.findings if one.severity is not Severity.WARNING)
    return found.decision, [(one.code, one.reason) for one in blockers]


OVER = (Code.COPY, Reason.WATERMARK)


@pytest.mark.parametrize(
    ("pages", "without", "beneath"),
    [
        pytest.param(FAMILY, [], [], id="everything reads"),
        pytest.param(
            (*FAMILY[:4], member({"姓名": UNREAD})),
            [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)],
            [OVER],
            id="a name of the register",
        ),
        pytest.param(
            (portrait({"姓名": UNREAD}), *FAMILY[1:]), [(Code.ILLEGIBLE, Reason.BLUR)], [OVER], id="a name of the card"
        ),
        pytest.param(
            (*FAMILY[:4], ANOTHER),
            [(Code.NAME_DIFFERS, Reason.DIFFERENT)],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="a name that reads otherwise",
        ),
        pytest.param(
            (portrait(), emblem(), home(), father(), COUSIN),
            [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)],
            [OVER],
            id="a card that seems another child's",
        ),
        pytest.param(
            (portrait({"姓名": "赵大海", "住址": "上海市样本区樱花路9号", "公民身份号码": None}), *FAMILY[1:]),
            [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)],
            [OVER, (Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)],
            id="an ID card that seems a stranger's",
        ),
        pytest.param(
            (*FAMILY[:4], member({"公民身份证件编号": id_number("20191123", 6)})),
            [(Code.NUMBER_DIFFERS, Reason.ENTERED)],
            [(Code.NUMBER_DIFFERS, Reason.ENTERED)],
            id="a number that reads otherwise",
        ),
        pytest.param(
            (FAMILY[0], emblem("2010.03.02-2019.08.02"), *FAMILY[2:]),
            [(Code.EXPIRED, Reason.EXPIRED), (Code.CONTRADICTION, Reason.VALIDITY_LENGTH)],
            [(Code.EXPIRED, Reason.EXPIRED), (Code.CONTRADICTION, Reason.VALIDITY_LENGTH)],
            id="an end of validity that makes no lawful term",
        ),
    ],
)
def test_a_doubt_beneath_a_watermark_sends_nobody_home(
    pages: Sequence[PageReading], without: list[tuple[Code, Reason]], beneath: list[tuple[Code, Reason]]
) -> None:
    returned, seen = told(pages)
    assert (returned, seen) == (Decision.RETURNED if without else Decision.ACCEPTED, without)
    decision, doubts = told([marked(one) for one in pages])
    assert (decision, doubts) == (Decision.REVIEW if beneath else Decision.ACCEPTED, beneath)


def test_a_page_whose_pale_mark_was_not_found_counts_where_others_have_it() -> None:
    pages = (marked(portrait()), *FAMILY[1:4], member({"姓名": UNREAD}))
    assert told(pages) == (Decision.REVIEW, [OVER])


def test_a_card_of_nobody_whose_pale_mark_was_not_found_is_not_missing_where_others_have_it() -> None:
    pages = (*[marked(one) for one in FAMILY[:4]], COUSIN)
    assert told(pages) == (Decision.REVIEW, [OVER])


def test_a_page_that_did_not_come_is_missing_all_the_same() -> None:
    decision, found = told([marked(one) for one in FAMILY if one is not FAMILY[2]])
    assert (decision, found) == (Decision.RETURNED, [(Code.PAGE_MISSING, Reason.HOME)])


def test_a_card_whose_lawful_term_is_over_goes_home_beneath_a_mark_as_well() -> None:
    pages = (FAMILY[0], emblem("2009.03.02-2019.03.02"), *FAMILY[2:])
    assert told([marked(one) for one in pages]) == (Decision.RETURNED, [(Code.EXPIRED, Reason.EXPIRED)])
