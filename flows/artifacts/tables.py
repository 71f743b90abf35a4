"""Tables for Prefect's pages, without a name, a number or a file name in clear."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from flows.artifacts.masking import difference, masked, message, number, ordinal, place
from models.changes import Change
from models.documents import DOCUMENT_TITLES, FIELD_TITLES, PAGE_TITLES, DocumentKind, PageKind, Person
from models.findings import SEVERITY_TITLES, TITLES, Code, Finding
from models.masking import mask_numbers
from models.result import DECISION_TITLES, FieldValue, PageOutcome, Result
from pipeline.batches.report import Report
from pipeline.ledger.batch_values import BatchItem, ItemState
from pipeline.review.field_comparison import STATE_TITLES, Agreement, FieldComparison

Row = dict[str, str]
Link = Callable[[PageOutcome], str | None]

_PERSONS: Mapping[Person | None, str] = {
    Person.CHILD: "孩子",
    Person.FATHER: "父亲",
    Person.MOTHER: "母亲",
    Person.HEAD: "户主",
    Person.OTHER: "其他人",
    None: "",
}
_OPEN = (Agreement.DIFFER, Agreement.DOUBTFUL)
_STATES: Mapping[ItemState, str] = {
    ItemState.PENDING: "未处理",
    ItemState.DONE: "已算未生效",
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
    """A row for each finding: code, reason, place, measure, and the next step."""
    return [_finding_row(finding, files) for finding in result.findings]


def field_rows(compared: Iterable[FieldComparison], files: Sequence[str]) -> list[Row]:
    """A row for each field of a person: the entered value beside each document's, masked; open rows come first."""
    return [_field_row(row, files) for row in sorted(compared, key=lambda row: row.state not in _OPEN)]


def page_rows(result: Result, files: Sequence[str], link: Link) -> list[Row]:
    """A row for each page; `link` gives a short-lived URL of the page's picture, or None."""
    return [_page_row(page, files, link) for page in result.pages]


def change_rows(submission_id: str, found: Sequence[Change]) -> list[Row]:
    """A row for each change, values masked."""
    return [
        {
            "案件": submission_id,
            "项目": _changed(change),
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
            rows.append({"案件": name, "项目": "失败", "之前": "", "之后": item.failure or ""})
        rows.extend(change_rows(name, item.noted.changes))
        if len(rows) >= most:
            break
    return rows[:most]


def totals_table(report: Report) -> str:
    """How many cases are in which state, and how many have each kind of change, as Markdown."""
    states = "、".join(f"{_STATES[state]} {count}" for state, count in sorted(report.batch.counts.items()))
    lines = [f"{report.batch.total} 件，有变化 {report.changed} 件（{states}）", "", "| 类别 | 项目 | 变化 | 案件 |"]
    lines.append("| --- | --- | --- | ---: |")
    lines.extend(f"| {' | '.join((*total.kind, str(total.cases)))} |" for total in report.totals)
    return "\n".join(lines)


def codes_of(result: Result) -> tuple[str, ...]:
    """The distinct codes of a result, in the order of its findings."""
    return tuple(str(code) for code in _codes(result))


def _codes(result: Result) -> Sequence[Code]:
    return list(dict.fromkeys(finding.code for finding in result.findings))


def _finding_row(finding: Finding, files: Sequence[str]) -> Row:
    return {
        "代码": f"{finding.code} {TITLES.get(finding.code, '')}".strip(),
        "原因": finding.reason,
        "结果": SEVERITY_TITLES[finding.severity],
        "位置": f"{place(finding, files)} {tuple(finding.box) if finding.box else ''}".strip(),
        "说明": message(finding, files),
        "读出": masked(finding.field, finding.read),
        "填写": masked(finding.field, finding.entered),
        "测量值": number(finding.measured),
        "界限": number(finding.limit),
        "下一步": finding.next_step,
    }


def _field_row(row: FieldComparison, files: Sequence[str]) -> Row:
    pages = dict.fromkeys(f"{ordinal(value.file, files)} 第{value.page_no}页" for value in row.read)
    return {
        "人": _PERSONS[row.person],
        "项目": FIELD_TITLES[row.field],
        "一致？": _agreement(row),
        "录入": masked(row.field, row.entered),
        **{title: _values_of(row.read, document) for document, title in DOCUMENT_TITLES.items()},
        "把握": number(min((value.confidence for value in row.read), default=None)),
        "位置": "、".join(pages),
    }


def _agreement(row: FieldComparison) -> str:
    """Whether the values agree, and at which positions the first one that differs does."""
    first, *rest = filter(None, (row.entered, *(value.value for value in row.read)))
    apart = next(filter(None, (difference(row.field, first, other) for other in rest)), "")
    return f"{STATE_TITLES[row.state]}，{apart}" if apart else STATE_TITLES[row.state]


def _values_of(values: Iterable[FieldValue], document: DocumentKind) -> str:
    """The values on the pages of a document, equal ones once."""
    values_once = dict.fromkeys((value.field, value.value) for value in values if value.document is document)
    return " / ".join(masked(field, value) for field, value in values_once)


def _page_row(page: PageOutcome, files: Sequence[str], link: Link) -> Row:
    address = link(page)
    return {
        "位置": f"{ordinal(page.file, files)} 第{page.page_no}页",
        "页面": PAGE_TITLES[page.kind],
        "清晰": "是" if page.legible else "无法辨认" if page.kind is PageKind.UNREADABLE else "否",
        "转正": f"{page.rotation}°",
        "图像": f"[查看]({address})" if address else "",
    }


def _changed(change: Change) -> str:
    if change.field is None:
        return {"decision": "结论", "finding": "问题"}[change.what]
    document = DOCUMENT_TITLES[change.document] if change.document else ""
    return f"{document}{_PERSONS[change.person]}{FIELD_TITLES[change.field]}"


def _shown(change: Change, value: str | None) -> str:
    if value is None:
        return ""
    return value if change.field is None else masked(change.field, value)
