"""Import of a register as hospitals and their spreadsheets write it: `python -m bench.register_import [--full]`.

The bench imports children by the command line, out of a file as a Chinese Excel saves it, and imports them again. Then
it writes a part of them in every form that spreadsheets know, and with everything that they destroy.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import track

from bench.metrics import Figure
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.spreadsheets import excel_file, measure_spreadsheets
from bench.tables import errors
from fixtures.people.population import family
from fixtures.truth import Split
from models.documents import Person
from models.errors import ExitCode
from models.id_number import check_digit
from models.register import KnownChild
from models.submission import Sex

SEED: Final = 11
BENCH: Final = Bench("register_import", __doc__, SEED, "rows", small=6000, full=100_000)
_FAMILIES: Final = 2000
_SHEET_ROWS: Final = 1000


def measure(count: int) -> Measured:
    """Import so many rows, and read a thousand of them in every form."""
    records = known_children(count)
    with tempfile.TemporaryDirectory() as folder:
        imports = tuple(_imported(records, Path(folder)))
    return Measured((*imports, *measure_spreadsheets(records[:_SHEET_ROWS], SEED)), {})


def known_children(count: int) -> list[KnownChild]:
    """So many children of drawn families, each with a number of its own."""
    chance, taken, found = np.random.default_rng(SEED), set[str](), list[KnownChild]()
    families = [family(Split.TRAIN, number) for number in track(range(_FAMILIES), "families", console=errors)]
    while len(found) < count:
        one = families[len(found) % _FAMILIES]
        child, mother = one.member(Person.CHILD), one.member(Person.MOTHER)
        sequence = 2 * int(chance.integers(500)) + (child.sex is Sex.MALE)
        first = f"{child.county}{child.birth_date:%Y%m%d}{sequence:03}"
        if first in taken:
            continue
        taken.add(first)
        record = KnownChild(
            name=child.name,
            sex=child.sex,
            birth_date=child.birth_date,
            id_number=first + check_digit(first),
            birth_certificate_number=f"T{len(found):09}",
            mother_id_number=mother.id_number,
        )
        found.append(record)
    return found


def _imported(records: Sequence[KnownChild], folder: Path) -> Iterator[Figure]:
    """Import all children by the command line, as an operator does, then import them again."""
    file = folder / "known.csv"
    file.write_bytes(excel_file(records))
    for words in ("import", "import of the same again"):
        began = time.monotonic()
        command = [sys.executable, "-m", "cli.main", "--workspace", str(folder / "w"), "children", "import", str(file)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        seconds = time.monotonic() - began
        if done.returncode != ExitCode.ACCEPTED:
            raise RuntimeError(f"The import ended with {done.returncode}: {done.stderr[-200:]}")
        yield Figure(name=f"{words} of {len(records)} rows", value=seconds, unit="s")


if __name__ == "__main__":
    run_bench(BENCH, measure)
