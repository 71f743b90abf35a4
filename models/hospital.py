"""The facts of a hospital that messages to parents name: where its scanner is, whom to ask, and when."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from models.base import Model

# Also what cannot be seen: control characters, spaces without width, and signs that turn the direction of writing.
_BROKEN: Final = re.compile(
    r"[{}【】\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def _is_plain(text: str) -> str:
    """Refuse what cannot be seen, braces, which are placeholders, brackets of a signature, and spaces at the ends."""
    if _BROKEN.search(text) or text != text.strip():
        raise ValueError(
            "has a line break or another invisible character, a brace, a bracket of a signature, or a space at an end"
        )
    return text


_Name = Annotated[str, Field(max_length=40), AfterValidator(_is_plain)]
_Needed = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_is_plain)]
_Telephone = Annotated[str, Field(max_length=20), AfterValidator(_is_plain)]


class HospitalFacts(Model):
    """The facts in one language; one without a value is as in Chinese, or translated where that is the default.

    Attributes:
        name: Signs the short notice about a result.
        scanner: Where the scanner for parents stands, such as 医院3号厅.
        office: Who sorts out numbers that two children have, such as 医院信息科.
        hours: When staff can be reached.
    """

    name: _Needed | None = None
    scanner: _Needed | None = None
    office: _Needed | None = None
    hours: _Needed | None = None


class Hospital(Model):
    """The facts of the hospital that messages to parents name, in simplified Chinese and in the other languages.

    Attributes:
        name: Signs the short notice about a result; empty where the gateway signs it.
        scanner: Where the scanner for parents stands.
        office: Who sorts out numbers that two children have.
        hours: When staff can be reached.
        telephone: Under which number; empty for none.
        zh_hant: The same in traditional Chinese.
        en: The same in English.
    """

    name: _Name = "××儿童医院"
    scanner: _Needed = "医院3号厅"
    office: _Needed = "医院信息科"
    hours: _Needed = "工作日8:30至17:00"
    telephone: _Telephone = ""
    zh_hant: HospitalFacts = HospitalFacts()
    en: HospitalFacts = HospitalFacts()
