"""How much a bench does: a small size that takes minutes, and the real one."""

import argparse
from typing import NamedTuple


class Size(NamedTuple):
    """What was asked for: an amount of whatever the bench counts, and whether that is the real size."""

    amount: int
    full: bool


def asked(bench: str, doc: str, *, small: int, full: int) -> Size:
    """Read the command line of a bench: `--full`, or `--count N` for another size."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{bench}", description=doc.split("\n", maxsplit=1)[0])
    parser.add_argument("--full", action="store_true", help=f"the real size, {full} instead of {small}")
    parser.add_argument("--count", type=int, default=None, help="another size; at least 1")
    told = parser.parse_args()
    count = told.count if told.count is not None else (full if told.full else small)
    if count < 1:
        parser.error("--count must be at least 1")
    return Size(count, told.full)
