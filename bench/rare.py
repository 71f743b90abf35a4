"""Verification of rare characters by their glyphs, where the engine cannot read: `python -m bench.rare [--full]`.

The bench prints each name with such a character twice, as on a register and on a certificate, and harms it up to the
level at which a person still reads without effort. It compares each with the name itself, and with names in which the
character is replaced by the most similar looking ones that the engine cannot read either. The typefaces used for
printing are not used for comparing.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from itertools import islice
from multiprocessing import get_context
from typing import Final, NamedTuple

import numpy as np
from pydantic import JsonValue
from rich.progress import track

from bench import verification
from bench.metrics import Figure, percentile, share
from bench.name_crops import HARMS, LEGIBLE, Drawn, NameCrop, NameReading, draw, read
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.people.names import NameKind, Rng, child_name, surname
from fixtures.truth import Split
from pipeline.cases.rare_names import queries_of
from pipeline.glyphs.compare import resemblance
from pipeline.glyphs.typefaces import neighbours
from pipeline.judge.name_match import NameContext, NameMatch, match_name

SEED: Final = 12
BENCH: Final = Bench("rare", __doc__, SEED, "names", small=150, full=1500)
_PROCESSES: Final = 2
_LOT: Final = 25
_KINDS: Final = (NameKind.RARE_A, NameKind.RARE_B, NameKind.RARE_LISTED)
_PRINTS: Final = {  # typefaces that a split prints rare characters with
    Split.TRAIN: ("Noto Serif CJK SC",),
    Split.TEST: ("BabelStone Han", "TW-Kai"),
}


class Typed(StrEnum):
    """Which name the parent entered."""

    EQUAL = "equal"
    NEAREST = "nearest"
    NEAR = "one of the ten nearest"


class Answer(NamedTuple):
    """The verdicts of two pages on an entered name, and the seconds that comparing took in total.

    `character` is the entered one, `printed` the one on the pages.
    """

    typed: Typed
    kind: NameKind
    printed: str
    character: str
    levels: tuple[int, int]
    verdicts: tuple[NameMatch, NameMatch]
    took: float


def measure(count: int) -> Measured:
    """Verify `count` names, each printed twice and entered in three ways."""
    answers = tuple(answers_of(Split.TEST, count))
    return Measured(tuple(figures(answers)), {"passed and another": tuple(map(row, filter(is_missed, answers)))})


def answers_of(split: Split, count: int) -> Iterator[Answer]:
    """Draw, read and compare `count` names, in two processes."""
    lots = [(split, start, min(count, start + _LOT)) for start in range(0, count, _LOT)]
    context = get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, mp_context=context, initializer=verification.begin) as pool:
        for answers in track(pool.map(_answered, lots), "names", total=len(lots), console=errors):
            yield from answers


def figures(answers: Iterable[Answer]) -> Iterator[Figure]:
    """Rates of passes with a note and of false accusations; then by harm and by kind; then the time."""
    kept = tuple(answers)
    yield from _rates("all", kept)
    for level in range(LEGIBLE + 1):
        yield from _rates(f"both up to level {level}", tuple(one for one in kept if max(one.levels) <= level))
    for kind in _KINDS:
        yield from _rates(f"{kind} names", tuple(one for one in kept if one.kind is kind))
    took = [one.took * 1000 for one in kept if one.took]
    yield Figure(name="comparing two pictures, p50", value=percentile(took, 50), unit="ms")
    yield Figure(name="comparing two pictures, p95", value=percentile(took, 95), unit="ms")


def passes(answer: Answer) -> bool:
    """Whether a case with these two pages is accepted with a note."""
    return all(verdict.equal or verdict.pictured for verdict in answer.verdicts)


def is_missed(answer: Answer) -> bool:
    """Whether a name passes that is not the printed one."""
    return answer.typed is not Typed.EQUAL and passes(answer)


def row(answer: Answer) -> Mapping[str, JsonValue]:
    """A row of the table of mistakes."""
    return {
        "printed": answer.printed,
        "typed": answer.character,
        "as": answer.typed,
        "levels": "+".join(map(str, answer.levels)),
        "margins": " ".join(f"{verdict.measured:.4f}" for verdict in answer.verdicts),
    }


def _rates(title: str, answers: Sequence[Answer]) -> Iterator[Figure]:
    by = {typed: [one for one in answers if one.typed is typed] for typed in Typed}
    equal = by[Typed.EQUAL]
    accused = sum(any(verdict.equal is False for verdict in one.verdicts) for one in equal)
    yield share(f"{title}: equal, passed with a note", sum(map(passes, equal)), len(equal))
    yield share(f"{title}: equal, 姓名不一致", accused, len(equal))
    for typed in (Typed.NEAREST, Typed.NEAR):
        yield share(f"{title}: {typed} character, passed", sum(map(passes, by[typed])), len(by[typed]))


def _answered(lot: tuple[Split, int, int]) -> list[Answer]:
    split, start, end = lot
    return [answer for number in range(start, end) for answer in _of_one(split, number)]


def _of_one(split: Split, number: int) -> Iterator[Answer]:
    """The answers for one name; none if the engine can read its rare character, or read nothing."""
    reader, rng = verification.reader(), np.random.default_rng((SEED, number))
    kind = _KINDS[number % len(_KINDS)]
    name = child_name(surname(kind, rng), kind, split, rng)
    if name[-1] in reader.alphabet:
        return
    one, other = (_page(name, kind, split, rng) for _ in range(2))
    if one is None or other is None:
        return
    unread = (near for near in neighbours(name[-1]) if near not in reader.alphabet)
    near = list(islice(unread, 10))
    typed = {Typed.EQUAL: name[-1], Typed.NEAREST: near[0], Typed.NEAR: near[int(rng.integers(1, len(near)))]}
    for way, character in typed.items():
        began = time.perf_counter()
        verdicts = tuple(_verdict(name[:-1] + character, page, split, reader) for page in (one, other))
        took = time.perf_counter() - began if all(page.compared for page in verdicts) else 0.0
        levels = (one.level, other.level)
        yield Answer(way, kind, name[-1], character, levels, (verdicts[0].said, verdicts[1].said), took)


class _Page(NamedTuple):
    level: int
    crop: NameCrop
    spoken: NameReading


class _Said(NamedTuple):
    said: NameMatch
    compared: bool


def _page(name: str, kind: NameKind, split: Split, rng: Rng) -> _Page | None:
    level = int(rng.integers(0, LEGIBLE + 1))
    harm = list(HARMS)[int(rng.integers(len(HARMS)))] if level else None
    crop = draw(Drawn(name, kind, harm, level), split, rng)
    spoken = read(crop, verification.engine())
    return _Page(level, crop, spoken) if spoken else None


def _verdict(name: str, page: _Page, split: Split, reader: NameContext) -> _Said:
    queries = queries_of(page.spoken.field, 1, name, reader.alphabet)
    compared = (
        resemblance(page.crop.picture, one.place, one.character, one.rivals, without=_PRINTS[split]) for one in queries
    )
    answers = tuple(answer for answer in compared if answer)
    field = page.spoken.field._replace(resemblances=answers)
    return _Said(match_name(name, field, reader.alphabet, reader.policy.names), bool(queries))


if __name__ == "__main__":
    run_bench(BENCH, measure)
