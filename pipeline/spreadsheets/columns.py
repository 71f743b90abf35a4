"""Which column of a spreadsheet holds what, by the names that Chinese hospitals and our own export give them."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from models.errors import BadTableError

COLUMNS: Final = ("name", "sex", "birth_date", "id_number", "birth_certificate_number", "mother_id_number")
NUMBERS: Final = COLUMNS[3:]
NEEDED: Final = ("name", "sex", "birth_date")
_CHILD: Final = (
    "(?:儿童|孩子|小孩|患儿|宝宝|婴儿|婴幼儿|新生儿|出生儿|幼儿|小儿|小朋友|本人|学生|子女|受种者|受种人|患者|病人"
    "|child(?:s|ren)?|baby|patient)?的?"
)
_MOTHER: Final = "(?:母亲|妈妈|母|产妇|生母|产母|mothers?|mum|mom)的?"
_ID_NUMBER: Final = (
    "(?:(?:公民|居民)?身份(?:证件|证)?(?:号码|编号|号)?|(?:有效)?(?:身份)?证件(?:号码|编号|号)"
    "|(?:identity|id)(?:card)?(?:no|number|num)?)"
)
_CERTIFICATE: Final = (
    "(?:出生(?:医学)?证明?书?|医学出生证明?|出生医学证|birthcert(?:ificate)?)的?(?:编号|号码|号|no|number|num)?"
)
_KNOWN: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "name": re.compile(f"{_CHILD}(?:姓名|名字|全名|name|fullname)"),
        "sex": re.compile(f"{_CHILD}(?:性别|sex|gender)"),
        "birth_date": re.compile(
            f"{_CHILD}(?:出生(?:日期|年月日|年月|时间|日)?|生日|birthdate|birthday|dateofbirth|dob)"
        ),
        "id_number": re.compile(f"{_CHILD}{_ID_NUMBER}"),
        "birth_certificate_number": re.compile(f"{_CHILD}{_CERTIFICATE}"),
        "mother_id_number": re.compile(f"{_MOTHER}{_ID_NUMBER}"),
    }
)
_BESIDE: Final = re.compile(  # what such lists also hold, and the register does not keep
    "序号|行号|no|备注|说明|remarks?|notes?|(?:年|月|日)龄|年纪|age|民族|国籍|籍贯|血型"
    "|出生(?:地|地点|体重|身长|孕周).*|体重.*|身长.*|孕周.*"
    "|.*(?:电话|手机|手机号|手机号码|联系方式|phone|mobile|tel|地址|住址|address|邮编|邮箱|email)"
    "|(?:父亲|爸爸|父|监护人|家长|户主|联系人|father|guardian).*"
    f"|{_MOTHER}(?:姓名|名字|年龄|民族|国籍|职业|出生日期|生日|name|age)"
    "|(?:建档|登记|录入|填写|填报|制表|入院|就诊|签发|创建|更新)(?:日期|时间|人|单位|机构)"
    "|科室|班级|学校|医院|机构|接生机构|签发机构"
)
_IN_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^]]*\]|【[^】]*】")
_SIGNS: Final = re.compile(r"[\W_]+")
_SIMPLIFIED: Final = str.maketrans("證號碼別親兒醫學編齡電話產婦幼", "证号码别亲儿医学编龄电话产妇幼")


class Columns(NamedTuple):
    """Where each known column stands, from 0; and the headers that were passed over."""

    places: Mapping[str, int]
    passed_over: tuple[str, ...]


def column_of(header: str) -> str | None:
    """The column that a header names, None if it names none of the register's."""
    plain = _plain(header)
    return next((column for column, pattern in _KNOWN.items() if pattern.fullmatch(plain)), None)


def fit(cells: Sequence[str]) -> int:
    """How many columns of the register a row of cells names; 0 if the child's name is not among them."""
    found = {column_of(cell) for cell in cells if len(cell) <= 60} - {None}
    return len(found) if "name" in found and len(found) > 1 else 0


def place_columns(header: Sequence[str], ignored: Collection[str] = ()) -> Columns:
    """Say where the columns stand.

    Args:
        header: The cells of the header row.
        ignored: Headers to pass over although nobody knows what they hold.

    Raises:
        BadTableError: A needed column is missing, two name the same, one is unknown: it may be a number misspelt; or
            an ignored header fits two.
    """
    places: dict[str, int] = {}
    passed_over, unknown = [], []
    left_out = {_ignored_place(one, header) for one in ignored}
    for at, cell in enumerate(header):
        plain = _plain(cell)
        column = column_of(cell)
        if not plain:
            continue
        if at in left_out or (column is None and _BESIDE.fullmatch(plain)):
            passed_over.append(_shown(cell))
        elif column is None:
            unknown.append(_shown(cell))
        elif column in places:
            raise BadTableError(
                f"Two columns are {column}: {_shown(header[places[column]])} and {_shown(cell)}",
                hint="pass one of them over with --ignore.",
            )
        else:
            places[column] = at
    missing = [column for column in NEEDED if column not in places]
    if missing:
        raise BadTableError(f"No column is {', '.join(missing)}", hint=f"the columns are {', '.join(COLUMNS)}.")
    if unknown:
        raise BadTableError(
            f"Nobody knows what these columns hold: {', '.join(unknown)}",
            hint=f"name them {', '.join(COLUMNS)}, or pass each over with --ignore.",
        )
    return Columns(MappingProxyType(places), tuple(passed_over))


def _ignored_place(ignored: str, header: Sequence[str]) -> int | None:
    """Where the header stands that is to be passed over: as it is written, else by what it names."""
    for form in (_written, _plain):
        places = [at for at, cell in enumerate(header) if _plain(cell) and form(cell) == form(ignored)]
        if len(places) > 1:
            fitting = ", ".join(_shown(header[at]) for at in places)
            raise BadTableError(
                f"--ignore {_shown(ignored)} fits {len(places)} columns: {fitting}",
                hint="write one header as it stands in the file, or give the columns different headers.",
            )
        if places:
            return places[0]
    return None


def _written(header: str) -> str:
    """A header as it is written, but for spaces, the width of its signs and capital letters."""
    return "".join(unicodedata.normalize("NFKC", header).split()).casefold()


def _plain(header: str) -> str:
    """A header without what stands in brackets, signs and spaces: 身份证号码（必填）, ID_Number."""
    text = _IN_BRACKETS.sub("", unicodedata.normalize("NFKC", header)).translate(_SIMPLIFIED)
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return _SIGNS.sub("", visible).casefold()


def _shown(header: str) -> str:
    return " ".join(header.split())[:40]
