"""Accuracy and calibration on the fields that reviewers checked: `python -m bench.corrections FILE`.

FILE is the output of `intake corrections export`. Reviewers check mostly fields in doubt, so these shares say nothing
about all fields; they can compare two engines. The fields are personal data: the program stores nothing and prints no
whole value.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from bench.calibration_report import Claim, certainty_figures, series_of
from bench.metrics import Figure, share
from bench.report import Rows
from bench.tables import compared, console, observed
from pipeline.review.corrections import CheckedField, confusions

_SHOWN: Final = 40  # rows of a table


def main() -> None:
    """Read the file, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.corrections", description=__doc__)
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="one line of JSON for each field that a reviewer checked"
    )
    fields = fields_in(parser.parse_args().file)
    console.print(compared("corrections", (one for one in figures(fields) if one.value is not None), None))
    for title, rows in tables(fields).items():
        console.print(observed(title, rows[:_SHOWN], of=len(rows)))


def fields_in(file: Path) -> tuple[CheckedField, ...]:
    """The fields of a file.

    Raises:
        ValueError: A line is not such a field.
    """
    return tuple(CheckedField.model_validate_json(line) for line in file.read_text("utf-8").splitlines() if line)


def figures(fields: tuple[CheckedField, ...]) -> Iterator[Figure]:
    """Shares of values read as the reviewer sees them, by document, field and engine; then the calibration."""
    legible = tuple(one for one in fields if one.value is not None)
    illegible = tuple(one for one in fields if one.value is None)
    yield from _by("read as they are", legible, lambda _: "")
    yield from _by("by document", legible, lambda one: one.document)
    yield from _by("field", legible, lambda one: f"{one.document}/{one.field}")
    yield from _by("by engine", legible, lambda one: one.engine)
    read = sum(one.read is not None for one in illegible)
    yield Figure(name="read where a person cannot read", value=read, unit="count")
    yield from certainty_figures(claims(fields))


def claims(fields: Iterable[CheckedField]) -> tuple[Claim, ...]:
    """Every value that was read; a value that the reviewer marked as illegible counts as wrong."""
    return tuple(Claim(one.confidence, one.right) for one in fields if one.confidence is not None)


def tables(fields: tuple[CheckedField, ...]) -> dict[str, Rows]:
    """The calibration, and the characters that are confused with one another."""
    confused: Rows = tuple(
        {"field": one.field, "engine": one.engine, "read": one.read, "seen": one.seen, "times": one.times}
        for one in confusions(fields)
    )
    return {"calibration": series_of(claims(fields))["calibration"], "characters taken for others": confused}


def _by(title: str, fields: Iterable[CheckedField], key: Callable[[CheckedField], str]) -> Iterator[Figure]:
    groups: dict[str, list[CheckedField]] = {}
    for one in fields:
        groups.setdefault(key(one), []).append(one)
    for name, group in sorted(groups.items()):
        yield share(f"{title}: {name}" if name else title, sum(one.right for one in group), len(group))


if __name__ == "__main__":
    main()
