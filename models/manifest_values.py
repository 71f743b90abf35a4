"""The values of a manifest: what each must be, and what JSON Schema can say of it (docs/contract.md, section 1)."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, ValidationInfo, WithJsonSchema

from models.documents import DECLARED, DocumentKind
from models.entered_numbers import destruction_of, is_absent, plain_number, without_marks

PART_SUFFIX: Final = ".part"  # of files that are still being written; no object has it
ARRIVING: Final = object()  # the context of a manifest that comes in; stored ones of before keep loading


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Of Unicode's classes Cc, Cf, Zl and Zp all but the zero-width characters that comparing names ignores.
_INVISIBLE_CLASS = (
    "\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e\\u200e\\u200f"
    "\\u2028-\\u202e\\u2061-\\u206f\\ufff9-\\ufffb"
)
_UNSEEN_CLASS = r"\s\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff"
_SEEN = re.compile(rf"[^{_UNSEEN_CLASS}]")
_INVISIBLE = re.compile(f"[{_INVISIBLE_CLASS}\U000e0001\U000e0020-\U000e007f]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_SEGMENT = 240  # bytes of UTF-8, as the stores take them

# What validators in Python refuse, as far as JSON Schema can say it. In Python's regular expressions, unlike those of
# JSON Schema, `$` also matches before a last line end: hence `(?!\n)`.
_SCHEMA_OF_PATH: Final[dict[str, JsonValue]] = {
    "pattern": r"^(?![\s\S]*[\\\u0000-\u001f\u007f-\u009f])(?!(?:.*/)?\.{0,2}(?:/|$))(?!.*\.part$).+$"
}
_EXPONENT = r"[.,][0-9]*[Ee][+-]?[0-9]{1,3}|[Ee][+-][0-9]{1,3}"
_DECIMAL = r"[0-9,]*\.[0-9]*"


def _schema_without(destroyed: str) -> dict[str, JsonValue]:
    return {"pattern": rf"^(?![^0-9A-Za-z]*[0-9]+(?:{destroyed})[^0-9A-Za-z]*$)[^\u0000]*$"}


_SCHEMA_OF_NUMBER: Final = _schema_without(f"{_EXPONENT}|{_DECIMAL}")
_SCHEMA_OF_PHONE: Final = _schema_without(_EXPONENT)
_SCHEMA_OF_NAME: Final[dict[str, JsonValue]] = {
    "pattern": rf"^(?=[^\n]*[^{_UNSEEN_CLASS}])[^{_INVISIBLE_CLASS}]*(?!\n)$"
}
_SCHEMA_OF_DAY: Final[dict[str, JsonValue]] = {"pattern": r"^\d{4}-\d{2}-\d{2}(?!\n)$"}
_SCHEMA_OF_MOMENT: Final[dict[str, JsonValue]] = {
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})(?!\n)$"
}
_SCHEMA_OF_ID: Final[dict[str, JsonValue]] = {"pattern": r"^(?!\.+$)[A-Za-z0-9._-]{1,64}(?!\n)$"}


def _inside(path: str) -> str:
    segments = path.split("/")
    if {"", ".", ".."} & set(segments) or "\\" in path or _CONTROL.search(path):
        raise ValueError("must be a relative path inside the folder")
    if path.endswith(PART_SUFFIX):
        raise ValueError(f"must not end in {PART_SUFFIX}, as files do that are still on their way")
    if max(len(segment.encode()) for segment in segments) > _LONGEST_SEGMENT:
        raise ValueError(f"must have at most {_LONGEST_SEGMENT} bytes between two slashes")
    return path


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


def _as_number(value: object, info: ValidationInfo, *, dotted: bool = False) -> object:
    """A number without the marks that a spreadsheet put around it; one that it destroyed is refused on arrival."""
    if isinstance(value, int | float):
        raise ValueError("must be a text in quotes: a number in JSON loses its last digits on the way")  # noqa: TRY004
    if not isinstance(value, str) or info.context is not ARRIVING:
        return value
    number = without_marks(value)
    if destroyed := destruction_of(plain_number(number), dotted=dotted):
        raise ValueError(f"must be the whole number as a text: {destroyed}")
    return None if is_absent(number) else number


def _as_phone(value: object, info: ValidationInfo) -> object:
    """A telephone number, likewise; +86.13812345678 is one."""
    return _as_number(value, info, dotted=True)


def or_absent(value: object) -> object:
    """None for a blank text, which counts as absent."""
    return None if isinstance(value, str) and not value.strip() else value


def _visible(text: str, info: ValidationInfo) -> str:
    """Refuse invisible characters in a name that arrives, and a name of nothing else."""
    if info.context is ARRIVING and _INVISIBLE.search(text):
        raise ValueError("must not hold control, format or bidirectional characters")
    if info.context is ARRIVING and not _SEEN.search(text):
        raise ValueError("must not be blank")
    return text


def _opened(submission_id: str, info: ValidationInfo) -> str:
    """Refuse an id that a path cannot name: . and .. are folders everywhere."""
    if info.context is ARRIVING and not submission_id.strip("."):
        raise ValueError("must not consist of dots alone")
    return submission_id


def _as_day(value: object) -> object:
    """Accept only YYYY-MM-DD: pydantic would read a number as seconds since 1970."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("must be a day, for example 2019-11-23")
    return value


def _declared(value: object) -> object:
    """Accept the documents that a file may be declared as; the others are needed of some guardians only."""
    if or_absent(value) is not None and value not in DECLARED:
        raise ValueError(f"must be {', '.join(DECLARED[:-1])} or {DECLARED[-1]}")
    return or_absent(value)


def _as_moment(value: object) -> object:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _DAY.match(value)):
        raise ValueError("must be a moment, for example 2026-11-20T09:30:00+08:00")
    return value


RelativePath = Annotated[str, Field(max_length=300, json_schema_extra=_SCHEMA_OF_PATH), AfterValidator(_inside)]
PersonName = Annotated[
    str,
    Field(min_length=1, max_length=50, json_schema_extra=_SCHEMA_OF_NAME),
    AfterValidator(_without_nul),
    AfterValidator(_visible),
]
OptionalNumber = Annotated[
    Annotated[str, Field(max_length=40, json_schema_extra=_SCHEMA_OF_NUMBER), AfterValidator(_without_nul)] | None,
    BeforeValidator(_as_number),
]
OptionalPhone = Annotated[
    Annotated[str, Field(max_length=40, json_schema_extra=_SCHEMA_OF_PHONE), AfterValidator(_without_nul)] | None,
    BeforeValidator(_as_phone),
]
DeclaredKind = Annotated[
    DocumentKind | None, BeforeValidator(_declared), WithJsonSchema({"enum": [*DECLARED, "", None]})
]
Day = Annotated[date, BeforeValidator(_as_day), Field(json_schema_extra=_SCHEMA_OF_DAY)]
Moment = Annotated[datetime, BeforeValidator(_as_moment), Field(json_schema_extra=_SCHEMA_OF_MOMENT)]
SubmissionId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", json_schema_extra=_SCHEMA_OF_ID),
    AfterValidator(_opened),
]
BLANK_IS_ABSENT: Final = BeforeValidator(or_absent)


def one_of(words: type[StrEnum]) -> WithJsonSchema:
    """The JSON Schema of a key that holds one of these words, or nothing."""
    return WithJsonSchema({"enum": [*words, "", None]})
