"""Tables for Prefect's pages, without a name, a number or a file name in clear."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from flows.artifacts.masking import difference, masked, measure_words, message, page_place, place
from flows.artifacts.titles import PERSON_TITLES, title
from models.changes import Change
from models.documents import DECLARED, DOCUMENT_TITLES, FIELD_TITLES, INSTEAD_OF_ID_CARD, DocumentKind, PageKind
from models.findings import SEVERITY_TITLES, TITLES, Code, Finding
from models.masking import mask_numbers
from models.reason_titles import REASON_TITLES
from models.result import DECISION_TITLES, FieldValue, PageOutcome, Result
from pipeline.batches.change_titles import kind_words, place_words, value_words
from pipeline.batches.report import Report, place_of
from pipeline.ledger.batch_values import BatchItem, ItemState
from pipeline.review.field_comparison import STATE_TITLES, Agreement, FieldComparison
from pipeline.review.measures import percent
from pipeline.review.page_titles import page_title

Row = dict[str, str]

_OPEN = (Agreement.DIFFER, Agreement.DOUBTFUL)
_STATES: Mapping[ItemState, str] = {
    ItemState.PENDING: "未处理",
    ItemState.DONE: "已计算，未生效",
    ItemState.PROMOTED: "已生效",
    ItemState.KEPT: "人工结论保留",
    ItemState.STALE: "期间另有变化",
    ItemState.FAILED: "失败",
    ItemState.ROLLED_BACK: "已撤回",
}


def summary(result: Result) -> str:
    """The decision and its codes, in one line of Markdown."""
    codes = "、".join(f"{code} {TITLES[code]}" if code in TITLES else code for code in _codes(result))
    return f"**{DECISION_TITLES[result.decision]}** {codes}（第{result.revision}次提交）".replace("  ", " ")


def run_name(result: Result) -> str:
    """The name of a run in lists: the submission, its decision, its codes."""
    words = (mask_numbers(result.submission_id), DECISION_TITLES[result.decision], *codes_of(result))
    return " ".join(words)


def finding_rows(result: Result, files: Sequence[str]) -> list[Row]:
    """A row for each finding: code, reason, place, values, confidence, and the next step."""
    return [_finding_row(finding, result, files) for finding in result.findings]


def field_rows(compared: Iterable[FieldComparison], result: Result, files: Sequence[str]) -> list[Row]:
    """A row for each field of a person: the entered value beside each document's, masked; open rows come first."""
    return [_field_row(row, result, files) for row in sorted(compared, key=lambda row: row.state not in _OPEN)]


def page_rows(result: Result, files: Sequence[str], desk: str | None) -> list[Row]:
    """A row for each page, with a link to the review desk at `desk`, where whoever may see the pages signs in."""
    link = f"[在审核台打开]({case_address(result.submission_id, desk)})" if desk else ""
    return [{**_page_row(page, result, files), "图片": link} for page in result.pages]


def change_rows(submission_id: str, found: Sequence[Change]) -> list[Row]:
    """A row for each change, values masked."""
    return [
        {
            "申请": submission_id,
            "项目": place_words(place_of(change), title) or title(f"change.{change.what}"),
            "之前": _shown(change, change.before),
            "之后": _shown(change, change.after),
        }
        for change in found
    ]


def item_rows(items: Iterable[BatchItem], most: int) -> list[Row]:
    """At most `most` rows of the cases of a batch: what changed, or what failed; values masked."""
    rows: list[Row] = []
    for item in items:
        name = mask_numbers(item.submission_id)
        if item.state is ItemState.FAILED:
            rows.append({"申请": name, "项目": "失败", "之前": "", "之后": item.failure or ""})
        rows.extend(change_rows(name, item.noted.changes))
        if len(rows) >= most:
            break
    return rows[:most]


def case_address(submission_id: str, desk: str) -> str:
    """The URL of a case's page on the review desk; of the queue, where the id would disclose a person's number."""
    return f"{desk}/cases/{submission_id}" if mask_numbers(submission_id) == submission_id else f"{desk}/queue"


def totals_table(report: Report) -> str:
    """How many cases are in which state, and how many have each kind of change, as Markdown."""
    states = "、".join(f"{_STATES[state]} {count}" for state, count in sorted(report.batch.counts.items()))
    lines = [
        f"共{report.batch.total}份申请，{report.changed}份有变化（{states}）",
        "",
        "| 类别 | 项目 | 变化 | 申请数 |",
    ]
    lines.append("| --- | --- | --- | ---: |")
    lines.extend(f"| {' | '.join((*kind_words(total.kind, title), str(total.cases)))} |" for total in report.totals)
    return "\n".join(lines)


def codes_of(result: Result) -> tuple[str, ...]:
    """The distinct codes of a result, in the order of its findings."""
    return tuple(str(code) for code in _codes(result))


def _codes(result: Result) -> Sequence[Code]:
    return list(dict.fromkeys(finding.code for finding in result.findings))


def _finding_row(finding: Finding, result: Result, files: Sequence[str]) -> Row:
    return {
        "代码": f"{finding.code} {TITLES.get(finding.code, '')}".strip(),
        "原因": REASON_TITLES[finding.reason],
        "结果": SEVERITY_TITLES[finding.severity],
        "位置": place(finding, result, files),
        "说明": message(finding, result, files),
        "系统识别": masked(finding.field, finding.read),
        "对照内容": masked(finding.field, finding.entered),
        "识别情况": measure_words(finding),
        "下一步": finding.next_step,
    }


def _field_row(row: FieldComparison, result: Result, files: Sequence[str]) -> Row:
    pages = dict.fromkeys(page_place(value.file, value.page_no, result, files) for value in row.read)
    return {
        "人员": PERSON_TITLES[row.person] if row.person else "",
        "项目": FIELD_TITLES[row.field],
        "比对结果": _agreement(row),
        "家长填写": masked(row.field, row.entered),
        **{DOCUMENT_TITLES[document]: _values_of(row.read, {document}) for document in DECLARED},
        "监护人其他证件": _values_of(row.read, set(INSTEAD_OF_ID_CARD.values())),
        "识别可信度": percent(min(value.confidence for value in row.read)) if row.read else "",
        "位置": "、".join(pages),
    }


def _agreement(row: FieldComparison) -> str:
    """Whether the values agree, and at which positions the first one that differs does."""
    first, *rest = filter(None, (row.entered, *(value.value for value in row.read)))
    apart = next(filter(None, (difference(row.field, first, other) for other in rest)), "")
    return f"{STATE_TITLES[row.state]}，{apart}" if apart else STATE_TITLES[row.state]


def _values_of(values: Iterable[FieldValue], documents: Collection[DocumentKind]) -> str:
    """The values on the pages of some documents, equal ones once."""
    values_once = dict.fromkeys((value.field, value.value) for value in values if value.document in documents)
    return " / ".join(masked(field, value) for field, value in values_once)


def _page_row(page: PageOutcome, result: Result, files: Sequence[str]) -> Row:
    return {
        "位置": page_place(page.file, page.page_no, result, files),
        "页面": page_title(page, result),
        "可识别": "是" if page.legible else "否" if page.kind is PageKind.UNREADABLE else "部分",
        "旋转校正": f"{page.rotation}°",
    }


def _shown(change: Change, value: str | None) -> str:
    if change.field is not None:
        return masked(change.field, value)
    return value_words(change.what, value or "", title)
