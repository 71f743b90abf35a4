"""What Prefect may show of a case: masked values, files by number, messages without quoted values."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.documents import FIELD_TITLES, PAGE_TITLES, Field
from models.findings import Finding, Location, message_of
from models.masking import mask
from pipeline.review.field_comparison import canonical

_ONE_NUMBER: Final = "{:.4g}"
_UNITS: Final[Mapping[Field, str]] = MappingProxyType(
    {
        **dict.fromkeys((Field.NAME, Field.HEAD_NAME, Field.FORMER_NAME), "个字"),
        **dict.fromkeys((Field.ID_NUMBER, Field.CERTIFICATE_NUMBER), "位"),
    }
)


def masked(field: Field | None, value: str | None) -> str:
    """A masked value with full-width stars: Prefect's pages are Markdown, where plain ones make bullets and rules."""
    return mask(field, value).replace("*", "＊") if value else ""


def number(value: float | None) -> str:
    """A measured number, short."""
    return "" if value is None else _ONE_NUMBER.format(value)


def ordinal(file: str | None, files: Sequence[str]) -> str:
    """A file by its place in the manifest, since parents name files after children."""
    return f"文件{files.index(file) + 1}" if file in files else ""


def place(finding: Finding, files: Sequence[str]) -> str:
    """Where a finding points: file, page, kind of page, field."""
    parts = (
        ordinal(finding.file, files),
        f"第{finding.page_no}页" if finding.page_no else "",
        PAGE_TITLES[finding.page_kind] if finding.page_kind else "",
        FIELD_TITLES[finding.field] if finding.field else "",
    )
    return " ".join(part for part in parts if part)


def message(finding: Finding, files: Sequence[str]) -> str:
    """The catalogue's message anew: the finding's own may quote what was read, or name the file."""
    where = Location(document=finding.document, page_no=finding.page_no, field=finding.field)
    detail = (
        difference(finding.field, finding.read, finding.entered) or "…"
        if finding.field
        else ordinal(finding.file, files).removeprefix("文件")
    )
    return message_of(finding.code, finding.reason, where, detail)


def difference(field: Field | None, one: str | None, other: str | None) -> str:
    """At which positions two names or numbers differ, without the characters; masked values may look alike."""
    unit = _UNITS.get(field) if field else None
    if field is None or unit is None or not one or not other:
        return ""
    first, second = canonical(field, one), canonical(field, other)
    if len(first) != len(second):
        return f"一个是{len(first)}{unit}，另一个是{len(second)}{unit}"
    places = [str(at) for at, pair in enumerate(zip(first, second, strict=True), start=1) if pair[0] != pair[1]]
    return f"第{'、'.join(places)}{unit}不同" if places else ""
