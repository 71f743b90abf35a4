"""军官证 and its kind: 军, 士, 兵 or 文 and seven digits, or 军字第…号, without a check digit."""

import re
from collections.abc import Sequence
from typing import Final

from models.documents import Field, PageKind
from models.id_number import normal_number
from models.reading import Line
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.document import CARD, GuardianDocument, read_card

_NUMBER: Final = re.compile(r"(?:([\u4e00-\u9fff])字?第?)?(?<!\d)(\d{6,8})(?!\d)", re.ASCII)


def _number(text: str) -> str | None:
    found = _NUMBER.search(normal_number(text))
    return f"{found[1] or ''}{found[2]}" if found else None


def _read(lines: Sequence[Line]) -> Form:
    own = {
        **CARD,
        Field.BIRTH_DATE: ("出生年月日", "出生日期", "出生年月"),
        Field.ETHNICITY: ("民族",),
        Field.NATIVE_PLACE: ("籍贯",),
        Field.ISSUING_AUTHORITY: ("发证机关", "签发机关"),
        Field.VALID_UNTIL: ("有效期至",),
        Field.ID_NUMBER: ("证件编号", "证号", "编号"),
        None: ("中国人民解放军", "军官证"),
    }
    return read_card(lines, own, _number, ("部别", "职务", "军衔", "衔级"))


MILITARY_ID: Final = GuardianDocument(PageKind.OTHER, two_sided=False, read=_read, number=_number, is_checked=None)
