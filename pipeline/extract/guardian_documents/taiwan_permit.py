"""台湾居民来往大陆通行证: since 2008 a number of eight digits for life."""

import re
from collections.abc import Sequence
from typing import Final

from models.documents import PageKind
from models.id_number import normal_number
from models.reading import Line
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.document import CARD, GuardianDocument, read_card

# Forms often want 签发次数 behind the eight digits; numbers of ten digits with a letter were given out before 2008.
_NUMBER: Final = re.compile(r"(?<!\d)(\d{8})(?:\d{2})?(?:\([A-Z]\)|[A-Z])?(?![A-Z0-9])", re.ASCII)


def _number(text: str) -> str | None:
    found = _NUMBER.search(normal_number(text))
    return found[1] if found else None


def _read(lines: Sequence[Line]) -> Form:
    own = {**CARD, None: ("台湾居民来往大陆通行证",)}
    return read_card(lines, own, _number, ("签发次数", "签发地点", "身份证号码"))


TAIWAN_PERMIT: Final = GuardianDocument(PageKind.PERMIT, two_sided=True, read=_read, number=_number, is_checked=None)
