"""False alarms of the quality gate on good scans whose bed is four fifths empty: `python -m bench.margins`."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.cases import GATE, judged, leaves, scan, submission
from bench.metrics import Figure, share
from bench.readings import ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.people.family import Family
from fixtures.people.population import Traits, family
from fixtures.pictures.picture import Leaf, PictureSpec
from fixtures.truth import PictureStyle, Split
from models.findings import Finding
from models.result import Decision, Judgement

SEED: Final = 11
BENCH: Final = Bench("margins", __doc__, SEED, "families", small=5, full=44)
_FIRST: Final = 3000  # family numbers start here, apart from those of other benches


class Case(NamedTuple):
    """A family, the pages that it sends, and the findings."""

    family: Family
    sent: tuple[Leaf, ...]
    said: Judgement

    @property
    def blocked(self) -> tuple[Finding, ...]:
        """The findings of the quality gate."""
        return tuple(found for found in self.said.findings if found.code in GATE)


def measure(count: int) -> Measured:
    """Judge the cases of `count` families, whose scans have no harm."""
    cases = tuple(_cases(count))
    wrong = tuple(_row(number, one) for number, one in enumerate(cases) if one.said.decision is not Decision.ACCEPTED)
    return Measured(tuple(figures(cases)), {"not accepted": wrong})


def figures(cases: tuple[Case, ...]) -> Iterator[Figure]:
    """Shares of blocked scans, by page; and the decisions of the cases."""
    sent = [(leaf, f"{leaf}.jpg" in {found.file for found in one.blocked}) for one in cases for leaf in one.sent]
    yield share("scans blocked", sum(blocked for _, blocked in sent), len(sent))
    for leaf in sorted({leaf for leaf, _ in sent}):
        own = [blocked for other, blocked in sent if other is leaf]
        yield share(f"{leaf} blocked", sum(own), len(own))
    for decision in Decision:
        yield share(f"cases {decision}", sum(one.said.decision is decision for one in cases), len(cases))


def _cases(count: int) -> Iterator[Case]:
    with library() as shelf:
        families = (family(Split.TEST, _FIRST + number, Traits(newborn=number % 2 == 0)) for number in range(count))
        begun = ((people, shelf.start(map(scan, _scans(people)))) for people in families)
        for people, started in track(ahead(begun), "families", total=count, console=errors):
            files = tuple(file.finish() for file in started)
            yield Case(people, leaves(people), judged(submission(people, "margins"), files, shelf.reader))


def _scans(people: Family) -> Iterator[PictureSpec]:
    for number, leaf in enumerate(leaves(people)):
        yield PictureSpec(family=people, leaf=leaf, style=PictureStyle.FLATBED_SMALL, seed=number, split=Split.TEST)


def _row(number: int, case: Case) -> Mapping[str, JsonValue]:
    said = ", ".join(f"{found.code}/{found.reason} {found.field or ''}".strip() for found in case.said.findings)
    return {"family": _FIRST + number, "decided": case.said.decision, "said": said}


if __name__ == "__main__":
    run_bench(BENCH, measure)
