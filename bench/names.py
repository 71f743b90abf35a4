"""Error rates of 姓名不一致: raised for equal names, or not raised for different ones: `python -m bench.names`.

The bench harms and reads the child's card once. It then judges the case with three entered names: the printed one, one
with the most similar looking character, and one from the table of characters that people confuse.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from pydantic import JsonValue
from rich.progress import track

from bench.cases import judged, page_of, replaced, scan, submission, whole
from bench.glyphs import nearest_impostor
from bench.metrics import Figure, share
from bench.readings import Library, ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.people.family import Family
from fixtures.people.names import NameKind, impostor
from fixtures.people.population import Traits, family
from fixtures.pictures.picture import Leaf, PictureSpec
from fixtures.specimens.application import typed_child
from fixtures.specimens.specimen import true_pages
from fixtures.truth import Damage, Harm, Legibility, Split
from models.case import FileReading
from models.documents import Field, Person
from models.findings import Code
from models.result import Judgement
from pipeline.cases.read_files import StartedFile

SEED: Final = 3
BENCH: Final = Bench("names", __doc__, SEED, "pictures", small=36, full=240)
_A_FAMILY: Final = 12  # pictures of each family's card, at most
_KINDS: Final = (
    NameKind.PLAIN, NameKind.CONFUSABLE, NameKind.PLAIN, NameKind.COMPOUND, NameKind.CONFUSABLE, NameKind.MINORITY,
    NameKind.SHORT, NameKind.RARE_LISTED, NameKind.PLAIN, NameKind.LONG, NameKind.RARE_A, NameKind.RARE_B,
)  # fmt: skip
_HARMS: Final = (Harm.DEFOCUS, Harm.MOTION, Harm.LOW_CONTRAST, Harm.JPEG, Harm.DOWNSCALE)
_CONDITIONS: Final = ((None, 0), *product(_HARMS, (2, 4, 6, 8)))


class Typed(StrEnum):
    """Which name the parent entered; this bench enters the first three, bench.verification all."""

    EQUAL = "equal"
    NEAREST = "nearest glyph"
    CONFUSED = "confusable"
    LONGER = "a character more"
    SHORTER = "a character less"
    SWAPPED = "two characters swapped"
    SIGNED = "another sign for the dot"


class Said(StrEnum):
    """The gravest finding about the name."""

    NOTHING = "nothing"
    DIFFERS = "姓名不一致"
    DOUBT = "姓名待核"
    ILLEGIBLE = "3002"
    ELSE = "something else"  # the card was not recognised as the child's


class Trial(NamedTuple):
    """A picture of a card: the family, the harm, and the legibility of the name."""

    family: Family
    kind: NameKind
    damage: Damage | None
    page: PictureSpec
    legibility: Legibility

    @property
    def level(self) -> int:
        """Level of the harm."""
        return self.damage.level if self.damage else 0


class Answer(NamedTuple):
    """The finding about a trial with this entered name."""

    trial: Trial
    typed: Typed
    name: str
    said: Said


def measure(count: int) -> Measured:
    """Judge `count` pictures, each with three entered names."""
    answers = tuple(answers_of(count))
    return Measured(tuple(figures(answers)), {"mistakes": tuple(_row(one) for one in answers if _is_wrong(one))})


def plan(count: int) -> Iterator[Trial]:
    """Plan `count` pictures; each family's card appears under several conditions."""
    families = max(1, count // _A_FAMILY)
    for number in range(count):
        at, turn = number % families, number // families
        harm, level = _CONDITIONS[(turn + 7 * at) % len(_CONDITIONS)]
        damage = Damage(harm=harm, level=level) if harm else None
        page = page_of(_family(at), Leaf.CHILD, at).model_copy(update={"damage": damage})
        (shown,) = true_pages(f"{Leaf.CHILD}.jpg", 1, page)
        name = next(field for field in shown.fields if field.field is Field.NAME)
        yield Trial(_family(at), _KINDS[at % len(_KINDS)], damage, page, name.legibility)


def answers_of(count: int) -> Iterator[Answer]:
    """Read `count` pictures, and judge each with three entered names."""
    with library() as shelf:
        families = range(max(1, count // _A_FAMILY))
        clean = [shelf.read(whole(_family(n), n)) for n in track(families, "good cases", console=errors)]
        begun = ((number, trial, shelf.start([scan(trial.page)])) for number, trial in enumerate(plan(count)))
        for number, trial, started in track(ahead(begun, 8), "pictures", total=count, console=errors):
            yield from _answers(trial, started, clean[number % len(clean)], shelf)


def figures(answers: tuple[Answer, ...]) -> Iterator[Figure]:
    """False alarms, missed differences and doubts on legible names; by level and kind of name."""
    seen = tuple(one for one in answers if one.trial.legibility is Legibility.LEGIBLE)
    hard = tuple(one for one in answers if one.trial.legibility is not Legibility.LEGIBLE)
    yield from _rates("legible names", seen)
    yield from _rates("names that are hard or impossible to read", hard)
    for level in sorted({one.trial.level for one in answers}):
        yield from _rates(f"level {level}", tuple(one for one in answers if one.trial.level == level))
    for kind in dict.fromkeys(_KINDS):
        yield from _rates(f"legible {kind} names", tuple(one for one in seen if one.trial.kind is kind))


def said_of(judgement: Judgement) -> Said:
    """The gravest finding about the child's name."""
    codes = {finding.code for finding in judgement.findings}
    if Code.NAME_DIFFERS in codes:
        return Said.DIFFERS
    if Code.NAME_IN_DOUBT in codes:
        return Said.DOUBT
    if any(one.code is Code.REGISTER_ILLEGIBLE and one.file == f"{Leaf.CHILD}.jpg" for one in judgement.findings):
        return Said.ILLEGIBLE
    return Said.ELSE if codes & {Code.PAGE_MISSING, Code.WRONG_DOCUMENT} else Said.NOTHING


def _family(number: int) -> Family:
    return family(Split.TEST, 900 + number, Traits(name=_KINDS[number % len(_KINDS)]))


def _answers(
    trial: Trial, started: tuple[StartedFile, ...], clean: tuple[FileReading, ...], shelf: Library
) -> Iterator[Answer]:
    (read,) = (file.finish() for file in started)
    files = replaced(clean, read)
    for typed, name in _names(trial):
        child = typed_child(trial.family, name=name)
        judgement = judged(submission(trial.family, "names", child), files, shelf.reader)
        yield Answer(trial, typed, name, said_of(judgement))


def _names(trial: Trial) -> Iterator[tuple[Typed, str]]:
    name = trial.family.member(Person.CHILD).name
    yield Typed.EQUAL, name
    yield Typed.NEAREST, nearest_impostor(name)
    yield Typed.CONFUSED, impostor(name, np.random.default_rng(SEED))


def _rates(title: str, answers: tuple[Answer, ...]) -> Iterator[Figure]:
    equal = [one.said for one in answers if one.typed is Typed.EQUAL]
    yield share(f"{title}: false 姓名不一致", equal.count(Said.DIFFERS), len(equal))
    yield share(f"{title}: equal name in doubt", equal.count(Said.DOUBT), len(equal))
    yield share(f"{title}: equal name passed", equal.count(Said.NOTHING), len(equal))
    for typed in (Typed.NEAREST, Typed.CONFUSED):
        other = [one.said for one in answers if one.typed is typed]
        yield share(f"{title}: {typed} missed", other.count(Said.NOTHING), len(other))
        yield share(f"{title}: {typed} caught", other.count(Said.DIFFERS), len(other))


def _is_wrong(answer: Answer) -> bool:
    return answer.said is (Said.DIFFERS if answer.typed is Typed.EQUAL else Said.NOTHING)


def _row(answer: Answer) -> Mapping[str, JsonValue]:
    trial = answer.trial
    return {
        "printed": trial.family.member(Person.CHILD).name,
        "typed": answer.name,
        "as": answer.typed,
        "kind": trial.kind,
        "picture": trial.page.style,
        "harm": f"{trial.damage.harm} {trial.damage.level}" if trial.damage else "",
        "name is": trial.legibility.name.lower(),
        "said": answer.said,
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
