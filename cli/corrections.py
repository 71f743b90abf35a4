"""`intake corrections`: what reviewers saw beside what was read, to measure the OCR engine by."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import JsonValue

from cli.console import print_table
from cli.workspace import CliContext
from models.errors import ExitCode
from models.masking import no_formula
from models.overview import BEIJING
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import AuditKind
from pipeline.review.corrections import CheckedField, Confusion, checked_fields, confusions
from pipeline.stores.folder import write_atomically
from pipeline.workers.process_identity import operator

corrections = typer.Typer(no_args_is_help=True, help="What reviewers saw beside what was read.")
_COLUMNS: Final = ("field", "engine", "kind", "read", "seen", "times")
_Since = Annotated[datetime | None, typer.Option(help="Only decisions of this time or later, Beijing time.")]


@corrections.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to write, readable by its owner only; it holds personal data.")],
    *,
    since: _Since = None,
) -> int:
    """Write what was seen of every field as an evaluation set, a line of JSON each, for `python -m bench.corrections`.

    Fields whose scans were erased are left out: they cannot be read again.
    """
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        fields = [one for one in _checked(ledger, since) if one.digest is not None]
        _note(ledger, "corrections", since, fields)
    _write(file, "".join(f"{one.to_json()}\n" for one in fields))
    print(f"{len(fields)} fields written to {file}. It holds personal data: keep it inside, and erase it after use.")
    return ExitCode.ACCEPTED


@corrections.command()
def table(
    context: typer.Context,
    *,
    since: _Since = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write it to this file as well.")] = None,
) -> int:
    """Show which characters are read as which others: single characters, and no whole value."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        fields = _checked(ledger, since)
        if csv_file is not None:
            _note(ledger, "confusions", since, fields)
    found = confusions(fields)
    print_table(_COLUMNS, map(_cells, found))
    right = sum(one.right for one in fields)
    print(f"{len(fields)} fields were looked at; {right} had been read as they are.")
    if csv_file is not None:
        _write(csv_file, _as_csv(found))
    return ExitCode.ACCEPTED


def _checked(ledger: Ledger, since: datetime | None) -> tuple[CheckedField, ...]:
    return checked_fields(ledger, since.replace(tzinfo=BEIJING) if since else None)


def _note(ledger: Ledger, what: str, since: datetime | None, fields: Sequence[CheckedField]) -> None:
    """Note the export in the audit chain before the file is written: no file exists that the chain does not know."""
    day: JsonValue = since.date().isoformat() if since else None
    ledger.audit.note(AuditKind.FETCHED, {"account": operator(), "what": what, "since": day, "fields": len(fields)})


def _write(file: Path, text: str) -> None:
    try:
        write_atomically(file, text.encode("utf-8"))
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {type(error).__name__}.") from error


def _as_csv(found: Sequence[Confusion]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([no_formula(cell) for cell in _cells(one)] for one in found)
    return out.getvalue()


def _cells(one: Confusion) -> tuple[str, ...]:
    return one.field.value, one.engine, one.kind, one.read, one.seen, str(one.times)
