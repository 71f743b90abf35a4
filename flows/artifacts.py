"""What Prefect's pages show of a case: tables without a name, a number or a file name in clear."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from models.changes import Change
from models.documents import DOCUMENT_TITLES, FIELD_TITLES, PAGE_TITLES, Field, PageKind, Person
from models.findings import TITLES, Code, Finding, Place, Severity, message_of
from models.masking import mask, mask_numbers
from models.result import DECISION_TITLES, FieldValue, PageOutcome, Result
from pipeline.batches.report import Report
from pipeline.ledger.batched import BatchItem, ItemState

Row = dict[str, str]
Link = Callable[[PageOutcome], str | None]

_SEVERITIES: Mapping[Severity, str] = {Severity.REJECT: "退回", Severity.REVIEW: "待审核", Severity.WARNING: "提示"}
_PERSONS: Mapping[Person | None, str] = {
    Person.CHILD: "孩子",
    Person.FATHER: "父亲",
    Person.MOTHER: "母亲",
    Person.HEAD: "户主",
    Person.OTHER: "其他人",
    None: "",
}
_STATES: Mapping[ItemState, str] = {
    ItemState.PENDING: "未处理",
    ItemState.DONE: "已算未生效",
    ItemState.PROMOTED: "已生效",
    ItemState.KEPT: "人工结论保留",
    ItemState.STALE: "期间另有变化",
    ItemState.FAILED: "失败",
    ItemState.ROLLED_BACK: "已撤回",
}
_ONE_NUMBER = "{:.3g}"


def summary(result: Result) -> str:
    """The decision and its codes, in one line of Markdown."""
    codes = "、".join(f"{code} {TITLES[code]}" if code in TITLES else code for code in _codes(result))
    return f"**{DECISION_TITLES[result.decision]}** {codes}（第{result.revision}次提交）".replace("  ", " ")


def run_name(result: Result) -> str:
    """What a list of runs shows: the submission, its decision, its codes."""
    words = (mask_numbers(result.submission_id), DECISION_TITLES[result.decision], *codes_of(result))
    return " ".join(words)


def finding_rows(result: Result, files: Sequence[str]) -> list[Row]:
    """A row a finding: what, why, where, how much, and what to do next."""
    return [_finding_row(finding, files) for finding in result.findings]


def field_rows(result: Result, files: Sequence[str]) -> list[Row]:
    """A row a field, its value masked."""
    return [_field_row(field, files) for field in result.fields]


def page_rows(result: Result, files: Sequence[str], link: Link) -> list[Row]:
    """A row a page; `link` gives a short-lived address of the page's picture, or None."""
    return [_page_row(page, files, link) for page in result.pages]


def change_rows(submission_id: str, found: Sequence[Change]) -> list[Row]:
    """A row a change, values masked."""
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
    """Rows of the cases of a batch, at most so many: what changed of each, or what broke; values masked."""
    rows: list[Row] = []
    for item in items:
        name = mask_numbers(item.submission_id)
        if item.state is ItemState.FAILED:
            rows.append({"案件": name, "项目": "失败", "之前": "", "之后": item.failure or ""})
        rows.extend(change_rows(name, item.noted.changes))
        if len(rows) >= most:
            break
    return rows[:most]


def totals_table(made: Report) -> str:
    """How many cases are in which state, and how many have each kind of change, as Markdown."""
    states = "、".join(f"{_STATES[state]} {count}" for state, count in sorted(made.batch.counts.items()))
    lines = [f"{made.batch.total} 件，有变化 {made.changed} 件（{states}）", "", "| 类别 | 项目 | 变化 | 案件 |"]
    lines.append("| --- | --- | --- | ---: |")
    lines.extend(f"| {' | '.join((*total.kind, str(total.cases)))} |" for total in made.totals)
    return "\n".join(lines)


def codes_of(result: Result) -> tuple[str, ...]:
    """The distinct codes of a result, in the order of its findings."""
    return tuple(str(code) for code in _codes(result))


def ordinal(file: str | None, files: Sequence[str]) -> str:
    """A file by its place in the manifest, since parents name files after children."""
    return f"文件{files.index(file) + 1}" if file in files else ""


def _codes(result: Result) -> Sequence[Code]:
    return list(dict.fromkeys(finding.code for finding in result.findings))


def _finding_row(finding: Finding, files: Sequence[str]) -> Row:
    return {
        "代码": f"{finding.code} {TITLES.get(finding.code, '')}".strip(),
        "原因": finding.reason,
        "结果": _SEVERITIES[finding.severity],
        "位置": _where(finding, files),
        "说明": _message(finding, files),
        "读出": _masked(finding.field, finding.read),
        "填写": _masked(finding.field, finding.entered),
        "测量值": _number(finding.measured),
        "界限": _number(finding.limit),
        "下一步": finding.next_step,
    }


def _message(finding: Finding, files: Sequence[str]) -> str:
    """The catalogue's words anew: those in the finding may quote what was read, or name the file."""
    place = Place(document=finding.document, page_no=finding.page_no, field=finding.field)
    detail = ordinal(finding.file, files).removeprefix("文件") if finding.field is None else "…"
    return message_of(finding.code, finding.reason, place, detail)


def _where(finding: Finding, files: Sequence[str]) -> str:
    parts = [
        ordinal(finding.file, files),
        f"第{finding.page_no}页" if finding.page_no else "",
        PAGE_TITLES[finding.page_kind] if finding.page_kind else "",
        FIELD_TITLES[finding.field] if finding.field else "",
        str(tuple(finding.box)) if finding.box else "",
    ]
    return " ".join(part for part in parts if part)


def _field_row(field: FieldValue, files: Sequence[str]) -> Row:
    return {
        "证件": DOCUMENT_TITLES[field.document],
        "人": _PERSONS[field.person],
        "项目": FIELD_TITLES[field.field],
        "值": _masked(field.field, field.value),
        "把握": _number(field.confidence),
        "位置": f"{ordinal(field.file, files)} 第{field.page_no}页",
    }


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
    return value if change.field is None else _masked(change.field, value)


def _masked(field: Field | None, value: str | None) -> str:
    """A masked value with full-width stars: Prefect's tables are Markdown, where plain ones make bullets and rules."""
    return mask(field, value).replace("*", "＊") if value else ""


def _number(value: float | None) -> str:
    return "" if value is None else _ONE_NUMBER.format(value)
