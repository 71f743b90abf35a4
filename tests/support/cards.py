"""The pages of one synthetic family; tests can change values by label."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from models.id_number import check_digit
from models.reading import PageReading
from tests.support.lines import ROW, Cells, Ink, Words, line, moved, page, rows


def id_number(born: str, sequence: int, county: str = "110199") -> str:
    """An ID number of an unassigned county, with its check digit; odd sequences are male."""
    first = f"{county}{born}{sequence:03}"
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
    """The child's 常住人口登记卡, with changes by label and without the labels in `without`."""
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


def certificate(
    change: Cells | None = None, *, father: Cells | None = None, mother: Cells | None = None, **look: Any
) -> PageReading:
    """The child's 出生医学证明.

    `father` is the father's block, an empty mapping where it is blank; `mother` is added to the mother's.
    """
    block = {"有效身份证件号码": FATHER_NUMBER, "父亲姓名": "欧阳明"} if father is None else dict(father)
    cells: dict[str, Words | None] = {
        "新生儿姓名": "欧阳靖萱", "性别": "女", "出生时间": "2019年11月23日08时30分", "出生孕周": "39",
        "医疗机构名称": "样本医院", "出生医学证明编号": CERTIFICATE_NUMBER, "签发机构": "样本医院",
        "母亲姓名": "林静",
    }  # fmt: skip
    cells |= change or {}
    head = rows(cells, title="出生医学证明")
    own = rows({**dict.fromkeys(("父亲姓名", "有效身份证件号码")), **block})
    mothers = rows({"有效身份证件号码": MOTHER_NUMBER, **(mother or {})})
    below = 20 + ROW * len(cells)
    return page((*head, *moved(mothers, below), *moved(own, below + ROW * (1 + len(mother or {})))), **look)


def changes_page(*dates: str) -> PageReading:
    """The 登记事项变更和更正记载, with an entry for each date."""
    entries = {f"{at}": f"住址 北京市 {day}" for at, day in enumerate(dates)}
    return page(
        rows({"项目": None, "变更、更正后": None, "变更、更正日期": None, **entries}, title="登记事项变更和更正记载")
    )


def unreadable() -> PageReading:
    """A page with illegible text."""
    return page([line(Ink("口木日", sure=0.3), 100, 100), line(Ink("目", sure=0.4), 100, 200)])
