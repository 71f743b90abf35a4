"""Characters that no engine reads, told by their pictures: `python -m bench.rare [--full]`.

Names with such a character are printed twice, as on a register and on a certificate, and harmed up to the level at
which a person still reads without effort. Each is compared with the name itself, and with names in which that character
is exchanged for others that nobody reads and that look most like it. The typefaces that print are not among those that
are compared with.
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
from bench.name_crops import HARMS, LEGIBLE, Drawn, Spoken, Strip, draw, read
from bench.report import Measured
from bench.runner import Bench, conduct
from bench.tables import errors
from fixtures.people.names import NameKind, Rng, child_name, surname
from fixtures.truth import Split
from pipeline.cases.rare_names import questions_of
from pipeline.glyphs.compare import resemblance
from pipeline.glyphs.typefaces import neighbours
from pipeline.judge.likeness import NameContext
from pipeline.judge.name_match import NameMatch, match_name

SEED: Final = 12
BENCH: Final = Bench("rare", __doc__, SEED, "names", small=150, full=1500)
_PROCESSES: Final = 2
_LOT: Final = 25
_KINDS: Final = (NameKind.RARE_A, NameKind.RARE_B, NameKind.RARE_LISTED)
_PRINTS: Final = {  # families that a split prints rare characters with
    Split.TRAIN: ("Noto Serif CJK SC",),
    Split.TEST: ("BabelStone Han", "TW-Kai"),
}


class Typed(StrEnum):
    """What the parent typed in."""

    EQUAL = "equal"
    NEAREST = "nearest"
    NEAR = "one of the ten nearest"


class Answer(NamedTuple):
    """What two pages said of a typed name: their verdicts, and how many seconds comparing took in all.

    `character` is the typed one, `printed` the one on the pages.
    """

    typed: Typed
    kind: NameKind
    printed: str
    character: str
    levels: tuple[int, int]
    verdicts: tuple[NameMatch, NameMatch]
    took: float


def measure(count: int) -> Measured:
    """Ask of so many names, each printed twice and typed in three ways."""
    answers = tuple(answers_of(Split.TEST, count))
    return Measured(tuple(figures(answers)), {"passed and another": tuple(map(row, filter(is_missed, answers)))})


def answers_of(split: Split, count: int) -> Iterator[Answer]:
    """Draw, read and compare so many names, in two processes."""
    lots = [(split, start, min(count, start + _LOT)) for start in range(0, count, _LOT)]
    context = get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, mp_context=context, initializer=verification.begin) as pool:
        for answers in track(pool.map(_answered, lots), "names", total=len(lots), console=errors):
            yield from answers


def figures(answers: Iterable[Answer]) -> Iterator[Figure]:
    """Rates of names that pass with a note and of accusations; then by harm and by kind; then the time."""
    held = tuple(answers)
    yield from _rates("all", held)
    for level in range(LEGIBLE + 1):
        yield from _rates(f"both up to level {level}", tuple(one for one in held if max(one.levels) <= level))
    for kind in _KINDS:
        yield from _rates(f"{kind} names", tuple(one for one in held if one.kind is kind))
    took = [one.took * 1000 for one in held if one.took]
    yield Figure(name="comparing two pictures, p50", value=percentile(took, 50), unit="ms")
    yield Figure(name="comparing two pictures, p95", value=percentile(took, 95), unit="ms")


def passes(answer: Answer) -> bool:
    """Whether a case with these two pages is accepted with a note."""
    return all(verdict.equal or verdict.pictured for verdict in answer.verdicts)


def is_missed(answer: Answer) -> bool:
    """Whether another name than the printed one passes."""
    return answer.typed is not Typed.EQUAL and passes(answer)


def row(answer: Answer) -> Mapping[str, JsonValue]:
    """For the table of mistakes."""
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
    """Nothing of a name whose rare character the engine reads, or of which it read nothing at all."""
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
    strip: Strip
    spoken: Spoken


class _Said(NamedTuple):
    said: NameMatch
    compared: bool


def _page(name: str, kind: NameKind, split: Split, rng: Rng) -> _Page | None:
    level = int(rng.integers(0, LEGIBLE + 1))
    harm = list(HARMS)[int(rng.integers(len(HARMS)))] if level else None
    strip = draw(Drawn(name, kind, harm, level), split, rng)
    spoken = read(strip, verification.engine())
    return _Page(level, strip, spoken) if spoken else None


def _verdict(name: str, page: _Page, split: Split, reader: NameContext) -> _Said:
    asked = questions_of(page.spoken.field, 1, name, reader.alphabet)
    told = (
        resemblance(page.strip.picture, one.place, one.character, one.rivals, without=_PRINTS[split]) for one in asked
    )
    answers = tuple(answer for answer in told if answer)
    field = page.spoken.field._replace(resemblances=answers)
    return _Said(match_name(name, field, reader.alphabet, reader.policy.names), bool(asked))


if __name__ == "__main__":
    conduct(BENCH, measure)
