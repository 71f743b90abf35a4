"""Measure which characters the engine reads reliably: `python -m bench.alphabet`. Writes the list in force.

The program prints every Han character of the engine's alphabet in the middle of names, with the typefaces of the
training split, clean and harmed. It lists the characters that the engine read correctly at least eleven times of
twelve, and never misread with certainty as another one.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from rich.progress import track

from bench.machine import ROOT
from bench.name_crops import HARMS, Drawn, draw, read
from bench.tables import console, errors
from bench.verification import begin, engine
from fixtures.people.names import NameKind
from fixtures.printing.fonts import MissingGlyphError
from fixtures.truth import Harm, Split
from models.names import is_han
from pipeline.names.characters import READABLE_FILE
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions

OUT: Final = ROOT / "pipeline" / "names" / READABLE_FILE
SEED: Final = 10
# Names with a place for the character, and the level of harm at which each is shown.
_SHOWN: Final = (
    ("王{}明", 0), ("陈晓{}", 2), ("欧阳{}", 3), ("李{}华", 0), ("刘{}宁", 3), ("张{}", 4),
    ("赵{}", 0), ("周{}文", 4), ("吴子{}", 2), ("郑{}雨", 3), ("孙{}", 2), ("马若{}", 4),
)  # fmt: skip
_MISSED: Final = 1  # times that a character may be misread
_SURE: Final = 0.9  # of another one: never
_LOT: Final = 100
_ROW: Final = 60


class Shown(NamedTuple):
    """How often a character was printed, read correctly, and misread with certainty as another one."""

    char: str
    printed: int
    right: int
    certainly_wrong: int

    @property
    def is_read(self) -> bool:
        """Whether the engine reads the character reliably."""
        return self.printed == len(_SHOWN) and self.hopeful

    @property
    def hopeful(self) -> bool:
        """Whether further trials could still show that the engine reads it reliably."""
        return self.right >= self.printed - _MISSED and not self.certainly_wrong


def main() -> None:
    """Print and read every character, and write the list."""
    parser = argparse.ArgumentParser(prog="python -m bench.alphabet", description=__doc__)
    parser.add_argument("--count", type=int, help="limit the number of characters; the list is then not written")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    options = OcrOptions()
    kind = engine_kind(options.engine)
    chars = sorted(filter(is_han, kind.alphabet(options)))[: arguments.count]
    lots = [chars[at : at + _LOT] for at in range(0, len(chars), _LOT)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=begin) as pool:
        shown = [one for lot in track(pool.map(_shown, lots), total=len(lots), console=errors) for one in lot]
    reliable = [one.char for one in shown if one.is_read]
    console.print(
        f"{len(reliable)} of {len(shown)} characters are read; {sum(not one.printed for one in shown)} unprinted"
    )
    if not arguments.count:
        arguments.out.write_text("".join(_rows(reliable, len(shown), kind.name(options))), "utf-8")


def _rows(reliable: list[str], of: int, name: str) -> Iterator[str]:
    yield f"# {len(reliable)} of {of} Han characters that {name} reads.\n"
    yield "# Learned by `python -m bench.alphabet` on the training split's typefaces; not edited by hand.\n"
    yield from ("".join(reliable[at : at + _ROW]) + "\n" for at in range(0, len(reliable), _ROW))


def _shown(chars: list[str]) -> list[Shown]:
    return [_of_one(char) for char in chars]


def _of_one(char: str) -> Shown:
    """Print and read one character until it fails; a character that no typeface holds fails at once."""
    shown = Shown(char, 0, 0, 0)
    for turn, (around, level) in enumerate(_SHOWN):
        rng = np.random.default_rng((SEED, ord(char), turn))
        harm = list(HARMS)[int(rng.integers(len(HARMS)))] if level else None
        said = _said(around, Drawn(around.format(char), NameKind.PLAIN, Harm(harm) if harm else None, level), rng)
        if said is None or not shown.hopeful:
            break
        wrong = said[0] != char and said[1] >= _SURE
        shown = Shown(char, shown.printed + 1, shown.right + (said[0] == char), shown.certainly_wrong + wrong)
    return shown


def _said(around: str, drawn: Drawn, rng: np.random.Generator) -> tuple[str, float] | None:
    """The character that the engine read in this place and its confidence; None where no typeface holds it."""
    try:
        crop = draw(drawn, Split.TRAIN, rng)
    except MissingGlyphError:
        return None
    spoken = read(crop, engine())
    glyphs = [glyph for piece in spoken.field.pieces for glyph in piece.glyphs] if spoken else []
    at = around.index("{")
    if len(glyphs) != len(drawn.name):
        return "", 0.0
    return glyphs[at].char, glyphs[at].probability


if __name__ == "__main__":
    main()
