"""Pages made of words and where they stand, and cases made of such pages; all people are made up.

A page is read as an engine would read a clean scan, unless its `Ink` says otherwise.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from models.case import Case, CaseReading, FailedPage, FileReading, ReadPage, StoredFile
from models.documents import DocumentKind
from models.geometry import Box, Quad
from models.identity import check_digit
from models.reading import (
    BLANK,
    Alternative,
    Barcode,
    Lattice,
    Line,
    LineMeasures,
    PageMeasures,
    PageReading,
    Surface,
    Tile,
)
from models.submission import EnteredChild, Guardian, GuardianRelation, IdType, Sex, Submission, SubmittedFile
from pipeline.documents.dossier import Dossier, open_dossier

BOX_OF_PAGE: Final = Box(0, 0, 1400, 1400)
_COLUMNS = _ROWS = 28
_ROW: Final = 60
_LABEL_LEFT: Final = 100
PAPER: Final = Tile(220, 60, 40)
SHARP: Final = LineMeasures(
    height=30.0, contrast=0.6, edge_width=0.05, brightness=0.85, saturated=0.0, redness=0.0
)


class Ink(NamedTuple):
    """Text and how it was read.

    Attributes:
        text: The best reading.
        sure: Probability of each character; of single ones in `weak`, by index.
        others: What else the engine could see, by index: characters with their probabilities.
        measures: What its pixels were like, where that is not a clean scan.
    """

    text: str
    sure: float = 0.999
    weak: Mapping[int, float] = {}
    others: Mapping[int, Mapping[str, float]] = {}
    measures: Mapping[str, float] = {}


Words = str | Ink
Cells = Mapping[str, Words | None]


def _ink(words: Words) -> Ink:
    return Ink(words) if isinstance(words, str) else words


def lattice(ink: Words) -> Lattice:
    """Three steps a character, the middle one its own; doubled characters stay two."""
    held = _ink(ink)
    steps: list[tuple[Alternative, ...]] = []
    for at, char in enumerate(held.text):
        seen = [Alternative(char, held.weak.get(at, held.sure))]
        seen += [Alternative(*other) for other in held.others.get(at, {}).items()]
        ranked = tuple(sorted(seen, key=lambda alternative: -alternative.probability))
        steps += [(Alternative(BLANK, 1.0),), ranked, (Alternative(BLANK, 1.0),)]
    return Lattice(steps=tuple(steps), span=1 / max(1, len(steps)))


def line(ink: Words, x: int, y: int) -> Line:
    """A line of characters as wide as they are high, its top left corner at x, y."""
    held = _ink(ink)
    measures = SHARP.model_copy(update=dict(held.measures))
    height = round(measures.height)
    box = Box(x, y, x + height * len(held.text), y + height)
    sure = min((held.weak.get(at, held.sure) for at in range(len(held.text))), default=0.0)
    return Line(
        text=held.text,
        confidence=sure,
        quad=Quad.of_box(box),
        upright=box,
        lattice=lattice(held),
        measures=measures,
    )


def rows(cells: Cells, *, title: str = "") -> tuple[Line, ...]:
    """A form: the title, and below it a row for each label with its value; None leaves the place empty."""
    lines = [line(title, _LABEL_LEFT, 20)] if title else []
    for at, (label, value) in enumerate(cells.items(), start=1):
        lines.append(line(label, _LABEL_LEFT, 20 + at * _ROW))
        if value is not None:
            lines.append(line(value, _LABEL_LEFT + 30 * len(label) + 30, 20 + at * _ROW))
    return tuple(lines)


def page(
    lines: Sequence[Line],
    *,
    barcodes: Sequence[str] = (),
    brightness: float = 0.85,
    tiles: Mapping[tuple[int, int], Tile] | None = None,
    paper: Tile = PAPER,
) -> PageReading:
    """A page that holds these lines; `tiles` by (column, row), each 50 pixels wide and high, all others `paper`."""
    surface = [[paper] * _COLUMNS for _ in range(_ROWS)]
    for (column, row), tile in (tiles or {}).items():
        surface[row][column] = tile
    return PageReading(
        engine="scripted-1/none/0000/0",
        page_no=1,
        width=BOX_OF_PAGE.width,
        height=BOX_OF_PAGE.height,
        upright_width=BOX_OF_PAGE.width,
        upright_height=BOX_OF_PAGE.height,
        rotation=0,
        quad=Quad.of_box(BOX_OF_PAGE),
        lines=tuple(lines),
        barcodes=tuple(Barcode(text=text, symbology="Code128", quad=Quad.of_box(BOX_OF_PAGE)) for text in barcodes),
        measures=PageMeasures(
            brightness=brightness,
            sharpness=300.0,
            colourfulness=0.1,
            surface=Surface(columns=_COLUMNS, rows=_ROWS, tiles=tuple(tile for row in surface for tile in row)),
        ),
    )


def seen(reading: PageReading, **measures: float) -> PageReading:
    """The page with these measures of every line."""
    lines = (one.model_copy(update={"measures": one.measures.model_copy(update=measures)}) for one in reading.lines)
    return reading.model_copy(update={"lines": tuple(lines)})


def id_number(born: str, sequence: int) -> str:
    """A number of a county that does not exist, with its check digit; odd sequences are male."""
    first = f"110199{born}{sequence:03}"
    return first + check_digit(first)


CHILD_NUMBER: Final = id_number("20191123", 2)
FATHER_NUMBER: Final = id_number("19880101", 1)
MOTHER_NUMBER: Final = id_number("19900202", 4)
CERTIFICATE_NUMBER: Final = "T110000000"

_MEMBER: Final = (
    "姓名 户主或与户主关系 曾用名 性别 出生地 民族 籍贯 出生日期 宗教信仰 公民身份证件编号 文化程度 婚姻状况"
).split()
_PERSON: Final[Cells] = {"民族": "汉", "出生地": "北京市样本区", "籍贯": "北京市样本区"}
_CHILD: Final[Cells] = {
    **_PERSON, "姓名": "欧阳靖萱", "户主或与户主关系": "女", "性别": "女", "出生日期": "2019年11月23日",
    "公民身份证件编号": CHILD_NUMBER,
}  # fmt: skip
_FATHER: Final[Cells] = {
    **_PERSON, "姓名": "欧阳明", "户主或与户主关系": "户主", "性别": "男", "出生日期": "1988年1月1日",
    "公民身份证件编号": FATHER_NUMBER,
}  # fmt: skip
_MOTHER: Final[Cells] = {
    **_PERSON, "姓名": "林静", "户主或与户主关系": "妻", "性别": "女", "出生日期": "1990年2月2日",
    "公民身份证件编号": MOTHER_NUMBER,
}  # fmt: skip


def member(change: Cells | None = None, *, without: Sequence[str] = (), **look: Any) -> PageReading:
    """The child's 常住人口登记卡, with changes by label; labels in `without` are not there at all."""
    return _card(_CHILD, change, without, look)


def father(change: Cells | None = None, *, without: Sequence[str] = (), **look: Any) -> PageReading:
    """The father's card, who is the head of the household."""
    return _card(_FATHER, change, without, look)


def mother(change: Cells | None = None, *, without: Sequence[str] = (), **look: Any) -> PageReading:
    """The mother's card."""
    return _card(_MOTHER, change, without, look)


def _card(person: Cells, change: Cells | None, without: Sequence[str], look: Mapping[str, Any]) -> PageReading:
    cells = {**dict.fromkeys(_MEMBER), **person, **(change or {})}
    kept = {label: value for label, value in cells.items() if label not in without}
    return page(rows(kept, title="常住人口登记卡"), **look)


def home(change: Cells | None = None, **look: Any) -> PageReading:
    """The 首页."""
    cells: Cells = {
        "户别": "家庭户", "户主姓名": "欧阳明", "户号": "110199000123", "住址": "北京市样本区梧桐路18号",
        "省级公安机关": None, "户口登记机关": None, "住址变动登记": None,
    }  # fmt: skip
    return page(rows({**cells, **(change or {})}), **look)


def portrait(change: Cells | None = None, **look: Any) -> PageReading:
    """The father's 人像面."""
    cells: Cells = {
        "姓名": "欧阳明", "性别": "男", "民族": "汉", "出生": "1988年1月1日", "住址": "北京市样本区梧桐路18号",
        "公民身份号码": FATHER_NUMBER,
    }  # fmt: skip
    return page(rows({**cells, **(change or {})}), **look)


def emblem(period: Words | None = "2020.01.01-2040.01.01", **look: Any) -> PageReading:
    """The 国徽面."""
    return page(rows({"签发机关": "北京市公安局样本分局", "有效期限": period}, title="居民身份证"), **look)


def certificate(change: Cells | None = None, *, father: Cells | None = None, **look: Any) -> PageReading:
    """The child's 出生医学证明; `father` is the father's block, an empty mapping where it is blank."""
    block = {"有效身份证件号码": FATHER_NUMBER, "父亲姓名": "欧阳明"} if father is None else dict(father)
    cells: dict[str, Words | None] = {
        "新生儿姓名": "欧阳靖萱", "性别": "女", "出生时间": "2019年11月23日08时30分", "出生孕周": "39",
        "医疗机构名称": "样本医院", "出生医学证明编号": CERTIFICATE_NUMBER, "签发机构": "样本医院",
        "母亲姓名": "林静",
    }  # fmt: skip
    cells |= change or {}
    head = rows(cells, title="出生医学证明")
    own = rows({"父亲姓名": block.get("父亲姓名"), "有效身份证件号码": block.get("有效身份证件号码")})
    mothers = rows({"有效身份证件号码": MOTHER_NUMBER})
    below = 20 + _ROW * len(cells)
    return page((*head, *moved(mothers, below), *moved(own, below + _ROW)), **look)


def moved(lines: Sequence[Line], down: int) -> tuple[Line, ...]:
    """Lines that stand so many pixels further down."""
    return tuple(line(Ink(held.text), held.upright.left, held.upright.top + down) for held in lines)


def changes_page(*dates: str) -> PageReading:
    """The 登记事项变更和更正记载, with an entry for each date."""
    entries = {f"{at}": f"住址 北京市 {day}" for at, day in enumerate(dates)}
    return page(rows({"项目": None, "变更、更正后": None, "变更、更正日期": None, **entries}, title="登记事项变更和更正记载"))


def unreadable() -> PageReading:
    """A page with text that does not read."""
    return page([line(Ink("口木日", sure=0.3), 100, 100), line(Ink("目", sure=0.4), 100, 200)])


class Sent(NamedTuple):
    """A file of a case: what was read of it, the parent's hint, and what else became of it."""

    readings: Sequence[PageReading] = ()
    hint: DocumentKind | None = None
    failed: FailedPage | None = None
    failure: Any = None


FAMILY: Final = (portrait(), emblem(), home(), father(), member())
CHILD: Final = EnteredChild(
    name="欧阳靖萱",
    sex=Sex.FEMALE,
    birth_date=date(2019, 11, 23),
    id_type=IdType.HOUSEHOLD_REGISTER,
    id_number=CHILD_NUMBER,
)
GUARDIAN: Final = Guardian(name="欧阳明", relation=GuardianRelation.FATHER, id_number=FATHER_NUMBER)


def dossier(
    *files: Sent | PageReading,
    child: Mapping[str, object] | None = None,
    guardian: Guardian | None = GUARDIAN,
    submitted_at: str = "2026-11-20T09:30:00+08:00",
) -> Dossier:
    """A case with these files, a reading standing for a file of one page; `child` changes what was typed in."""
    sent = [file if isinstance(file, Sent) else Sent((file,)) for file in files]
    read = tuple(_file(number, file) for number, file in enumerate(sent, start=1))
    submission = Submission(
        schema="child-intake/submission@1",
        submission_id="case-1",
        submitted_at=datetime.fromisoformat(submitted_at),
        child=CHILD.model_copy(update=dict(child or {})),
        guardian=guardian,
        files=tuple(SubmittedFile(path=file.file.path, kind=file.file.hint) for file in read),
    )
    case = Case(submission=submission, revision=1, files=tuple(file.file for file in read), input_digest="0" * 64)
    return open_dossier(CaseReading(case=case, files=read))


def _file(number: int, sent: Sent) -> FileReading:
    stored = StoredFile(path=f"{number}.jpg", hint=sent.hint, digest=f"{number:064}", size=1000)
    pages: list[ReadPage | FailedPage] = [
        ReadPage(page_no=page_no, readings=(reading.model_copy(update={"page_no": page_no}),))
        for page_no, reading in enumerate(sent.readings, start=1)
    ]
    return FileReading(file=stored, pages=(*pages, *((sent.failed,) if sent.failed else ())), failure=sent.failure)
