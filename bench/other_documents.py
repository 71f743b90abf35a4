"""Every other document in every slot and beside good applications, test split: `python -m bench.other_documents`.

Each document is drawn for each family and told of one of its people, so that names and numbers agree with the case.
It takes the place of each needed page, and then stands beside the complete application, undeclared and declared as
each document that families may choose. All pages are read once.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count as numbers
from typing import Final, NamedTuple

import numpy as np
from pydantic import JsonValue
from rich.progress import track

from bench.cases import GATE, hint_of
from bench.composed import Applicant, ReadFile, blockers, good_applicants, page_file, read, said
from bench.metrics import Figure, share
from bench.readings import Library, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.documents.other_documents import OTHER_DOCUMENTS, TEMPORARY_CARDS
from fixtures.people.family import Family
from fixtures.people.population import Household, Traits, family
from fixtures.pictures.files import FileSpec
from fixtures.pictures.picture import Leaf
from fixtures.specimens.dressing import CARD
from fixtures.truth import Split
from models.documents import DECLARED, DOCUMENT_OF_PAGE, DocumentKind, OtherDocument, PageKind, Person
from models.findings import Code, Reason
from models.result import Decision, Judgement, PageOutcome

SEED: Final = 41
BENCH: Final = Bench("other_documents", __doc__, SEED, "families", small=1, full=12)
_FIRST: Final = 41_000  # family numbers start here, apart from those of other benches
_PATH: Final = "other.jpg"
_PARENTS: Final = (Leaf.HEAD, Leaf.FATHER, Leaf.MOTHER)
_SLOTS: Final[Mapping[str, tuple[Leaf, ...]]] = {
    "portrait side": (Leaf.ID_PORTRAIT,), "emblem side": (Leaf.ID_EMBLEM,), "home page": (Leaf.HOME,),
    "parents' pages": _PARENTS, "child's page": (Leaf.CHILD,), "certificate": (Leaf.CERTIFICATE,),
}  # fmt: skip
_MISSING: Final[Mapping[str, frozenset[Reason]]] = {
    "portrait side": frozenset({Reason.ID_PORTRAIT}), "emblem side": frozenset({Reason.ID_EMBLEM}),
    "home page": frozenset({Reason.HOME}), "parents' pages": frozenset({Reason.PARENT_PAGE, Reason.BOTH_PARENTS}),
    "child's page": frozenset({Reason.CHILD_PAGE}), "certificate": frozenset({Reason.BIRTH_CERTIFICATE}),
}  # fmt: skip
_DOCUMENTS: Final = {slot: hint_of(leaves[0]) for slot, leaves in _SLOTS.items()}
_BESIDE: Final = "beside"
_TEMPORARY: Final = (Code.EXPIRED, Reason.TEMPORARY)


class Placed(NamedTuple):
    """A document in a slot or beside an application, and what became of it.

    Attributes:
        name: Its key in `OTHER_DOCUMENTS`.
        slot: One of `_SLOTS`, or beside the complete application.
        usual: The judgement without it.
    """

    name: str
    slot: str
    declared: DocumentKind | None
    judgement: Judgement
    usual: Judgement

    @property
    def title(self) -> str | None:
        """What a message calls the document; None for papers without a name."""
        document = OTHER_DOCUMENTS[self.name].document
        return OtherDocument(document).chinese if document else None

    @property
    def as_the_missing_one(self) -> bool:
        """Whether it was declared as the document of which a page is missing."""
        return self.declared is _DOCUMENTS.get(self.slot)

    @property
    def illegible(self) -> bool:
        """Whether something was blamed on the picture."""
        return any(code in GATE for code, _ in blockers(self.judgement) - blockers(self.usual))

    @property
    def right_code(self) -> bool:
        """证件类型不符 for a document that was declared as the missing one, 缺页 for any other."""
        codes = {(Code.WRONG_DOCUMENT, Reason.WRONG_DOCUMENT)}
        if not self.as_the_missing_one:
            codes = {(Code.PAGE_MISSING, reason) for reason in _MISSING[self.slot]}
        return bool(blockers(self.judgement) & codes) and self.judgement.decision is Decision.RETURNED

    @property
    def tells_its_name(self) -> bool:
        """Whether the message to the parent names the document."""
        return any(f"您上传的是{self.title}" in found.message for found in self.judgement.findings)

    @property
    def changed(self) -> bool:
        """Whether anything but a warning differs from the judgement without the document."""
        return self.judgement.decision is not self.usual.decision or blockers(self.judgement) != blockers(self.usual)


class Named(NamedTuple):
    """A drawn document, and what its pages were taken for."""

    name: str
    outcomes: tuple[PageOutcome, ...]

    @property
    def right(self) -> bool:
        """Whether the document was named; whether it was called another one, for papers without a name."""
        named = {one.document or "" for one in self.outcomes} == {OTHER_DOCUMENTS[self.name].document}
        return named and not self.ours and not self.unreadable

    @property
    def ours(self) -> bool:
        """Whether it was taken for a page of ours."""
        return any(one.kind in DOCUMENT_OF_PAGE for one in self.outcomes)

    @property
    def unreadable(self) -> bool:
        """Whether a person was said to be unable to read it."""
        return any(one.kind is PageKind.UNREADABLE for one in self.outcomes)


def measure(count: int) -> Measured:
    """The documents with `count` families whose application is good without them."""
    with library() as shelf:
        families, tried = good_applicants(shelf, map(_family, numbers()), count)
        drawn = tuple(track(_drawn(shelf, families), "documents", total=count * _EACH, console=errors))
        named = tuple(Named(name, _outcomes(one, page, shelf)) for one, name, page in drawn if name in OTHER_DOCUMENTS)
        placed = tuple(placed for one, name, page in drawn for placed in _placed(one, name, page, shelf))
        temporary = tuple(judgement for one in families for judgement in _temporary(one, drawn, shelf))
    found = (share("complete applications accepted", len(families), tried), *figures(named, placed))
    right = sum(_TEMPORARY in blockers(one) and not _gated(one) for one in temporary)
    last = share("temporary ID cards: 证件已过期/temporary, and nothing blamed on the picture", right, len(temporary))
    wrong = {
        "not named": tuple(map(_named_row, (one for one in named if not one.right))),
        "wrong in a slot": tuple(map(_row, (one for one in placed if one.slot != _BESIDE and _is_wrong(one)))),
        "changed beside": tuple(map(_row, (one for one in placed if one.slot == _BESIDE and one.changed))),
        "temporary": tuple({"said": said(one)} for one in temporary if _TEMPORARY not in blockers(one) or _gated(one)),
    }
    return Measured((*found, last), wrong)


_EACH: Final = len(OTHER_DOCUMENTS) + len(TEMPORARY_CARDS)


def figures(named: tuple[Named, ...], placed: tuple[Placed, ...]) -> Iterator[Figure]:
    """Of drawn documents: what they are called. In slots: decision, code and message. Beside: what changed."""
    yield share("documents named, or rightly not", sum(one.right for one in named), len(named))
    yield share("documents called one of ours", sum(one.ours for one in named), len(named))
    yield share("documents called unreadable", sum(one.unreadable for one in named), len(named))
    slots = [one for one in placed if one.slot != _BESIDE]
    yield share("in a slot: accepted", sum(one.judgement.decision is Decision.ACCEPTED for one in slots), len(slots))
    yield share("in a slot: 3002 or 影像不清", sum(one.illegible for one in slots), len(slots))
    for words, own in (
        ("declared as it: 证件类型不符", [one for one in slots if one.as_the_missing_one]),
        ("declared otherwise or not: 缺页", [one for one in slots if not one.as_the_missing_one]),
    ):
        yield share(f"in a slot, {words}", sum(one.right_code for one in own), len(own))
    telling = [one for one in slots if one.as_the_missing_one and one.title]
    yield share("in a slot, declared as it: named to the parent", sum(map(_tells, telling)), len(telling))
    beside = [one for one in placed if one.slot == _BESIDE]
    yield share("beside a good application: changed", sum(one.changed for one in beside), len(beside))


def _family(number: int) -> Family:
    homes = (Household.PARENTS, Household.GRANDPARENT, Household.PARENTS)
    return family(Split.TEST, _FIRST + number, Traits(newborn=number % 2 == 0, household=homes[number % len(homes)]))


def _drawn(shelf: Library, families: Iterable[Applicant]) -> Iterator[tuple[Applicant, str, ReadFile]]:
    yield from ((one, name, page) for (one, name), page in read(shelf, _files(families)))


def _files(families: Iterable[Applicant]) -> Iterator[tuple[tuple[Applicant, str], FileSpec]]:
    """Every second document is the guardian's, the others the child's; a temporary card is the guardian's."""
    for number, one in enumerate(families):
        rng = np.random.default_rng((SEED, number))
        guardian = one.family.card.holder
        for turn, name in enumerate(OTHER_DOCUMENTS):
            change: dict[str, object] = {"other": name, "person": guardian if (number + turn) % 2 else Person.CHILD}
            if not OTHER_DOCUMENTS[name].document:  # screens and papers of everyday life, without a printed ground
                change["ground"] = None
            yield (one, name), page_file(one.kit, Leaf.CHILD, rng, **change)
        for name in TEMPORARY_CARDS:
            yield (one, name), page_file(one.kit, Leaf.CHILD, rng, other=name, person=guardian)


def _outcomes(one: Applicant, page: ReadFile, shelf: Library) -> tuple[PageOutcome, ...]:
    return one.judged((page,), shelf.reader).pages


def _placed(one: Applicant, name: str, page: ReadFile, shelf: Library) -> Iterator[Placed]:
    if name not in OTHER_DOCUMENTS:
        return
    usual = one.judged(one.pages.values(), shelf.reader)
    for slot, wanted in _SLOTS.items():
        missing = tuple(leaf for leaf in wanted if leaf in one.pages)
        if not missing:
            continue
        rest = one.without(*missing)
        for declared in (None, *DECLARED):
            judgement = one.judged((*rest, page.sent_as(_PATH, declared)), shelf.reader)
            yield Placed(name, slot, declared, judgement, usual)
    for declared in (None, *DECLARED):
        judgement = one.judged((*one.pages.values(), page.sent_as(_PATH, declared)), shelf.reader)
        yield Placed(name, _BESIDE, declared, judgement, usual)


def _temporary(one: Applicant, drawn: Iterable[tuple[Applicant, str, ReadFile]], shelf: Library) -> Iterator[Judgement]:
    """A temporary card in place of the ID card: both sides, and each alone."""
    sides = [page for whose, name, page in drawn if whose is one and name in TEMPORARY_CARDS]
    rest = one.without(*CARD)
    for sent in (sides, sides[:1], sides[1:]):
        named = [page.sent_as(f"{at}.jpg", DocumentKind.ID_CARD) for at, page in enumerate(sent)]
        yield one.judged((*rest, *named), shelf.reader)


def _gated(judgement: Judgement) -> bool:
    return any(code in GATE for code, _ in blockers(judgement))


def _is_wrong(one: Placed) -> bool:
    return one.illegible or not one.right_code or (one.as_the_missing_one and bool(one.title) and not _tells(one))


def _tells(one: Placed) -> bool:
    return one.tells_its_name


def _named_row(one: Named) -> Mapping[str, JsonValue]:
    taken = ", ".join(f"{page.kind} {page.document or ''}".strip() for page in one.outcomes)
    return {"document": one.name, "taken for": taken}


def _row(one: Placed) -> Mapping[str, JsonValue]:
    place = {"document": one.name, "slot": one.slot, "declared": one.declared}
    return {**place, "decided": one.judgement.decision, "findings": said(one.judgement)}


if __name__ == "__main__":
    run_bench(BENCH, measure)
