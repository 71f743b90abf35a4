"""Error rates of name verification over thousands of pairs with reading noise: `python -m bench.verification [--full]`.

The bench prints names as offices do and harms them up to the level at which a person still reads without effort; the
real engine reads each crop. It compares each reading with the name itself, with a name in which one character is
replaced by its look-alike, with one from the table of characters that people confuse, and with names that have a
character more or less, two characters swapped, or another sign for the dot.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final, NamedTuple

import cv2
import numpy as np
from pydantic import JsonValue
from rich.progress import track

from bench.glyphs import nearest_impostor
from bench.metrics import Figure, share
from bench.name_crops import HARMS, LEGIBLE, Drawn, NameReading, draw, plan, read
from bench.names import Said, Typed
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.people.names import Rng, impostor, longer, shorter, swapped
from fixtures.truth import Split
from models.names import SEPARATOR
from models.policy import Policy
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.name_match import NameContext, NameMatch, combine
from pipeline.judge.rules.names import hardly_another, match_on
from pipeline.names.characters import readable
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions

SEED: Final = 9
BENCH: Final = Bench("verification", __doc__, SEED, "names", small=2000, full=50_000)
_PROCESSES: Final = 2
_LOT: Final = 50
_SIGNS: Final = "。●○,、-*_"  # typed where the keyboard has no dot
_SAME: Final = frozenset({Typed.EQUAL, Typed.SIGNED})
_EDITED: Final = (Typed.LONGER, Typed.SHORTER, Typed.SWAPPED)
_OTHERS: Final = (Typed.NEAREST, Typed.CONFUSED, *_EDITED)


class Answer(NamedTuple):
    """The verdicts on an entered name: from one page, and from two that show it.

    `in_charset` names contain only characters that the engine can read.
    """

    drawn: Drawn
    typed: Typed
    name: str
    said: Said
    of_two: Said
    in_charset: bool


def measure(count: int, split: Split = Split.TEST) -> Measured:
    """Verify `count` names, each entered in several ways."""
    answers = tuple(answers_of(split, count))
    return Measured(tuple(figures(answers)), {"mistakes": tuple(map(row, filter(is_wrong, answers)))})


def answers_of(split: Split, count: int) -> Iterator[Answer]:
    """Draw, read and compare `count` names, in two processes."""
    lots = [(split, start, min(count, start + _LOT)) for start in range(0, count, _LOT)]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn"), initializer=begin) as pool:
        for answers in track(pool.map(_answered, lots), "names", total=len(lots), console=errors):
            yield from answers


def figures(answers: Iterable[Answer]) -> Iterator[Figure]:
    """The main rates, for names that the engine can read and for others; then by harm and by kind."""
    held = tuple(answers)
    inside, outside = (tuple(one for one in held if one.in_charset is wanted) for wanted in (True, False))
    for title, group in (("names in the charset", inside), ("names out of the charset", outside)):
        yield from _rates(f"{title}, on one page", group, lambda one: one.said)
        yield from _rates(f"{title}, on two pages", group, lambda one: one.of_two)
    for level in sorted({one.drawn.level for one in held}):
        group = tuple(one for one in inside if one.drawn.level == level)
        yield from _rates(f"in the charset, level {level}", group, lambda one: one.said)
    for kind in dict.fromkeys(one.drawn.kind for one in held):
        yield from _rates(f"{kind} names", tuple(one for one in held if one.drawn.kind is kind), lambda one: one.said)


def is_wrong(answer: Answer) -> bool:
    """Whether an equal name is accused, or a different one passes."""
    return answer.said is (Said.DIFFERS if answer.typed in _SAME else Said.NOTHING)


def row(answer: Answer) -> Mapping[str, JsonValue]:
    """A row of the table of mistakes."""
    drawn = answer.drawn
    harm = f"{drawn.harm} {drawn.level}" if drawn.harm else ""
    return {"printed": drawn.name, "typed": answer.name, "as": answer.typed, "harm": harm, "said": answer.said}


def _rates(title: str, answers: tuple[Answer, ...], said: Callable[[Answer], Said]) -> Iterator[Figure]:
    equal = Counter(said(one) for one in answers if one.typed is Typed.EQUAL)
    yield share(f"{title}: false 姓名不一致", equal[Said.DIFFERS], equal.total())
    yield share(f"{title}: equal name decided without a person", equal[Said.NOTHING], equal.total())
    yield share(f"{title}: equal name illegible", equal[Said.ILLEGIBLE], equal.total())
    for typed in _OTHERS:
        other = Counter(said(one) for one in answers if one.typed is typed)
        yield share(f"{title}: {typed} missed", other[Said.NOTHING], other.total())
        yield share(f"{title}: {typed} called different", other[Said.DIFFERS], other.total())
    edited = Counter(said(one) for one in answers if one.typed in _EDITED)
    yield share(f"{title}: edited, called different", edited[Said.DIFFERS], edited.total())
    yield share(
        f"{title}: edited, called different or in doubt", edited[Said.DIFFERS] + edited[Said.DOUBT], edited.total()
    )
    signed = Counter(said(one) for one in answers if one.typed is Typed.SIGNED)
    yield share(f"{title}: {Typed.SIGNED} called different", signed[Said.DIFFERS], signed.total())


_loaded: list[tuple[OcrEngine, NameContext]] = []


def begin() -> None:
    """Load the engine of this process."""
    cv2.setNumThreads(1)
    options = OcrOptions(threads=1)
    kind = engine_kind(options.engine)
    _loaded.append((kind.load(options), NameContext(readable(kind.alphabet(options)), Policy())))


def engine() -> OcrEngine:
    """The engine of this process."""
    return _loaded[0][0]


def reader() -> NameContext:
    """The alphabet and the limits of this process."""
    return _loaded[0][1]


def _answered(lot: tuple[Split, int, int]) -> list[Answer]:
    split, start, end = lot
    return [answer for number in range(start, end) for answer in _of_one(split, number)]


def _of_one(split: Split, number: int) -> Iterator[Answer]:
    ocr, reader = _loaded[0]
    drawn, rng = plan(split, SEED, number)
    spoken = [read(draw(one, split, rng), ocr) for one in (drawn, _harmed_anew(drawn, rng))]
    inside = all(character in reader.alphabet for character in drawn.name if character != "·")
    for typed, name in _entered(drawn.name, np.random.default_rng(number)):
        held = [(one, verdict) for one in spoken if one and (verdict := _verdict(name, one, reader))]
        alone = [row for row in held if row[0] is spoken[0]]
        yield Answer(drawn, typed, name, _said(name, alone, reader), _said(name, held, reader), inside)


def _entered(name: str, rng: Rng) -> Iterator[tuple[Typed, str]]:
    """The names that are entered for a printed one."""
    yield Typed.EQUAL, name
    yield Typed.NEAREST, nearest_impostor(name)
    yield Typed.CONFUSED, impostor(name, rng)
    yield Typed.LONGER, longer(name, rng)
    yield Typed.SHORTER, shorter(name, rng)
    if exchanged := swapped(name, rng):
        yield Typed.SWAPPED, exchanged
    if SEPARATOR in name:
        yield Typed.SIGNED, name.replace(SEPARATOR, _SIGNS[int(rng.integers(len(_SIGNS)))])


def _harmed_anew(drawn: Drawn, rng: Rng) -> Drawn:
    """Another harmed picture of the same name."""
    level = int(rng.integers(0, LEGIBLE + 1))
    return drawn._replace(level=level, harm=list(HARMS)[int(rng.integers(len(HARMS)))] if level else None)


def _verdict(name: str, spoken: NameReading, reader: NameContext) -> NameMatch | None:
    """The verdict on a page; None for an illegible one, which the rules never compare."""
    if legibility_of(spoken.field, reader.policy.legibility).legibility is Legibility.UNREADABLE:
        return None
    return match_on(name, spoken.field, spoken.lines, reader)


def _said(name: str, held: Sequence[tuple[NameReading, NameMatch]], reader: NameContext) -> Said:
    """The rule's finding from the legible pages, a register and a certificate."""
    if not held:
        return Said.ILLEGIBLE
    if combine([verdict for _, verdict in held], reader.policy.names):
        return Said.NOTHING
    confirmed = any(verdict.equal for _, verdict in held)
    accused = (one for one, verdict in held if verdict.equal is False)
    return Said.DIFFERS if any(not (confirmed and hardly_another(name, one.field)) for one in accused) else Said.DOUBT


if __name__ == "__main__":
    run_bench(BENCH, measure)
