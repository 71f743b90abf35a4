"""`intake children`: the register of known children, by which 4005 is decided."""

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.console import stderr
from cli.workspace import CliContext
from models.entered_numbers import entered_number
from models.errors import ExitCode
from models.masking import no_formula
from models.overview import day_of
from models.register import KnownChild
from pipeline.cases.erasure import forget_child as forget
from pipeline.ledger.database import utc_now
from pipeline.ledger.values import ImportCounts
from pipeline.names.characters import modern
from pipeline.spreadsheets.columns import COLUMNS, NUMBERS
from pipeline.spreadsheets.known_children import ImportedRow, read_known_children
from pipeline.workers.process_identity import operator

children = typer.Typer(help="The register of known children, used for 4005.", no_args_is_help=True)


@children.command("import")
def import_children(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=f"CSV as Excel or WPS saves it, with the columns {','.join(COLUMNS)}.")],
    *,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Header of a column to pass over; may be given several times.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong; add nothing.")] = False,
    legacy_gbk: Annotated[bool, typer.Option("--legacy-gbk", help="Names come from a system that used GBK.")] = False,
) -> int:
    """Add known children. Every row that is not taken is named with its reasons, and the exit code is 3 if one is not.

    A row that is known already changes nothing. Chinese headers such as 姓名 and 身份证号码 are understood, and the
    encodings and dates of Chinese spreadsheets. What a spreadsheet destroyed, such as 1.10199E+17, is refused.
    """
    found = read_known_children(_bytes(file), day_of(utc_now()), ignore or ())
    if found.passed_over:
        print(f"Columns passed over: {', '.join(found.passed_over)}", file=sys.stderr)
    good = [row for row in found.rows if row.child is not None]
    counts, left_out = (ImportCounts(), {}) if check else _add(context.obj, good, legacy_gbk=legacy_gbk)
    reasons = {row.number: "; ".join(row.problems) for row in found.rows if row.problems}
    reasons |= {good[at].number: why for at, why in left_out.items()}
    for line in _lines(reasons, taken=len(good) - len(left_out), check=check):
        print(line, file=sys.stderr)
    if not check:
        print(", ".join(f"{count} {ending}" for ending, count in counts._asdict().items()))
    return ExitCode.BAD_MANIFEST if reasons else ExitCode.ACCEPTED


@children.command("export")
def export_children(
    context: typer.Context,
    *,
    excel: Annotated[
        bool, typer.Option("--excel", help="For Excel and WPS: with a byte order mark, and numbers as text.")
    ] = False,
) -> int:
    """Print the register as CSV; either form can be imported again."""
    cli: CliContext = context.obj
    encoding = "utf-8-sig" if excel else "utf-8"
    out = io.TextIOWrapper(sys.stdout.buffer, encoding=encoding, newline="", write_through=True)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    with cli.ledger() as ledger:
        for child in ledger.children.export(operator()):
            values = child.model_dump(mode="json")
            writer.writerow([_cell(column, values[column] or "", excel=excel) for column in COLUMNS])
    out.detach()
    return ExitCode.ACCEPTED


@children.command("forget")
def forget_child(
    context: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER...", help="All numbers known of one child.")],
) -> int:
    """Erase a child everywhere: its records, its cases with their results, its scans. A tombstone stays."""
    cli: CliContext = context.obj
    meant = [_number(at, text) for at, text in enumerate(numbers, start=1)]
    with cli.ledger() as ledger:
        gone = forget(meant, ledger, cli.store(), operator())
        left, record = len(ledger.erasures.pending()), ledger.audit.anchor()
    print(f"{gone.records} records, {gone.cases} cases, {gone.objects} objects forgotten")
    print(f"{left} objects still to be erased; the audit chain has it up to record {record.seq}, {record.hash[:16]}")
    if not (gone.records or gone.cases):
        stderr.print("Nothing is known under these numbers: compare them with the child's documents.")
    return ExitCode.ACCEPTED


def _cell(column: str, value: str, *, excel: bool) -> str:
    """A cell of the export. For Excel a number is written as a formula of text: Excel rounds 18 digits."""
    if excel and column in NUMBERS and value and value.isascii() and value.isalnum():
        return f'="{value}"'
    return no_formula(value)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.") from error


def _add(cli: CliContext, rows: Sequence[ImportedRow], *, legacy_gbk: bool) -> tuple[ImportCounts, Mapping[int, str]]:
    """Add the children of rows; returns the counts, and why rows were left out by their place."""
    found = [row.child for row in rows if row.child is not None]
    with cli.ledger() as ledger:
        return ledger.children.add(map(_modern, found) if legacy_gbk else found, operator())


def _lines(reasons: Mapping[int, str], *, taken: int, check: bool) -> Iterator[str]:
    """What people read of an import: every row that is not taken, by its number in the spreadsheet."""
    if check:
        yield f"{taken} rows can be taken; nothing was added."
    if reasons:
        yield f"{len(reasons)} rows {'cannot be' if check else 'were not'} taken:"
    for number, why in sorted(reasons.items()):
        yield f"  row {number}: {why}"
    if reasons and not check:
        yield "Correct these rows and import the file again: rows that are known already change nothing."


def _number(at: int, text: str) -> str:
    """The number of a child to erase, whole: a number that a spreadsheet destroyed would match nobody."""
    try:
        number = entered_number(text)
    except ValueError as error:
        raise typer.BadParameter(f"Number {at} cannot be one: {error}.") from None
    if number is None:
        raise typer.BadParameter(f"Number {at} is empty.")
    return number


def _modern(child: KnownChild) -> KnownChild:
    return child.model_copy(update={"name": modern(child.name)})
