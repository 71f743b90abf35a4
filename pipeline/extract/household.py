"""居民户口簿: 首页, 常住人口登记卡, 登记事项变更和更正记载."""

import math
import re
from collections.abc import Mapping, Sequence

from models.content import LineContent
from models.documents import Field
from models.id_number import iso_date
from models.reading import Line
from pipeline.extract.form import Form, form_beside, labelled, lies_on, read_form
from pipeline.extract.form_templates import HOME, MEMBER
from pipeline.extract.issue_date import with_issue_date
from pipeline.extract.labels import find_labels

_HOME: Mapping[Field | None, tuple[str, ...]] = {
    Field.HOUSEHOLD_TYPE: ("户别",),
    Field.HEAD_NAME: ("户主姓名",),
    Field.HOUSEHOLD_NUMBER: ("户号人号", "户号"),  # printed 户号/人号
    Field.ADDRESS: ("住址",),
    Field.ISSUE_DATE: ("签发日期", "签发"),
    # Words of the form that announce nothing we read.
    None: ("省级公安机关", "户口登记机关", "户口专用章", "承办人签章", "住址变动登记", "变动后的住址", "变动日期"),
}
_HOME_UNREAD = ("人号", "地段号")  # cells of some stocks
_CHANGES_BELOW = "住址变动登记"
# Lines on some stocks for the offices that register a household: 管理区 派出所 居委会 居民组. An address may hold
# 居委会 or 村民组, but it does not begin with them, and holds no 派出所.
_WARD, _STATION = "居委会|村委会|居民组|村民组|居民小组", "派出所|警务区|管理区"
_OFFICES = re.compile(
    f"({_WARD}|{_STATION}).*|.*({_STATION}).*({_WARD}).*|[^路街道巷弄号]*(派出所|警务区)",
)

_MEMBER: Mapping[Field | None, tuple[str, ...]] = {
    Field.NAME: ("姓名",),
    Field.RELATION: ("户主或与户主关系", "与户主关系", "户主或与", "户主关系"),
    Field.FORMER_NAME: ("曾用名",),
    Field.SEX: ("性别",),
    Field.BIRTH_PLACE: ("出生地",),
    Field.ETHNICITY: ("民族",),
    Field.NATIVE_PLACE: ("籍贯",),
    Field.BIRTH_DATE: ("出生日期",),
    Field.OTHER_ADDRESS: ("本市（县）其他住址", "本市（县）", "其他住址"),
    Field.RELIGION: ("宗教信仰",),
    Field.ID_NUMBER: ("公民身份证件编号", "公民身份号码", "公民身份", "证件编号", "号码"),
    Field.HEIGHT: ("身高",),
    Field.BLOOD_TYPE: ("血型",),
    Field.EDUCATION: ("文化程度",),
    Field.MARITAL_STATUS: ("婚姻状况",),
    Field.MILITARY_SERVICE: ("兵役状况",),
    Field.EMPLOYER: ("服务处所",),
    Field.OCCUPATION: ("职业",),
    Field.MOVED_TO_CITY: ("何时由何地迁来本市（县）", "迁来本市（县）"),
    Field.MOVED_TO_ADDRESS: ("何时由何地迁来本址", "迁来本址"),
    Field.REGISTRATION_DATE: ("登记日期",),
    None: ("常住人口登记卡", "承办人签章", "何时由何地", "户口专用章"),
}
_MEMBER_UNREAD = ("户号",)  # some stocks have it above the first row, nearly in the cell of the relation
_CHANGES: Mapping[Field | None, tuple[str, ...]] = {
    None: ("登记事项变更和更正记载", "变更、更正后", "变更、更正日期", "承办人签章", "项目")
}


def read_home(lines: Sequence[Line]) -> Form:
    """Fields of the 首页."""
    sheet = labelled([line for line in lines if not _OFFICES.fullmatch(_plain(line.text))], _HOME, _HOME_UNREAD)
    changes = next((line.upright for line in lines if _CHANGES_BELOW in line.text), None)
    return with_issue_date(form_beside(sheet, HOME), sheet.runs, changes)


def read_member(lines: Sequence[Line]) -> Form:
    """Fields of a 常住人口登记卡; none for a blank card."""
    return read_form(lines, _MEMBER, MEMBER, unread=_MEMBER_UNREAD)


def laid_member(lines: Sequence[Line]) -> int:
    """How many labels and values stand as a 常住人口登记卡 has them; 0 for another page."""
    return lies_on(labelled(lines, _MEMBER, _MEMBER_UNREAD), MEMBER)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def is_amended(lines: Sequence[Line]) -> bool:
    """Whether a 变更和更正记载 page holds an entry: each has a date."""
    return any(iso_date(run.text) for run in find_labels(lines, _CHANGES).runs)


def cancellations(lines: Sequence[LineContent]) -> tuple[LineContent, ...]:
    """Stamps that end a card: lines of 注销, 迁出, 死亡 that stand by themselves and are larger than the card's print.

    何时由何地迁来 and a value such as 迁出地 hold other words, or are as small as their neighbours.
    """
    stamps = tuple(line for line in lines if _ends_a_card(line.text))
    if not stamps:
        return ()
    heights = sorted(_height(line) for line in lines)
    return tuple(line for line in stamps if _height(line) > _LARGE * heights[len(heights) // 2])


_ENDINGS = ("注销", "迁出", "死亡")
_LARGE = 1.5  # times the usual height of a line on the card
_BESIDE_ENDINGS = re.compile(r"样本|已|[^\u4e00-\u9fff]")


def _ends_a_card(text: str) -> bool:
    if not any(word in text for word in _ENDINGS):
        return False
    left = _BESIDE_ENDINGS.sub("", text)
    for word in _ENDINGS:
        left = left.replace(word, "")
    return len(left) <= 1


def _height(line: LineContent) -> float:
    """Across the reading direction, in pixels of the page: a tilted stamp is as high as a straight one."""
    quad = line.quad
    return (math.dist(quad.top_left, quad.bottom_left) + math.dist(quad.top_right, quad.bottom_right)) / 2
