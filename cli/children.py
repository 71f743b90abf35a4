"""`intake children`: the register of known children, by which 4005 is decided."""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from cli.console import stderr
from cli.workspace import CliContext
from models.errors import ExitCode
from models.masking import no_formula
from models.register import KnownChild
from pipeline.cases.erasure import forget_child as forget
from pipeline.names.characters import modern

children = typer.Typer(help="The register of known children, used for 4005.", no_args_is_help=True)
_COLUMNS: Final = ("name", "sex", "birth_date", "id_number", "birth_certificate_number", "mother_id_number")


@children.command("import")
def import_children(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=f"CSV in UTF-8 with the columns {','.join(_COLUMNS)}.")],
    *,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="Import the other rows if some are wrong.")] = False,
    legacy_gbk: Annotated[bool, typer.Option("--legacy-gbk", help="Names come from a system that used GBK.")] = False,
) -> int:
    """Add known children; a row that is known already changes nothing. Nothing is imported while a row is wrong."""
    rows = tuple(_rows(file))
    wrong = [problem for _, problem in rows if problem]
    if wrong:
        stderr.print("These rows were left out:" if skip_wrong else "Nothing was imported; correct these rows first:")
        for problem in wrong:
            stderr.print(f"  {problem}", markup=False)
    if wrong and not skip_wrong:
        return ExitCode.USAGE
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        children = (child for child, _ in rows if child)
        counts = ledger.children.add(map(_modern, children) if legacy_gbk else children)
    print(", ".join(f"{count} {ending}" for ending, count in counts._asdict().items()))
    return ExitCode.USAGE if wrong else ExitCode.ACCEPTED


@children.command("export")
def export_children(context: typer.Context) -> int:
    """Print the register as CSV."""
    cli: CliContext = context.obj
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    with cli.ledger() as ledger:
        for child in ledger.children.export():
            values = child.model_dump(mode="json")
            writer.writerow([no_formula(values[column] or "") for column in _COLUMNS])
    out.detach()
    return ExitCode.ACCEPTED


@children.command("forget")
def forget_child(
    context: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER...", help="All numbers known of one child.")],
) -> int:
    """Erase a child everywhere: its records, its cases with their results, its scans. A tombstone stays."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        gone = forget(numbers, ledger, cli.store())
        left, record = len(ledger.erasures.pending()), ledger.audit.anchor()
    print(f"{gone.records} records, {gone.cases} cases, {gone.objects} objects forgotten")
    print(f"{left} objects still to be erased; the audit chain has it up to record {record.seq}, {record.hash[:16]}")
    return ExitCode.ACCEPTED


def _rows(file: Path) -> Iterator[tuple[KnownChild | None, str | None]]:
    """Each row as a child, or what is wrong with it by row number and column; values are not repeated."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read as CSV in UTF-8.") from error
    reader = csv.DictReader(io.StringIO(text))
    if not set(reader.fieldnames or ()) <= set(_COLUMNS) or "name" not in (reader.fieldnames or ()):
        raise typer.BadParameter(f"{file} must have the columns {','.join(_COLUMNS)}.")
    for number, row in enumerate(reader, start=2):
        try:
            yield KnownChild.model_validate({key: value or None for key, value in row.items()}), None
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)
            yield (
                None,
                f"row {number}: " + "; ".join(f"{'.'.join(map(str, item['loc']))} {item['msg']}" for item in found),
            )


def _modern(child: KnownChild) -> KnownChild:
    return child.model_copy(update={"name": modern(child.name)})
