"""4005 and 疑似重复: twins, siblings, namesakes, replays and true repeats: `python -m bench.duplicates`.

Each story is two applications, one after the other, on a ledger of its own: the first is concluded and registered as
the product does it, then the second. What should follow is domain.md 5.2, whether or not the product does it yet.
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
from bench.runner import Bench, conduct
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
    """One application: who, as typed in, under which id; without the child's card where there is none yet."""

    family: Family
    child: EnteredChild
    name: str
    registered: bool = True


Pair: TypeAlias = tuple[Application, Application]


class Story(NamedTuple):
    """Two applications, and the findings about duplicates that the second should end with.

    Attributes:
        traits: Of the family that it happens to.
        allowed: Any of these sets of findings is right.
    """

    traits: Traits
    tell: Callable[[Family], Pair]
    allowed: tuple[frozenset[tuple[Code, Reason]], ...]


class Told(NamedTuple):
    """A story as it went."""

    story: str
    number: int
    first: Decision
    second: Decision
    findings: frozenset[tuple[Code, Reason]]

    @property
    def right(self) -> bool:
        """What was said of duplicates is what should be said."""
        return self.findings in STORIES[self.story].allowed


def measure(count: int) -> Measured:
    """Tell every story with so many families."""
    told = tuple(tell_all(count))
    return Measured(tuple(figures(told)), {"not right": tuple(_row(one) for one in told if not one.right)})


def tell_all(count: int) -> Iterator[Told]:
    """Every story with so many families."""
    with library() as shelf:
        tasks = [(name, number) for number in range(count) for name in STORIES]
        for name, number in track(tasks, "stories", console=errors):
            yield tell(name, number, shelf)


def tell(name: str, number: int, shelf: Library) -> Told:
    """One story, on a ledger of its own."""
    story = STORIES[name]
    first, second = story.tell(family(Split.TEST, 1300 + number, story.traits))
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(f"sqlite:///{Path(folder) / 'ledger.sqlite'}", SECRET)
        try:
            desk = shelf.desk._replace(ledger=ledger)
            before, after = (_concluded(one, desk, shelf) for one in (first, second))
        finally:
            ledger.close()
    found = {(finding.code, finding.reason) for finding in after.findings if finding.code in _CODES}
    return Told(name, number, before.decision, after.decision, frozenset(found))


def figures(told: tuple[Told, ...]) -> Iterator[Figure]:
    """Grave mistakes first: another child called known, a known one not noticed; then every story."""
    strangers = [one for one in told if STORIES[one.story].allowed == (frozenset(),)]
    repeats = [one for one in told if frozenset() not in STORIES[one.story].allowed]
    exists = [one for one in strangers if any(code is Code.CHILD_EXISTS for code, _ in one.findings)]
    yield share("other children called known (4005)", len(exists), len(strangers))
    yield share("other children left to a person", sum(bool(one.findings) for one in strangers), len(strangers))
    yield share("repeats not noticed", sum(not one.findings for one in repeats), len(repeats))
    yield share("stories right", sum(one.right for one in told), len(told))
    first = [one.first for one in told]
    yield share("first applications accepted", first.count(Decision.ACCEPTED), len(first))
    for name in STORIES:
        own = [one.right for one in told if one.story == name]
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
    def tell(one: Family) -> Pair:
        return _apply(one, "first"), _apply(twin_of(one, nth).model_copy(update={"birth": None}), "second")

    return tell


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


STORIES: Final[Mapping[str, Story]] = MappingProxyType(
    {
        "twin": Story(_TWINS, _other_child(0), (frozenset(),)),
        "triplet": Story(_TRIPLETS, _other_child(1), (frozenset(),)),
        "sibling": Story(_TWINS, _other_child(1), (frozenset(),)),
        "namesake of another mother": Story(_TWINS, _strangers, (frozenset(),)),
        "replay": Story(_TWINS, lambda one: (_apply(one, "first"), _apply(one, "first")), (frozenset(),)),
        "new revision": Story(
            _TWINS,
            lambda one: (_apply(one, "first"), _apply(one.model_copy(update={"birth": None}), "first")),
            (frozenset(),),
        ),
        "repeat": Story(
            _TWINS, lambda one: (_apply(one, "first"), _apply(one, "second")),
            (frozenset({_EXISTS}), frozenset({_EXISTS, _SAME_PAPER})),
        ),
        "repeat by certificate": Story(
            _NEWBORN,
            lambda one: (_unregistered(one, "first"), _unregistered(one, "second")),
            (frozenset({_SAME_PAPER}),),
        ),
        "number of another child": Story(_TWINS, _conflict, (frozenset({_CONFLICT}),)),
        "same name, birthday and mother, no number in common": Story(
            Traits(newborn=True),
            _no_number_in_common,
            (frozenset({_MAYBE}),),
        ),
        "placeholder, then a name": Story(_NEWBORN, _rename, (frozenset({_MAYBE}), frozenset({_CONFLICT}))),
    }
)  # fmt: skip


def _row(told: Told) -> Mapping[str, JsonValue]:
    return {
        "story": told.story,
        "family": told.number,
        "first": told.first,
        "second": told.second,
        "said": ", ".join(sorted("/".join(finding) for finding in told.findings)),
        "right": " or ".join(
            ", ".join(sorted("/".join(finding) for finding in allowed)) or "nothing"
            for allowed in STORIES[told.story].allowed
        ),
    }


if __name__ == "__main__":
    conduct(BENCH, measure)
