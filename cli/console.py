"""How commands print: results on stdout, everything else on stderr."""

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

stdout: Final = Console(highlight=False)
stderr: Final = Console(stderr=True, highlight=False)


def print_table(headings: Iterable[str], rows: Iterable[Iterable[str | Text]]) -> None:
    """Print a table on stdout; cells are plain text and no markup, long ones are folded."""
    table = Table(header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    stdout.print(table)
