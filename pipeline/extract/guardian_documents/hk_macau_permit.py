"""港澳居民来往内地通行证, since 2024 also for residents of other nationalities (非中国籍)."""

import re
from collections.abc import Sequence
from typing import Final

from models.documents import PageKind
from models.id_number import normal_number
from models.reading import Line
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.document import CARD, GuardianDocument, read_card

# H or M and eight digits, HA or MA and seven for other nationalities; forms often want 换证次数 behind it.
_NUMBER: Final = re.compile(r"(?<!\d)([HM]\d{8}|[HM]A\d{7})(?:\d{2})?(?![A-Z0-9])", re.ASCII)


def _number(text: str) -> str | None:
    found = _NUMBER.search(normal_number(text))
    return found[1] if found else None


def _read(lines: Sequence[Line]) -> Form:
    own = {**CARD, None: ("港澳居民来往内地通行证",)}
    return read_card(lines, own, _number, ("换证次数", "香港身份证号码", "澳门身份证号码", "永久性居民身份证号码"))


HK_MACAU_PERMIT: Final = GuardianDocument(PageKind.PERMIT, two_sided=True, read=_read, number=_number, is_checked=None)
