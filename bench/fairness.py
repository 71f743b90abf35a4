"""Fairness of the specimens: plain OCR must read undamaged values, and lose hopeless ones: `python -m bench.fairness`.

Plain PaddleOCR reads flat, upright pages of the test split. The bench looks for every printed value in its text, row by
row and word for word. At level 10 of a harm it must find next to nothing.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import cv2
import numpy as np
from pydantic import JsonValue
from rich.progress import track

from bench.baselines import LineReader, paddle
from bench.metrics import Figure, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.people.population import family, traits
from fixtures.pictures.picture import Leaf, PictureSpec, picture
from fixtures.truth import Damage, Harm, PictureStyle, PrintedField, Split

SEED: Final = 6
BENCH: Final = Bench("fairness", __doc__, SEED, "pages", small=48, full=192)
_LEAVES: Final = (Leaf.CHILD, Leaf.HOME, Leaf.FATHER, Leaf.ID_PORTRAIT, Leaf.ID_EMBLEM, Leaf.CERTIFICATE)
_HOPELESS: Final = 10


class Sought(NamedTuple):
    """A printed value, and whether the recognised text contains it."""

    page: PictureSpec
    field: PrintedField
    found: bool


def measure(count: int) -> Measured:
    """Read `count` undamaged pages, and some hopeless ones."""
    cv2.setNumThreads(1)
    read = paddle()
    whole = tuple(_sought(undamaged(count), read, "undamaged pages", count))
    harmed_count = len(Harm) * max(1, count // 48)
    lost = tuple(_sought(hopeless(harmed_count), read, "hopeless pages", harmed_count))
    missed = tuple(_row(one) for one in whole if not one.found)
    return Measured(tuple(figures(whole, lost)), {"undamaged values not found": missed})


def undamaged(count: int) -> Iterator[PictureSpec]:
    """Clean flatbed scans of every page kind that has values."""
    rng = np.random.default_rng(SEED)
    for number in range(count):
        kind = traits(rng).model_copy(update={"certificate": True})
        yield PictureSpec(
            family=family(Split.TEST, 2000 + number, kind),
            leaf=_leaf(number, kind.household),
            style=PictureStyle.FLATBED,
            seed=number,
            split=Split.TEST,
        )


def hopeless(count: int) -> Iterator[PictureSpec]:
    """The same pages, with each harm in turn at its highest level."""
    for number, page in enumerate(undamaged(count)):
        yield page.model_copy(update={"damage": Damage(harm=list(Harm)[number % len(Harm)], level=_HOPELESS)})


def stands_in(printed: str, text: str) -> bool:
    """Whether a text contains a printed value; blanks are ignored, and compatible forms of a character are equal."""
    return _plain(printed) in _plain(text)


def figures(whole: tuple[Sought, ...], lost: tuple[Sought, ...]) -> Iterator[Figure]:
    """Shares of values found: undamaged ones by page, hopeless ones by harm."""
    yield share("undamaged values found word for word", sum(one.found for one in whole), len(whole))
    for leaf in _LEAVES:
        own = [one.found for one in whole if one.page.leaf is leaf]
        yield share(f"undamaged, {leaf}", sum(own), len(own))
    yield share("values found at level 10", sum(one.found for one in lost), len(lost))
    for harm in Harm:
        own = [one.found for one in lost if one.page.damage and one.page.damage.harm is harm]
        yield share(f"level 10, {harm}", sum(own), len(own))


def _leaf(number: int, household: str) -> Leaf:
    leaf = _LEAVES[number % len(_LEAVES)]
    return Leaf.MOTHER if leaf is Leaf.FATHER and household == "mother_only" else leaf


def _sought(pages: Iterator[PictureSpec], read: LineReader, title: str, count: int) -> Iterator[Sought]:
    for page in track(pages, title, total=count, console=errors):
        captured = picture(page)
        lines = read(captured.image)
        text = "\n".join(line.text for line in lines)
        for field in captured.documents[0].fields:
            yield Sought(page, field, all(stands_in(row, text) for row in _rows(field)))


def _rows(field: PrintedField) -> tuple[str, ...]:
    """The rows of a value: characters whose boxes stand beside each other."""
    printed = [character for character in field.text if not character.isspace()]
    rows: list[str] = []
    last = None
    for character, box in zip(printed, field.characters, strict=True):
        if last is None or box.centre.y > last.bottom or box.right < last.left:
            rows.append("")
        rows[-1] += character
        last = box
    return tuple(rows)


def _plain(text: str) -> str:
    return re.sub(r"[\s:：.,，。·・•]", "", unicodedata.normalize("NFKC", text))


def _row(one: Sought) -> Mapping[str, JsonValue]:
    print_ = one.page.family.booklet.print
    return {
        "page": f"{one.page.seed}/{one.page.leaf}",
        "field": one.field.field,
        "printed": one.field.text,
        "faces": f"{print_.value}, {print_.hand}, {print_.strength}",
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
