"""What Prefect may show of a case: masked values, files by number, confidences in percent, messages without quotes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.codes import Code
from models.documents import FIELD_TITLES, PAGE_TITLES, Field
from models.findings import Finding
from models.hospital import Hospital
from models.languages import Language
from models.masking import mask
from models.messages import context_of, message_text
from models.result import Result
from pipeline.review.field_comparison import canonical
from pipeline.review.measures import MeasureKind, measure_of
from pipeline.review.page_titles import page_title

_MEASURES: Final[Mapping[MeasureKind, str]] = MappingProxyType(
    {
        MeasureKind.CONFIDENCE: "识别可信度{share}",
        MeasureKind.TOO_LOW: "识别可信度{share}（要求{limit}以上）",
        MeasureKind.COLOURLESS: "颜色接近黑白",
        MeasureKind.STRIPED: "有屏幕条纹",
    }
)
_UNITS: Final[Mapping[Field, str]] = MappingProxyType(
    {
        **dict.fromkeys((Field.NAME, Field.HEAD_NAME, Field.FORMER_NAME), "个字"),
        **dict.fromkeys((Field.ID_NUMBER, Field.CERTIFICATE_NUMBER), "位"),
    }
)


def masked(field: Field | None, value: str | None) -> str:
    """A masked value with full-width stars: Prefect's pages are Markdown, where plain ones make bullets and rules."""
    return mask(field, value).replace("*", "＊") if value else ""


def measure_words(finding: Finding) -> str:
    """The measure of a finding, in words or in percent; "" where it has none to show."""
    measure = measure_of(finding)
    return _MEASURES[measure.kind].format(share=measure.share, limit=measure.limit) if measure else ""


def ordinal(file: str | None, files: Sequence[str]) -> str:
    """A file by its place in the manifest, since parents name files after children."""
    return f"文件{files.index(file) + 1}" if file in files else ""


def page_place(file: str | None, page_no: int | None, result: Result, files: Sequence[str]) -> str:
    """A page by its file, and by its number where the file has several pages."""
    several = len({page.page_no for page in result.pages if page.file == file}) > 1
    return ordinal(file, files) + (f"第{page_no}页" if page_no and (several or page_no > 1) else "")


def place(finding: Finding, result: Result, files: Sequence[str]) -> str:
    """Where a finding points: file, page, title of the page, field."""
    here = (finding.file, finding.page_no, finding.page_kind)
    page = next((page for page in result.pages if (page.file, page.page_no, page.kind) == here), None)
    kind = PAGE_TITLES[finding.page_kind] if finding.page_kind else ""
    parts = (
        page_place(finding.file, finding.page_no, result, files),
        page_title(page, result) if page else kind,
        FIELD_TITLES[finding.field] if finding.field else "",
    )
    return " ".join(part for part in parts if part)


def message(finding: Finding, result: Result, files: Sequence[str]) -> str:
    """The message anew: where two names differ, without the characters that the finding's own may quote."""
    context = context_of(result, files, Hospital())  # no message names a fact of the hospital
    text = message_text(finding, Language.ZH_HANS, context, quoting=False).message
    apart = difference(finding.field, finding.read, finding.entered) if finding.code is Code.NAME_DIFFERS else ""
    return f"{text.removesuffix('。')}：{apart}。" if apart else text


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
