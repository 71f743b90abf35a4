from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from models.case import FailedPage
from models.content import Resemblance, Slot
from models.documents import Field, PageKind, Person
from models.findings import Code, Finding, Reason
from models.reading import PageReading, Tile
from pipeline.judge.pages import PageView
from pipeline.judge.rules.names import names
from tests.support.cards import certificate, member
from tests.support.dossiers import FAMILY, GUARDIAN, READER, Sent, dossier
from tests.support.lines import Ink, line, page

NEWBORN = certificate({"新生儿姓名": "林静之女"})
WATERMARKED = page((*member().lines, line("仅供办理就诊卡使用", 250, 80)))


def _beside(reading: PageReading, text: str, left: int) -> PageReading:
    return reading.model_copy(update={"lines": (*reading.lines, line(text, left, 80))})


def _names(entered: str, *pages: PageReading) -> list[Finding]:
    held = dossier(*FAMILY[:4], *pages, child={"name": entered}, guardian=GUARDIAN)
    return list(names(held, READER))


@pytest.mark.parametrize(
    ("entered", "pages", "told"),
    [
        pytest.param("欧阳靖萱", [member()], [], id="the name on the card"),
        pytest.param("欧阳靖萱", [member(), certificate()], [], id="the name on both"),
        pytest.param("欧阳靖萱", [member({"姓名": "欧阳\u3000靖萱"})], [], id="the name with a wide space in it"),
        pytest.param(
            "欧阳靖萱",
            [WATERMARKED],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="a watermark that runs over the end of the name",
        ),
        pytest.param("欧阳靖宣", [member()], [(Code.NAME_DIFFERS, Reason.DIFFERENT)], id="one character differs"),
        pytest.param("欧阳静", [member()], [(Code.NAME_DIFFERS, Reason.LENGTH)], id="another name, and a shorter one"),
        pytest.param("欧阳靖", [member()], [(Code.NAME_DIFFERS, Reason.LENGTH)], id="one character was left out"),
        pytest.param("欧阳靖萱儿", [member()], [(Code.NAME_DIFFERS, Reason.LENGTH)], id="one character too many"),
        pytest.param("欧阳萱靖", [member()], [(Code.NAME_DIFFERS, Reason.DIFFERENT)], id="two changed places"),
        pytest.param(
            "欧阳靖萱",
            [member({"姓名": "欧阳靖"}), certificate()],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="one character less on the register, and the certificate has the entered name",
        ),
        pytest.param(
            "阿里木。买买提",
            [member({"姓名": "阿里木·买买提"})],
            [(Code.NAME_IN_DOUBT, Reason.SEPARATOR)],
            id="a full stop for the dot",
        ),
        *(
            pytest.param(
                "欧阳靖萱",
                [_beside(member({"姓名": "欧阳靖"}), text, 280 + gap)],
                [(Code.NAME_DIFFERS, Reason.LENGTH)] if told else [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
                id=words,
            )
            for text, gap, told, words in (
                ("宣", 100, False, "print beside a shorter name that may be a part of it"),
                ("宣", 200, True, "print far from a shorter name"),
            )
        ),
        pytest.param(
            "欧阳靖萱",
            [member({"姓名": "欧阳靖"}, tiles={(at, 1): Tile(120, 118, 3) for at in range(4, 9)})],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="something lies over the end of a shorter name",
        ),
        pytest.param(
            "欧阳静怡",
            [member({"曾用名": "欧阳静怡"})],
            [(Code.NAME_DIFFERS, Reason.FORMER_NAME)],
            id="the former name was entered",
        ),
        pytest.param("欧阳靖萱", [member({"曾用名": "欧阳静怡"})], [], id="a former name that was not entered"),
        pytest.param(
            "欧阳靖宣",
            [member({"姓名": Ink("欧阳靖萱", weak={3: 0.9})})],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="a difference that is not certain",
        ),
        pytest.param(
            "欧阳靖宣",
            [member({"姓名": Ink("欧阳靖萱", weak={0: 0.6, 1: 0.6})})],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="a certain difference in a name that is hard to read",
        ),
        *(
            pytest.param(
                "欧阳靖宣",
                [member({"姓名": Ink("欧阳靖萱", measures=look)})],
                [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
                id=f"a certain difference in {words} print",
            )
            for words, look in (
                ("faint", {"contrast": 0.19}),
                ("blurred", {"edge_width": 0.13}),
                ("tiny", {"height": 10.0}),
            )
        ),
        pytest.param(
            "欧阳靖宣",
            [member({"姓名": Ink("欧阳靖萱", sure=0.05)})],
            [],
            id="a name that cannot be read is never compared",
        ),
        pytest.param("欧阳靖宣", [member({"姓名": None})], [], id="a name that was not found"),
        pytest.param(
            "欧阳靖㙘",
            [member()],
            [(Code.NAME_IN_DOUBT, Reason.OUT_OF_CHARSET)],
            id="a character that no engine could read",
        ),
        pytest.param(
            "欧阳靖\ue000", [member()], [(Code.NAME_IN_DOUBT, Reason.PRIVATE_USE)], id="a character of a private font"
        ),
        pytest.param("欧阳昇", [member({"姓名": "欧阳升"})], [(Code.NAME_IN_DOUBT, Reason.VARIANT)], id="a variant"),
        pytest.param(
            "阿里木·买买提",
            [member({"姓名": "阿里木买买提"})],
            [(Code.NAME_IN_DOUBT, Reason.SEPARATOR)],
            id="a dot that is missing",
        ),
        pytest.param(
            "欧阳靖萱",
            [member({"姓名": "林静之女"})],
            [(Code.NAME_IN_DOUBT, Reason.PLACEHOLDER)],
            id="a register that still has the name given at birth",
        ),
        pytest.param(
            "欧阳靖萱",
            [member(), NEWBORN],
            [(Code.NAME_IN_DOUBT, Reason.NAME_CHANGED)],
            id="a certificate from before the name was given",
        ),
        pytest.param(
            "欧阳靖萱",
            [member(), certificate({"新生儿姓名": "欧阳静怡"})],
            [(Code.NAME_IN_DOUBT, Reason.NAME_CHANGED)],
            id="a certificate with another name beside a register that agrees",
        ),
        pytest.param(
            "欧阳靖宣",
            [member(), certificate()],
            [(Code.NAME_DIFFERS, Reason.DIFFERENT), (Code.NAME_IN_DOUBT, Reason.NAME_CHANGED)],
            id="another name on both: the register decides",
        ),
        pytest.param(
            "欧阳静怡",
            [certificate()],
            [(Code.NAME_DIFFERS, Reason.DIFFERENT)],
            id="a certificate alone that has another name",
        ),
        pytest.param(
            "欧阳靖萱",
            [NEWBORN],
            [(Code.NAME_IN_DOUBT, Reason.PLACEHOLDER)],
            id="a certificate alone without a name yet",
        ),
    ],
)
def test_the_childs_name(entered: str, pages: Sequence[PageReading], told: list[tuple[Code, Reason]]) -> None:
    assert [(finding.code, finding.reason) for finding in _names(entered, *pages)] == told


def test_a_difference_points_at_the_character() -> None:
    (finding,) = _names("欧阳静萱", member())
    assert finding.box is not None
    assert (finding.box.left, finding.box.right) == (250, 280)
    assert (finding.read, finding.entered) == ("欧阳靖萱", "欧阳静萱")
    assert (finding.page_kind, finding.field) == (PageKind.HUKOU_MEMBER, Field.NAME)


def test_a_difference_in_the_second_piece_of_a_name_points_there() -> None:
    split = member({"姓名": "欧阳"})
    behind = member({"姓名": "靖萱"}).lines[2]
    moved = behind.model_copy(
        update={
            "upright": behind.upright._replace(left=300, right=360),
            "quad": split.quad.of_box(behind.upright._replace(left=300, right=360)),
        }
    )
    (finding,) = _names("欧阳靖宣", split.model_copy(update={"lines": (*split.lines, moved)}))
    assert finding.read == "欧阳靖萱"
    assert finding.box is not None
    assert (finding.box.left, finding.box.right) == (330, 360)


def test_another_length_is_found_with_both_names() -> None:
    (finding,) = _names("林雨", member())
    assert (finding.reason, finding.entered, finding.read) == (Reason.LENGTH, "林雨", "欧阳靖萱")


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        pytest.param([], [(Code.NAME_DIFFERS, Reason.DIFFERENT)], id="the only card of that day"),
        pytest.param(
            [Sent(failed=FailedPage(page_no=1, code=Code.BAD_FILE, reason=Reason.DAMAGED))],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="a page that failed, which may be the child's own",
        ),
        pytest.param(
            [Sent(failure=(Code.BAD_FILE, Reason.DAMAGED))],
            [(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)],
            id="a file that did not open",
        ),
    ],
)
def test_a_card_may_be_a_twins_where_not_everything_was_read(
    beside: Sequence[Sent], told: list[tuple[Code, Reason]]
) -> None:
    card = member({"姓名": "欧阳子涵", "公民身份证件编号": None})
    findings = names(dossier(*FAMILY[:4], card, *beside, child={"id_number": None}), READER)
    assert [(finding.code, finding.reason) for finding in findings] == told


def test_nobody_elses_name_is_compared() -> None:
    brother = member({"姓名": "欧阳子涵", "出生日期": "2017年5月6日", "公民身份证件编号": "110199201705060013"})
    assert not _names("欧阳靖萱", member(), brother)


CLEAR: Final = Resemblance("㙘", 0.83, "㙔", 0.8)
LIKE_ANOTHER: Final = Resemblance("㙘", 0.8, "㙔", 0.83)


@pytest.mark.parametrize(
    ("pages", "compared", "severities"),
    [
        pytest.param([member(), certificate()], [CLEAR, CLEAR], ["warning"] * 2, id="register and certificate agree"),
        pytest.param([member(), certificate()], [CLEAR, LIKE_ANOTHER], ["review"] * 2, id="the certificate does not"),
        pytest.param([member(), certificate()], [LIKE_ANOTHER, CLEAR], ["review"] * 2, id="the register does not"),
        pytest.param([member(), certificate()], [CLEAR], ["review"] * 2, id="one was not compared"),
        pytest.param([member()], [CLEAR], ["review"], id="there is no second document"),
        pytest.param([member(), member()], [CLEAR, CLEAR], ["review"] * 2, id="one document, photographed twice"),
        pytest.param(
            [member({"姓名": "欧阳靖㙘"}), certificate()],
            [None, CLEAR],
            ["warning"],
            id="the register was read after all",
        ),
    ],
)
def test_a_character_that_nobody_reads_passes_with_a_note_where_two_documents_have_its_picture(
    pages: Sequence[PageReading], compared: Sequence[Resemblance | None], severities: Sequence[str]
) -> None:
    held = dossier(*FAMILY[:4], *pages, child={"name": "欧阳靖㙘"}, guardian=GUARDIAN)
    told = [*[None] * 4, *compared, *[None] * (len(pages) - len(compared))]
    views = [_compared(view, one) for view, one in zip(held.pages, told, strict=True)]
    findings = list(names(replace(held, pages=tuple(views)), READER))
    assert [finding.severity for finding in findings] == severities
    assert {(finding.code, finding.reason) for finding in findings} == {(Code.NAME_IN_DOUBT, Reason.OUT_OF_CHARSET)}
    assert all(finding.box and finding.box.width < 40 for finding in findings)


def _compared(view: PageView, one: Resemblance | None) -> PageView:
    slot = Slot(Field.NAME, Person.CHILD if view.kind is PageKind.BIRTH_CERTIFICATE else None)
    if one is None:
        return view
    field = view.content.fields[slot]._replace(resemblances=(one,))
    return view._replace(content=view.content._replace(fields={**view.content.fields, slot: field}))
