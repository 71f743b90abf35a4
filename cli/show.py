"""`intake show`: the latest result of a case, and how a result is printed for people."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.console import stdout
from cli.workspace import CliContext
from models.documents import FIELD_TITLES
from models.findings import SEVERITY_TITLES, TITLES, Finding
from models.languages import Language
from models.messages import MessageContext, MessageText, context_of, message_text
from models.reason_titles import REASON_TITLES
from models.result import DECISION_TITLES, EXIT_OF_DECISION, Decision, Result, values_of
from pipeline.review.page_titles import page_title

_COLOURS = {Decision.ACCEPTED: "green", Decision.RETURNED: "red", Decision.REVIEW: "yellow"}


def show(
    context: typer.Context,
    submission_id: Annotated[str, typer.Argument(help="The id in the submission's manifest.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The result as one line of JSON.")] = False,
    language: Annotated[
        Language, typer.Option(help="Of the messages to the parent; headings stay Chinese.")
    ] = Language.ZH_HANS,
) -> int:
    """Print the latest result of a case."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        result = ledger.cases.latest_result(submission_id)
        case = ledger.cases.get(submission_id, result.revision)
    if as_json:
        print(result.to_json())
    else:
        known = context_of(result, [file.path for file in case.files], cli.settings().hospital)
        print_report(result, [_words(finding, language, known) for finding in result.findings])
    return EXIT_OF_DECISION[result.decision]


def print_report(result: Result, words: Sequence[MessageText] | None = None) -> None:
    """Print the decision, the findings with what to do next, and the pages.

    Args:
        result: The result.
        words: What its findings say in another language; in their own if None.
    """
    colour = _COLOURS[result.decision]
    title = Text(f"{result.submission_id}  第{result.revision}次提交  {DECISION_TITLES[result.decision]}")
    parts = (
        [_findings(result, words or [*map(_own_words, result.findings)])]
        if result.findings
        else [Text("没有发现问题。")]
    )
    stdout.print(Panel(Group(*parts, _pages(result)), title=title, border_style=colour, title_align="left"))


def _words(finding: Finding, language: Language, context: MessageContext) -> MessageText:
    """In simplified Chinese the words that were sent; in other languages they are made anew."""
    return _own_words(finding) if language is Language.ZH_HANS else message_text(finding, language, context)


def _own_words(finding: Finding) -> MessageText:
    return MessageText(finding.message, finding.next_step)


def _findings(result: Result, texts: Sequence[MessageText]) -> Table:
    table = Table(box=None, show_header=True, header_style="bold", padding=(0, 1))
    for heading in ("代码", "结果", "说明", "系统识别／对照内容", "下一步"):
        table.add_column(heading, overflow="fold")
    for finding, words in zip(result.findings, texts, strict=True):
        code = f"{finding.code} {TITLES.get(finding.code, '')}".strip()
        cells = (
            f"{code}\n{REASON_TITLES[finding.reason]}",
            SEVERITY_TITLES[finding.severity],
            words.message,
            _values(finding),
        )
        table.add_row(*map(Text, (*cells, words.next_step)))  # plain text: what a document says is no markup
    return table


def _values(finding: Finding) -> str:
    values = (finding.read, finding.entered)
    return "／".join(value or "-" for value in values) if any(values) else ""


def _pages(result: Result) -> Table:
    table = Table(box=None, show_header=True, header_style="dim", style="dim", padding=(0, 1))
    for heading in ("文件", "页", "内容", "可识别", "系统识别的项目"):
        table.add_column(heading, overflow="fold")
    for page in result.pages:
        on_page = [
            field for field in values_of(result.fields) if (field.file, field.page_no) == (page.file, page.page_no)
        ]
        titles = "、".join(FIELD_TITLES[field.field] for field in on_page)
        cells = (page.file, str(page.page_no), page_title(page, result), "是" if page.legible else "否", titles)
        table.add_row(*map(Text, cells))
    return table
