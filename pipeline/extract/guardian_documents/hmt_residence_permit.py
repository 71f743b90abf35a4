"""港澳台居民居住证: a 公民身份号码 of Hong Kong, Macao or Taiwan, valid for five years at any age.

Source:
    港澳台居民居住证申领发放办法 (2018), articles 3 and 6.
"""

from collections.abc import Sequence
from typing import Final

from models.documents import Field, PageKind
from models.id_number import normal_number, parse_id_number
from models.reading import Line
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.document import CARD, GuardianDocument, read_card

_REGIONS: Final = ("810000", "820000", "830000")


def _number(text: str) -> str | None:
    number = normal_number(text)
    return number if number.startswith(_REGIONS) and parse_id_number(number) else None


def _is_checked(number: str) -> bool:
    parsed = parse_id_number(number)
    return parsed is not None and parsed.check_digit_right


def _read(lines: Sequence[Line]) -> Form:
    own = {
        **CARD,
        Field.ADDRESS: ("住址",),
        Field.ID_NUMBER: ("公民身份号码",),
        None: ("中华人民共和国", "港澳居民居住证", "台湾居民居住证"),
    }
    return read_card(lines, own, unread=("通行证号码", "签发次数"))


HMT_RESIDENCE_PERMIT: Final = GuardianDocument(
    PageKind.RESIDENCE_PERMIT, two_sided=True, read=_read, number=_number, is_checked=_is_checked
)
