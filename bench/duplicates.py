"""Accuracy of 4005 and 疑似重复 on twins, siblings, namesakes, replays and true repeats: `python -m bench.duplicates`.

Each scenario is two applications, one after the other, on its own ledger: the product concludes and registers the
first, then the second. The expected findings follow the domain rules, whether or not the product fulfils them.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from pydantic import JsonValue
from rich.progress import track

from bench.cases import page_of, scan, submission
from bench.metrics import Figure, share
from bench.readings import Library, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from bench.workspace import SECRET
from fixtures.people.family import Family
from fixtures.people.names import NameKind
from fixtures.people.population import Traits, family, twin_of
from fixtures.pictures.picture import Leaf
from fixtures.specimens.application import typed_child
from fixtures.specimens.papers import renamed
from fixtures.truth import Split
from models.documents import Person
from models.findings import Code, Reason
from models.result import Decision, Result
from models.submission import EnteredChild, IdType
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import conclude, judge
from pipeline.ledger.ledger import open_ledger

SEED: Final = 4
BENCH: Final = Bench("duplicates", __doc__, SEED, "families", small=4, full=12)
_CODES: Final = frozenset({Code.CHILD_EXISTS, Code.MAYBE_DUPLICATE})
_EXISTS: Final = (Code.CHILD_EXISTS, Reason.ID_NUMBER)
_SAME_PAPER: Final = (Code.CHILD_EXISTS, Reason.BIRTH_CERTIFICATE_NUMBER)
_CONFLICT: Final = (Code.MAYBE_DUPLICATE, Reason.NUMBER_CONFLICT)
_MAYBE: Final = (Code.MAYBE_DUPLICATE, Reason.SAME_NAME_BIRTH_MOTHER)

_TWINS: Final = Traits(children=3, together=2, certificate=True)
_TRIPLETS: Final = Traits(children=3, together=3, certificate=True)
_NEWBORN: Final = Traits(newborn=True, name=NameKind.PLACEHOLDER)


class Application(NamedTuple):
    """One application: family, entered child, submission id; `registered` tells whether the child's card is sent."""

    family: Family
    child: EnteredChild
    name: str
    registered: bool = True


Pair: TypeAlias = tuple[Application, Application]


class Scenario(NamedTuple):
    """Two applications, and the findings about duplicates that the second should end with.

    Attributes:
        traits: Of the family that applies.
        allowed: Any of these sets of findings is right.
    """

    traits: Traits
    applications: Callable[[Family], Pair]
    allowed: tuple[frozenset[tuple[Code, Reason]], ...]


class Outcome(NamedTuple):
    """The outcome of one scenario."""

    scenario: str
    number: int
    first: Decision
    second: Decision
    findings: frozenset[tuple[Code, Reason]]

    @property
    def right(self) -> bool:
        """Whether the findings about duplicates are among the allowed sets."""
        return self.findings in SCENARIOS[self.scenario].allowed


def measure(count: int) -> Measured:
    """Run every scenario with `count` families."""
    outcomes = tuple(run_all(count))
    return Measured(tuple(figures(outcomes)), {"not right": tuple(_row(one) for one in outcomes if not one.right)})


def run_all(count: int) -> Iterator[Outcome]:
    """Run every scenario with `count` families."""
    with library() as shelf:
        tasks = [(name, number) for number in range(count) for name in SCENARIOS]
        for name, number in track(tasks, "scenarios", console=errors):
            yield run(name, number, shelf)


def run(name: str, number: int, shelf: Library) -> Outcome:
    """Run one scenario on its own ledger."""
    scenario = SCENARIOS[name]
    first, second = scenario.applications(family(Split.TEST, 1300 + number, scenario.traits))
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(f"sqlite:///{Path(folder) / 'ledger.sqlite'}", SECRET)
        try:
            desk = shelf.desk._replace(ledger=ledger)
            before, after = (_concluded(one, desk, shelf) for one in (first, second))
        finally:
            ledger.close()
    found = {(finding.code, finding.reason) for finding in after.findings if finding.code in _CODES}
    return Outcome(name, number, before.decision, after.decision, frozenset(found))


def figures(outcomes: tuple[Outcome, ...]) -> Iterator[Figure]:
    """Grave mistakes first: another child taken for a known one, a repeat not noticed; then every scenario."""
    strangers = [one for one in outcomes if SCENARIOS[one.scenario].allowed == (frozenset(),)]
    repeats = [one for one in outcomes if frozenset() not in SCENARIOS[one.scenario].allowed]
    exists = [one for one in strangers if any(code is Code.CHILD_EXISTS for code, _ in one.findings)]
    yield share("other children called known (4005)", len(exists), len(strangers))
    yield share("other children left to a person", sum(bool(one.findings) for one in strangers), len(strangers))
    yield share("repeats not noticed", sum(not one.findings for one in repeats), len(repeats))
    yield share("stories right", sum(one.right for one in outcomes), len(outcomes))
    first = [one.first for one in outcomes]
    yield share("first applications accepted", first.count(Decision.ACCEPTED), len(first))
    for name in SCENARIOS:
        own = [one.right for one in outcomes if one.scenario == name]
        yield share(f"story: {name}", sum(own), len(own))


def _concluded(one: Application, desk: PipelineContext, shelf: Library) -> Result:
    began = time.monotonic()
    leaves = [leaf for leaf in _leaves(one.family) if one.registered or leaf is not Leaf.CHILD]
    files = shelf.read(scan(page_of(one.family, leaf, 0)) for leaf in leaves)
    typed = submission(one.family, one.name, one.child)
    sent = tuple(file for file in typed.files if file.path.removesuffix(".jpg") in leaves)
    stored = tuple(file.file for file in files)
    digest = hashlib.sha256("".join(file.digest or "" for file in stored).encode()).hexdigest()
    case = desk.ledger.cases.open(typed.model_copy(update={"files": sent}), stored, digest)
    return conclude(judge(case, files, desk, began=began), desk)


def _leaves(one: Family) -> tuple[Leaf, ...]:
    return tuple(Leaf(file.path.removesuffix(".jpg")) for file in submission(one, "x").files)


def _apply(one: Family, name: str, **change: object) -> Application:
    return Application(one, typed_child(one, **change), name)


def _unregistered(one: Family, name: str) -> Application:
    child = typed_child(
        one,
        name=one.birth.child_name if one.birth and one.birth.child_name else one.member(Person.CHILD).name,
        id_type=IdType.BIRTH_CERTIFICATE,
        id_number=None,
        birth_certificate_number=one.birth.number if one.birth else None,
    )
    return Application(one, child, name, registered=False)


def _other_child(nth: int) -> Callable[[Family], Pair]:
    def apply(one: Family) -> Pair:
        return _apply(one, "first"), _apply(twin_of(one, nth).model_copy(update={"birth": None}), "second")

    return apply


def _no_number_in_common(one: Family) -> Pair:
    """First with the certificate alone, then with the register alone."""
    return _unregistered(one, "first"), _apply(one.model_copy(update={"birth": None}), "second")


def _strangers(one: Family) -> Pair:
    """A child of the same name, sex and birthday, of another family in another county."""
    child = one.member(Person.CHILD)
    other = family(Split.TEST, 77, Traits(children=1))
    namesake = renamed(other, name=child.name, sex=child.sex, birth_date=child.birth_date, sequence=child.sequence + 4)
    return _apply(one, "first"), _apply(namesake, "second")


def _rename(one: Family) -> Pair:
    """First 某某之子 with the certificate alone, then the name that the register has."""
    return _unregistered(one, "first"), _apply(one, "second")


def _conflict(one: Family) -> Pair:
    """Another name on a card with the same number."""
    other = renamed(one, name=one.member(Person.CHILD).name[0] + "知行")
    return _apply(one, "first"), _apply(other.model_copy(update={"birth": None}), "second")


SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {
        "twin": Scenario(_TWINS, _other_child(0), (frozenset(),)),
        "triplet": Scenario(_TRIPLETS, _other_child(1), (frozenset(),)),
        "sibling": Scenario(_TWINS, _other_child(1), (frozenset(),)),
        "namesake of another mother": Scenario(_TWINS, _strangers, (frozenset(),)),
        "replay": Scenario(_TWINS, lambda one: (_apply(one, "first"), _apply(one, "first")), (frozenset(),)),
        "new revision": Scenario(
            _TWINS,
            lambda one: (_apply(one, "first"), _apply(one.model_copy(update={"birth": None}), "first")),
            (frozenset(),),
        ),
        "repeat": Scenario(
            _TWINS, lambda one: (_apply(one, "first"), _apply(one, "second")),
            (frozenset({_EXISTS}), frozenset({_EXISTS, _SAME_PAPER})),
        ),
        "repeat by certificate": Scenario(
            _NEWBORN,
            lambda one: (_unregistered(one, "first"), _unregistered(one, "second")),
            (frozenset({_SAME_PAPER}),),
        ),
        "number of another child": Scenario(_TWINS, _conflict, (frozenset({_CONFLICT}),)),
        "same name, birthday and mother, no number in common": Scenario(
            Traits(newborn=True),
            _no_number_in_common,
            (frozenset({_MAYBE}),),
        ),
        "placeholder, then a name": Scenario(_NEWBORN, _rename, (frozenset({_MAYBE}), frozenset({_CONFLICT}))),
    }
)  # fmt: skip


def _row(outcome: Outcome) -> Mapping[str, JsonValue]:
    return {
        "story": outcome.scenario,
        "family": outcome.number,
        "first": outcome.first,
        "second": outcome.second,
        "said": ", ".join(sorted("/".join(finding) for finding in outcome.findings)),
        "right": " or ".join(
            ", ".join(sorted("/".join(finding) for finding in allowed)) or "nothing"
            for allowed in SCENARIOS[outcome.scenario].allowed
        ),
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
