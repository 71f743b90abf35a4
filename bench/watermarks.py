"""Good families with a watermark on every page, by turns faint and strong, test split: `python -m bench.watermarks`.

The test split draws its watermarks by other code than the training split, on which the thresholds were chosen.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.cases import judged
from bench.metrics import Figure, share
from bench.readings import Scan, ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.scoring import ScoredField, score_case, score_fields
from bench.tables import errors
from fixtures.pictures.files import content
from fixtures.specimens.real import of_kind
from fixtures.specimens.specimen import expected
from fixtures.truth import Expected, Split
from models.codes import Severity
from models.result import Decision, Judgement

SEED: Final = 31
BENCH: Final = Bench("watermarks", __doc__, SEED, "submissions", small=20, full=200)
_KINDS: Final = ("faint-watermark", "strong-watermark")


class MarkedCase(NamedTuple):
    """A submission under watermarks, and what became of it."""

    kind: str
    truth: Expected
    judgement: Judgement
    fields: tuple[ScoredField, ...]
    wrong: int

    @property
    def pages(self) -> frozenset[str]:
        """The files of one page each with printed fields."""
        return frozenset(field.page.file for field in self.fields)

    @property
    def pages_wrong(self) -> frozenset[str]:
        """Those of which a field was not read right."""
        return frozenset(field.page.file for field in self.fields if not field.value_right)


def measure(count: int, split: Split = Split.TEST) -> Measured:
    """Even numbers are faint, odd ones strong."""
    cases = tuple(_cases(count, split))
    return Measured(tuple(figures(cases)), {"cases not accepted, and pages not right": tuple(map(_row, cases))})


def figures(cases: tuple[MarkedCase, ...]) -> Iterator[Figure]:
    """Of faint and strong watermarks each: families sent home and to a person, pages right, and silent mistakes."""
    for kind in _KINDS:
        own = [one for one in cases if one.kind == kind]
        name = kind.partition("-")[0]
        for decision, words in ((Decision.RETURNED, "sent home"), (Decision.REVIEW, "to a person")):
            yield share(f"{name}: {words}", sum(one.judgement.decision is decision for one in own), len(own))
        pages = sum(len(one.pages) for one in own)
        yield share(f"{name}: pages with all fields right", pages - sum(len(one.pages_wrong) for one in own), pages)
        yield share(f"{name}: accepted with a wrong deciding field", sum(bool(one.wrong) for one in own), len(own))


def _cases(count: int, split: Split) -> Iterator[MarkedCase]:
    made = [of_kind(_KINDS[number % len(_KINDS)], split, SEED, number) for number in range(count)]
    with library() as shelf:
        begun = ((one, shelf.start([Scan(file.path, file.hint, content(file)) for file in one.files])) for one in made)
        for one, started in track(ahead(begun), "submissions", total=count, console=errors):
            judgement = judged(one.submission, tuple(file.finish() for file in started), shelf.reader)
            truth = expected(one)
            kind = one.name.split("-", 2)[2]
            wrong = len(score_case(truth, judgement).silently_wrong)
            yield MarkedCase(kind, truth, judgement, score_fields(truth, judgement), wrong)


def _row(one: MarkedCase) -> Mapping[str, JsonValue]:
    blockers = (found for found in one.judgement.findings if found.severity is not Severity.WARNING)
    wrong = (f"{field.printed.field}: {field.read}" for field in one.fields if not field.value_right)
    return {
        "submission": one.truth.name,
        "decided": one.judgement.decision,
        "findings": ", ".join(f"{found.code}/{found.reason}" for found in blockers),
        "not right": ", ".join(wrong),
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
