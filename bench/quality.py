"""Errors of 3002 and 影像不清: illegible pages that pass, legible pages that are blocked: `python -m bench.quality`.

The bench harms one page of a good case and reads it again; the other pages stay as they are. Only findings that the
unharmed case does not have count. The truth is what a person can read (docs/specimens.md), independent of the gate.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.cases import GATE, judged, replaced, scan, submission, whole
from bench.harmed_pages import FAMILIES, Harmed, applicants, plan
from bench.metrics import Figure, percentile, share
from bench.readings import Library, ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.specimens.harmed import REASONS
from fixtures.truth import Extent, Harm, Legibility, Split
from models.case import FileReading, ReadPage
from models.documents import Field
from models.findings import Finding, Reason
from models.geometry import Box
from models.result import Decision, Judgement, decide
from models.submission import Submission
from pipeline.cases.read_files import StartedFile

SEED: Final = 2
# harmed pages: three levels of every harm at every extent, or all nine
BENCH: Final = Bench("quality", __doc__, SEED, "pages", small=108, full=324)
_OVERLAP: Final = 0.5  # intersection over union from which a finding's box counts as the right place
# Reasons that help a parent as well as the exact one.
_ALSO: Final[Mapping[Harm, frozenset[Reason]]] = {
    Harm.DOWNSCALE: frozenset({Reason.BLUR}),
    Harm.GLARE: frozenset({Reason.TOO_BRIGHT}),
    Harm.OVER_EXPOSURE: frozenset({Reason.GLARE, Reason.LOW_CONTRAST}),
    Harm.SEAL: frozenset({Reason.LOW_CONTRAST}),
    Harm.JPEG: frozenset({Reason.TOO_SMALL}),
}


class Ending(StrEnum):
    """The result of a harmed page."""

    RIGHT = "right"
    ARGUABLE = "arguable"  # arguable: no result is a mistake
    PASSED = "illegible passed"  # no finding although a required value is illegible
    ASKED = "illegible left to a person"
    ACCUSED = "illegible called something else"  # an illegible value is reported as missing or different
    BLOCKED = "legible blocked"
    DOUBTED = "legible left to a person"


class Verdict(NamedTuple):
    """A harmed page and its result.

    Attributes:
        brought: Findings of the case that the harm caused.
        blamed: Findings of the gate about the page.
        size: Width and height of the picture in pixels.
        misread: Whether an illegible required value was read as something else; if the engine reads it correctly, it
            merely reads better than people do.
    """

    harmed: Harmed
    ending: Ending
    brought: tuple[Finding, ...]
    blamed: Finding | None
    size: tuple[int, int]
    misread: bool


class _Case(NamedTuple):
    """A good case without harm: its application, readings and findings."""

    submission: Submission
    files: tuple[FileReading, ...]
    good: Judgement


def measure(count: int, split: Split = Split.TEST) -> Measured:
    """Both kinds of mistake over `count` harmed pages."""
    return found(*judged_pages(count, split))


def found(verdicts: tuple[Verdict, ...], good: tuple[Judgement, ...]) -> Measured:
    """The figures of the verdicts, and every mistake."""
    mistakes = tuple(_row(one) for one in verdicts if _is_wrong(one))
    tables = {"mistakes": mistakes, "what was blamed": tuple(_blamed_rows(verdicts))}
    return Measured((*figures(verdicts), *clean_figures(good)), tables)


def judged_pages(count: int, split: Split) -> tuple[tuple[Verdict, ...], tuple[Judgement, ...]]:
    """Harm `count` pages, and judge each in its case; judge the cases without harm, too."""
    families = [applicants(n, split) for n in range(FAMILIES)]
    with library() as shelf:
        scans = [whole(family, n, split) for n, family in enumerate(families)]
        clean = [shelf.read(one) for one in track(scans, "good cases", console=errors)]
        cases = [submission(family, "quality") for family in families]
        good = tuple(judged(case, files, shelf.reader) for case, files in zip(cases, clean, strict=True))
        begun = ((harmed, shelf.start([scan(harmed.spec)])) for harmed in plan(count, split))
        verdicts = []
        for harmed, started in track(ahead(begun, 8), "harmed pages", total=count, console=errors):
            family_no = harmed.number % FAMILIES
            case = _Case(cases[family_no], clean[family_no], good[family_no])
            verdicts.append(_verdict(harmed, started, case, shelf))
        return tuple(verdicts), good


def figures(verdicts: tuple[Verdict, ...]) -> Iterator[Figure]:
    """Both kinds of mistake, by harm and level; and the reasons given for pages that were rightly blamed."""
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
    yield share("blamed box overlaps the value by half", sum(one >= _OVERLAP for one in overlaps), len(overlaps))
    if overlaps:
        yield Figure(name="overlap of the blamed box, median", value=percentile(overlaps, 50), unit="number")


def clean_figures(good: tuple[Judgement, ...]) -> Iterator[Figure]:
    """The cases without harm, which should be accepted; the gate should have no findings about them."""
    yield share("cases without harm accepted", sum(one.decision is Decision.ACCEPTED for one in good), len(good))
    blocked = sum(any(finding.code in GATE for finding in one.findings) for one in good)
    yield share("cases without harm blocked by the gate", blocked, len(good))


def ending(legibility: Legibility, said: Decision, *, gate: bool) -> Ending:
    """Classify the result of a page.

    Args:
        legibility: Legibility of the worst required value.
        said: The decision that the findings caused by the harm lead to.
        gate: Whether the gate has a finding about this page.
    """
    match legibility:
        case Legibility.DOUBTFUL:
            return Ending.ARGUABLE
        case Legibility.LEGIBLE:
            return {Decision.ACCEPTED: Ending.RIGHT, Decision.RETURNED: Ending.BLOCKED}.get(said, Ending.DOUBTED)
        case Legibility.ILLEGIBLE if gate:
            return Ending.RIGHT
        case Legibility.ILLEGIBLE:
            return {Decision.ACCEPTED: Ending.PASSED, Decision.RETURNED: Ending.ACCUSED}.get(said, Ending.ASKED)


def brought(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings that the unharmed case does not have."""
    there = {(one.code, one.reason, one.file, one.field) for one in before}
    return tuple(one for one in after if (one.code, one.reason, one.file, one.field) not in there)


def _verdict(harmed: Harmed, started: tuple[StartedFile, ...], case: _Case, shelf: Library) -> Verdict:
    (read,) = (file.finish() for file in started)
    after = judged(case.submission, replaced(case.files, read), shelf.reader)
    new = brought(case.good.findings, after.findings)
    blamed = next((one for one in after.findings if one.code in GATE and one.file == harmed.file), None)
    became = ending(harmed.legibility, decide(new), gate=blamed is not None)
    return Verdict(harmed, became, new, blamed, _size(read), _misread(harmed, after))


def _size(read: FileReading) -> tuple[int, int]:
    """Width and height of the only page; zeros if it was not read."""
    readings = [reading for page in read.pages if isinstance(page, ReadPage) for reading in page.readings]
    return (readings[0].width, readings[0].height) if readings else (0, 0)


def _misread(harmed: Harmed, after: Judgement) -> bool:
    read = {field.field: field.value for field in reversed(after.fields) if field.file == harmed.file}
    lost = [field for field in harmed.required if field.legibility is Legibility.ILLEGIBLE]
    return any(read.get(field.field, field.value) != field.value for field in lost)


def _blamed_rows(verdicts: tuple[Verdict, ...]) -> Iterator[Mapping[str, JsonValue]]:
    """Each harm with the reasons given for its illegible pages, and the overlap of the boxes."""
    for harm, extent in product(Harm, Extent):
        blamed = [
            one
            for one in verdicts
            if one.ending is Ending.RIGHT
            and one.blamed
            and (one.harmed.damage.harm, one.harmed.damage.extent) == (harm, extent)
        ]
        reasons = Counter(one.blamed.reason.value for one in blamed if one.blamed)
        overlaps = [f"{overlap:.2f}" for one in blamed if (overlap := _overlap(one)) is not None]
        if blamed:
            listed = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
            yield {"harm": f"{harm}, {extent}", "reasons": listed, "overlaps": " ".join(overlaps)}


def _mistakes(title: str, verdicts: tuple[Verdict, ...]) -> Iterator[Figure]:
    illegible = tuple(one for one in verdicts if one.harmed.legibility is Legibility.ILLEGIBLE)
    legible = tuple(one for one in verdicts if one.harmed.legibility is Legibility.LEGIBLE)
    for kind in (Ending.PASSED, Ending.ACCUSED, Ending.ASKED):
        yield share(f"{title}{kind}", _count(illegible, kind), len(illegible))
    misread = sum(one.ending is Ending.PASSED and one.misread for one in illegible)
    yield share(f"{title}illegible passed and misread", misread, len(illegible))
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
    """Intersection over union of the finding's box and the field's value; None if either is missing.

    A value that the picture does not show has no box.
    """
    blamed = verdict.blamed
    if blamed is None or blamed.box is None or blamed.field is None:
        return None
    true = next((field.box for field in verdict.harmed.required if field.field is blamed.field), None)
    seen = true.within(*verdict.size) if true else None
    return _shared(blamed.box, seen) if seen and seen.width and seen.height else None


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
        "findings": ", ".join(f"{one.code}/{one.reason} {one.field or ''}" for one in verdict.brought),
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
