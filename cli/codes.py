"""`intake codes`: the catalogue of codes with messages and next steps."""

import json
from typing import Annotated

import typer

from cli.console import print_table
from models.errors import ExitCode
from models.findings import CATALOGUE, TITLES, Code, Reason
from models.messages import Language, templates


def codes(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The catalogue as JSON.")] = False,
    language: Annotated[Language, typer.Option(help="Of messages and next steps.")] = Language.ZH_HANS,
) -> int:
    """Print every code and reason, what it means, and what to do next."""
    if as_json:
        print(json.dumps([_row(*key, language) for key in CATALOGUE], ensure_ascii=False, indent=1))
        return ExitCode.ACCEPTED
    rows = (_cells(_row(*key, language)) for key in CATALOGUE)
    print_table(("代码", "原因", "结果", "说明", "下一步"), rows)
    return ExitCode.ACCEPTED


def _row(code: Code, reason: Reason, language: Language = Language.ZH_HANS) -> dict[str, str]:
    entry = CATALOGUE[code, reason]
    words = templates(code, reason, language)
    return {
        "code": code,
        "title": TITLES.get(code, ""),
        "reason": reason,
        "severity": " / ".join(entry.severities),
        "message": words.message,
        "next_step": words.next_step,
    }


def page() -> str:
    """The catalogue as docs/codes.md."""
    lines = [
        "# Codes",
        "",
        "Written by `make docs` from the catalogue in `models/catalogue.py`; a test holds it against the catalogue.",
        "`{where}` is the page, `{field}` a place on it, `{detail}` what differs. Where two results are given,",
        "the first one holds if everything was read with certainty.",
        "",
        "| code | reason | result | message | next step |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += (_line(_row(*key)) for key in CATALOGUE)
    return "\n".join(lines) + "\n"


def _cells(row: dict[str, str]) -> tuple[str, str, str, str, str]:
    code = f"{row['code']} {row['title']}".strip()
    return code, row["reason"], row["severity"], row["message"], row["next_step"]


def _line(row: dict[str, str]) -> str:
    code, reason, *rest = _cells(row)
    return f"| {code} | `{reason}` | {' | '.join(rest)} |"


if __name__ == "__main__":
    print(page(), end="")
