"""3002 and 影像不清: what passes that nobody can read, and what is blocked that anybody can: `python -m bench.quality`.

One page of a good case is harmed and read again; the other pages of the case stay as they are. The truth is what a
person can read (docs/specimens.md), not what our own gate thinks of it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench import machine
from bench.cases import judged, page_of, replaced, scan, submission, whole
from bench.figures import Figure, percentile, share
from bench.readings import Library, ahead, library
from bench.report import Load, Report, Run, newest, report, write
from bench.size import asked
from bench.tables import compared, console, errors, heading, observed
from fixtures.people.family import Family
from fixtures.people.population import Traits, family
from fixtures.pictures.picture import Leaf, PictureSpec
from fixtures.specimens.harmed import REASONS, REQUIRED
from fixtures.specimens.specimen import true_pages
from fixtures.truth import Damage, Extent, Harm, Legibility, PrintedField, Split
from models.case import FileReading
from models.documents import Field, PageKind
from models.findings import Code, Finding, Reason
from models.geometry import Box
from models.result import Decision, Judgement
from pipeline.read_files import StartedFile

BENCH: Final = "quality"
SEED: Final = 2
_SMALL, _FULL = 120, 480  # harmed pages
_LEAVES: Final = (Leaf.CHILD, Leaf.CHILD, Leaf.HOME, Leaf.ID_PORTRAIT, Leaf.CERTIFICATE)
_GATE: Final = frozenset({Code.REGISTER_ILLEGIBLE, Code.ILLEGIBLE})
_OVERLAP: Final = 0.3  # of boxes, as a share of what either covers, from which the right place was blamed
_FAMILIES: Final = 12
_SHOWN: Final = 30
# Reasons that a parent would understand as well as the exact one.
_ALSO: Final[Mapping[Harm, frozenset[Reason]]] = {
    Harm.DOWNSCALE: frozenset({Reason.BLUR}),
    Harm.GLARE: frozenset({Reason.TOO_BRIGHT}),
    Harm.OVER_EXPOSURE: frozenset({Reason.GLARE, Reason.LOW_CONTRAST}),
    Harm.SEAL: frozenset({Reason.LOW_CONTRAST}),
    Harm.JPEG: frozenset({Reason.TOO_SMALL}),
}


class Ending(StrEnum):
    """What became of a harmed page."""

    RIGHT = "right"
    ARGUABLE = "arguable"  # two people would differ: nothing is a mistake
    PASSED = "illegible passed"  # accepted although a required value cannot be read
    ASKED = "illegible left to a person"
    ACCUSED = "illegible accused"  # something was held against what nobody can read
    BLOCKED = "legible blocked"
    DOUBTED = "legible left to a person"


class Harmed(NamedTuple):
    """A page to harm: of which case, how, and what it shows then."""

    number: int
    leaf: Leaf
    damage: Damage
    spec: PictureSpec
    fields: tuple[PrintedField, ...]

    @property
    def required(self) -> tuple[PrintedField, ...]:
        """The values that the page is needed for, of the person whom it is about."""
        wanted = REQUIRED[self.leaf]
        return tuple({field.field: field for field in reversed(self.fields) if field.field in wanted}.values())

    @property
    def legibility(self) -> Legibility:
        """Of the worst required value."""
        return min((field.legibility for field in self.required), default=Legibility.LEGIBLE)


class Verdict(NamedTuple):
    """A harmed page and what was said of its case."""

    harmed: Harmed
    ending: Ending
    judgement: Judgement

    @property
    def blamed(self) -> Finding | None:
        """The first finding of the gate."""
        return next((finding for finding in self.judgement.findings if finding.code in _GATE), None)


def main() -> None:
    """Run the bench: harm, read, judge; keep the report and print it beside the newest earlier one."""
    size = asked(BENCH, __doc__ or "", small=_SMALL, full=_FULL)
    settings = {"pages": size.amount}
    before = newest(BENCH, settings)
    began, commit, load_before = datetime.now(tz=UTC), machine.commit(), machine.load()
    verdicts = tuple(verdicts_of(size.amount))
    load = Load(before=load_before, most=machine.load(), after=machine.load())
    run = Run(bench=BENCH, began=began, commit=commit, load=load, seed=SEED, settings=settings)
    made = report(run, tuple(figures(verdicts)), {"mistakes": tuple(_row(one) for one in verdicts if _is_wrong(one))})
    write(made)
    show(made, before)


def plan(count: int) -> Iterator[Harmed]:
    """Pages to harm: every harm over page, value and margin, at levels from 2 to 10, each of another case in turn."""
    conditions = list(product((3, 8, 5, 10, 4, 7, 2, 9, 6), Extent, Harm))
    for number in range(count):
        level, extent, harm = conditions[number % len(conditions)]
        leaf = _LEAVES[(number + number // len(conditions)) % len(_LEAVES)]
        field = REQUIRED[leaf][number % len(REQUIRED[leaf])] if extent is Extent.FIELD else None
        damage = Damage(harm=harm, level=level, extent=extent, field=field)
        yield _harmed(number, leaf, damage)


def applicants(number: int) -> Family:
    """The family whose page is harmed; a dozen families take turns, so that their other pages are read once."""
    return family(Split.TEST, 500 + number % _FAMILIES, Traits(certificate=True))


def verdicts_of(count: int) -> Iterator[Verdict]:
    """Harm so many pages, and judge each in its case."""
    with library() as shelf:
        clean = {n: shelf.read(whole(applicants(n), n)) for n in track(range(_FAMILIES), "good cases", console=errors)}
        begun = ((harmed, shelf.start([scan(harmed.spec)])) for harmed in plan(count))
        for harmed, started in track(ahead(begun, 8), "harmed pages", total=count, console=errors):
            yield _verdict(harmed, started, clean[harmed.number % _FAMILIES], shelf)


def clean_cases(shelf: Library) -> Iterator[Judgement]:
    """The cases without any harm: what is wrong here is not the gate's fault."""
    for n in range(_FAMILIES):
        yield judged(submission(applicants(n), f"quality-{n}"), shelf.read(whole(applicants(n), n)), shelf.reader)


def figures(verdicts: tuple[Verdict, ...]) -> Iterator[Figure]:
    """Both kinds of mistake, by harm and level; and what was said of the pages that were rightly blamed."""
    yield from _mistakes("", verdicts)
    for harm in Harm:
        yield from _mistakes(f"{harm}: ", tuple(one for one in verdicts if one.harmed.damage.harm is harm))
    for level in range(2, 11):
        yield from _mistakes(f"level {level}: ", tuple(one for one in verdicts if one.harmed.damage.level == level))
    margin = tuple(one for one in verdicts if one.harmed.damage.extent is Extent.MARGIN)
    yield share("harm in an empty margin blocked", _count(margin, Ending.BLOCKED), len(margin))
    blamed = [one for one in verdicts if one.ending is Ending.RIGHT and one.blamed is not None]
    yield share("right reason of those rightly blocked", sum(map(_right_reason, blamed)), len(blamed))
    named = [one for one in blamed if one.blamed and one.blamed.field]
    yield share("right field of those that name one", sum(map(_right_field, named)), len(named))
    overlaps = [overlap for one in blamed if (overlap := _overlap(one)) is not None]
    yield share("blamed box overlaps the value", sum(one >= _OVERLAP for one in overlaps), len(overlaps))
    if overlaps:
        yield Figure(name="overlap of the blamed box, median", value=percentile(overlaps, 50), unit="number")


def ending(legibility: Legibility, judgement: Judgement) -> Ending:
    """What became of a page whose worst required value is so legible; nothing else is wrong with its case."""
    gate = any(finding.code in _GATE for finding in judgement.findings)
    match legibility:
        case Legibility.DOUBTFUL:
            return Ending.ARGUABLE
        case Legibility.LEGIBLE if judgement.decision is Decision.ACCEPTED:
            return Ending.RIGHT
        case Legibility.LEGIBLE:
            return Ending.BLOCKED if judgement.decision is Decision.RETURNED else Ending.DOUBTED
        case Legibility.ILLEGIBLE if judgement.decision is Decision.RETURNED:
            return Ending.RIGHT if gate else Ending.ACCUSED
        case Legibility.ILLEGIBLE:
            return Ending.PASSED if judgement.decision is Decision.ACCEPTED else Ending.ASKED


def show(made: Report, before: Report | None) -> None:
    """Print a report beside an earlier one."""
    console.print(heading(made, before), highlight=False)
    console.print(compared("The gate", (one for one in made.figures if one.total or one.unit != "share"), before))
    for title, rows in made.details.items():
        console.print(observed(title, rows[:_SHOWN]))


def _harmed(number: int, leaf: Leaf, damage: Damage) -> Harmed:
    spec = page_of(applicants(number), leaf, number).model_copy(update={"damage": damage})
    (page,) = true_pages(f"{leaf}.jpg", 1, spec)
    return Harmed(number, leaf, damage, spec, page.fields)


def _verdict(
    harmed: Harmed, started: tuple[StartedFile, ...], clean: tuple[FileReading, ...], shelf: Library
) -> Verdict:
    (read,) = (file.finish() for file in started)
    files = replaced(clean, read)
    judgement = judged(submission(applicants(harmed.number), f"quality-{harmed.number}"), files, shelf.reader)
    return Verdict(harmed, ending(harmed.legibility, judgement), judgement)


def _mistakes(title: str, verdicts: tuple[Verdict, ...]) -> Iterator[Figure]:
    illegible = tuple(one for one in verdicts if one.harmed.legibility is Legibility.ILLEGIBLE)
    legible = tuple(one for one in verdicts if one.harmed.legibility is Legibility.LEGIBLE)
    for kind in (Ending.PASSED, Ending.ACCUSED, Ending.ASKED):
        yield share(f"{title}{kind}", _count(illegible, kind), len(illegible))
    for kind in (Ending.BLOCKED, Ending.DOUBTED):
        yield share(f"{title}{kind}", _count(legible, kind), len(legible))


def _count(verdicts: tuple[Verdict, ...], kind: Ending) -> int:
    return sum(one.ending is kind for one in verdicts)


def _is_wrong(verdict: Verdict) -> bool:
    return verdict.ending not in (Ending.RIGHT, Ending.ARGUABLE)


def _right_reason(verdict: Verdict) -> bool:
    harm, blamed = verdict.harmed.damage.harm, verdict.blamed
    return blamed is not None and blamed.reason in {REASONS[harm], *_ALSO.get(harm, ())}


def _right_field(verdict: Verdict) -> bool:
    lost = {field.field for field in verdict.harmed.required if field.legibility is Legibility.ILLEGIBLE}
    return verdict.blamed is not None and verdict.blamed.field in lost


def _overlap(verdict: Verdict) -> float | None:
    """Of the blamed box and the value of the blamed field, as a share of what either covers; None without both."""
    blamed = verdict.blamed
    if blamed is None or blamed.box is None or blamed.field is None:
        return None
    true = next((field.box for field in verdict.harmed.required if field.field is blamed.field), None)
    return None if true is None else _shared(blamed.box, true)


def _shared(one: Box, other: Box) -> float:
    both = one.overlap(other)
    return both / max(1, one.width * one.height + other.width * other.height - both)


def _row(verdict: Verdict) -> Mapping[str, JsonValue]:
    harmed = verdict.harmed
    worst: Field | None = min(harmed.required, key=lambda field: field.legibility).field if harmed.required else None
    return {
        "page": f"{harmed.number}/{harmed.leaf}",
        "picture": harmed.spec.style,
        "harm": f"{harmed.damage.harm} {harmed.damage.level}, {harmed.damage.extent} {harmed.damage.field or ''}",
        "worst": f"{worst} {harmed.legibility.name.lower()}",
        "ending": verdict.ending,
        "findings": ", ".join(f"{one.code}/{one.reason} {one.field or ''}" for one in verdict.judgement.findings),
        "kinds": ", ".join(one.kind for one in verdict.judgement.pages if one.kind is PageKind.UNREADABLE),
    }


if __name__ == "__main__":
    main()
