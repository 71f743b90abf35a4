"""`intake codes`: the catalogue of codes with messages and next steps."""

import json
from collections.abc import Iterator
from typing import Annotated

import typer

from cli.console import print_table
from cli.workspace import CliContext
from models.codes import Code
from models.errors import ExitCode
from models.findings import CATALOGUE, TITLES
from models.hospital import Hospital
from models.languages import Language, wordings
from models.messages import catalogue_text

_COLUMNS = ("code", "reason", "severity", "message", "next_step")


def codes(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The catalogue as JSON.")] = False,
    language: Annotated[Language, typer.Option(help="Of messages and next steps.")] = Language.ZH_HANS,
) -> int:
    """Print every code and reason, what it means, and what to do next."""
    cli: CliContext = context.obj
    rows = list(_rows(language, cli.settings().hospital))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        print_table(("代码", "原因", "结果", "说明", "下一步"), map(_cells, rows))
    return ExitCode.ACCEPTED


def _rows(language: Language = Language.ZH_HANS, hospital: Hospital = Hospital()) -> Iterator[dict[str, str]]:
    """A row for each severity of each code and reason; the placeholders of pages and files stay."""
    titles = wordings(language).codes
    for (code, reason), severities in CATALOGUE.items():
        for severity in severities:
            text = catalogue_text(code, reason, severity, language, hospital)
            yield {
                "code": code,
                "title": titles[code].title,
                "short": titles[code].short,
                "reason": reason,
                "severity": severity,
                **text._asdict(),
            }


def page() -> str:
    """The catalogue as docs/codes.md."""
    lines = [
        "# Codes",
        "",
        "Written by `make docs` from the catalogue in `models/catalogue.py` and its words in `models/wordings/`;",
        "a test holds it against both. `{where}` is a page, `{spot}` a field on a page, `{page}` a page without its",
        "number, `{file}` a file. The facts of the hospital are the built-in ones (`INTAKE_HOSPITAL__...`).",
        "",
        "## For parents",
        "",
        "The title of a code, and a text of at most 20 characters for the `thing` of a WeChat template, but not",
        "for a warning, which asks for nothing.",
        "",
        "| code | title | short text |",
        "| --- | --- | --- |",
        *(f"| {code} | {words.title} | {words.short} |" for code, words in wordings(Language.ZH_HANS).codes.items()),
        "",
        "## Messages and next steps",
        "",
        "A code and reason with several results has the first one if everything was read with certainty.",
        f"In a case that is returned, the next step of `review` is: {wordings(Language.ZH_HANS).later}",
        "",
        "| code | reason | result | message | next step |",
        "| --- | --- | --- | --- | --- |",
        *map(_line, _rows()),
    ]
    return "\n".join(lines) + "\n"


def _cells(row: dict[str, str]) -> tuple[str, ...]:
    number = TITLES.get(Code(row["code"]), "")
    return f"{row['code']} {number}".strip(), *(row[column] for column in _COLUMNS[1:])


def _line(row: dict[str, str]) -> str:
    code, reason, *rest = _cells(row)
    return f"| {code} | `{reason}` | {' | '.join(rest)} |"


if __name__ == "__main__":
    print(page(), end="")
