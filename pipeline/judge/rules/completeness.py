"""The pages that an application needs, and which of them are missing (docs/contract.md, section 5)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field, PageKind, Person
from models.findings import Code, Finding, Location, Reason, Severity, found
from models.policy import LegibilityLimits, Policy
from models.submission import IdType
from pipeline.judge.dossier import Dossier, FileView
from pipeline.judge.field_legibility import Legibility, certain, legibility_of
from pipeline.judge.pages import PageView, Tie
from pipeline.judge.relations import is_child, is_spouse, parent_by_relation
from pipeline.judge.rules.documents import is_two_sided, same_side_twice
from pipeline.judge.rules.guardianship import possible_parents
from pipeline.judge.rules.legibility import is_foreign, is_unread
from pipeline.judge.rules.names import hardly_another
from pipeline.judge.rules.strangers import of_stranger
from pipeline.judge.unregistered_parents import PARENTS

_SIDES: Final = frozenset({Reason.ID_PORTRAIT, Reason.ID_EMBLEM})
_PARENTS: Final = frozenset({Reason.PARENT_PAGE, Reason.BOTH_PARENTS})
_ADULT_RELATIVES = (Person.FATHER, Person.MOTHER, Person.HEAD, Person.OTHER)


class Need(NamedTuple):
    """A slot: the reason if it is missing, its document, the pages that fill it, and whether they suffice."""

    reason: Reason
    document: DocumentKind
    pages: tuple[PageView, ...]
    enough: bool


def needs(dossier: Dossier, policy: Policy) -> Iterator[Need]:
    """Every slot that this application must fill by the hospital's policy."""
    excused = {one.person for one in dossier.unregistered}
    for reason in _wanted(dossier, policy):
        kind, pages_of = _SLOTS[reason]
        pages = pages_of(dossier)
        enough = _has_both_parents(dossier, excused) if reason is Reason.BOTH_PARENTS else bool(pages)
        enough = enough or (reason is Reason.PARENT_PAGE and excused.issuperset(PARENTS))
        document = dossier.guardian_document if reason in _SIDES else DOCUMENT_OF_PAGE[kind]
        yield Need(reason, document, pages, enough)


def _wanted(dossier: Dossier, policy: Policy) -> Iterator[Reason]:
    """The slots of the policy; of a guardian's document that has one side only, that one."""
    two_sided = is_two_sided(dossier.guardian_document)
    return (reason for reason in _of_policy(dossier, policy) if two_sided or reason is not Reason.ID_EMBLEM)


def _of_policy(dossier: Dossier, policy: Policy) -> tuple[Reason, ...]:
    if dossier.child.id_type is IdType.BIRTH_CERTIFICATE:
        return policy.pages.birth_certificate
    age = (dossier.today - dossier.child.birth_date).days
    return policy.pages.newborn if age <= policy.newborn_days else policy.pages.household_register


def _has_both_parents(dossier: Dossier, excused: Collection[Person]) -> bool:
    """A page of each parent that the certificate names; of a blank block, or of a parent in no register, none."""
    if set(PARENTS) <= set(excused):
        return True
    named = [party for party in dossier.parents if party.on_certificate and party.person not in excused]
    there = [party for page in dossier.parent_pages for party, _ in page.resembles]
    if named or dossier.may_name_parent:
        return all(party in there for party in named) if named else bool(dossier.parent_pages)
    return dossier.certificate is not None  # both blocks are blank, and the guardian is no parent


def _parent_pages(dossier: Dossier) -> tuple[PageView, ...]:
    """A parent's page, also by the relations; any adult's if neither manifest nor certificate names parents.

    The page of a guardian who is no parent is none; in doubt it is one of another adult who may be the parent.
    """
    if not dossier.parents:
        return dossier.members(*_ADULT_RELATIVES)
    pages = dossier.parent_pages or dossier.members(Person.FATHER, Person.MOTHER)
    return pages or (() if dossier.may_name_parent else possible_parents(dossier))


# For each reason of 缺页 the kind of page, and the pages that fill the slot.
_SLOTS: Final[Mapping[Reason, tuple[PageKind, Callable[[Dossier], tuple[PageView, ...]]]]] = MappingProxyType(
    {
        Reason.ID_PORTRAIT: (PageKind.ID_PORTRAIT, lambda dossier: dossier.guardian_fronts),
        Reason.ID_EMBLEM: (PageKind.ID_EMBLEM, lambda dossier: dossier.guardian_backs),
        Reason.HOME: (PageKind.HUKOU_HOME, lambda dossier: dossier.of_kind(PageKind.HUKOU_HOME)),
        Reason.BIRTH_CERTIFICATE: (
            PageKind.BIRTH_CERTIFICATE,
            lambda dossier: dossier.of_kind(PageKind.BIRTH_CERTIFICATE),
        ),
        Reason.CHILD_PAGE: (PageKind.HUKOU_MEMBER, lambda dossier: dossier.members(Person.CHILD)),
        Reason.BOTH_PARENTS: (PageKind.HUKOU_MEMBER, lambda dossier: dossier.parent_pages),
        Reason.PARENT_PAGE: (PageKind.HUKOU_MEMBER, _parent_pages),
    }
)


def missing(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """缺页 for a slot without a page; but what was not read may be the one, and only that is reported instead.

    An unread page is reported by `illegible`, a file that did not arrive or open, or a page of it, by `broken`, a page
    that is lost in part by `partly_lost`, and a side of a card in place of the other one by `same_side_twice`.
    """
    slots = tuple(needs(dossier, policy))
    unread = {page.document for page in unread_pages(dossier, slots, policy.legibility)}
    unopened = _unopened(dossier)
    doubled = {finding.document for finding in same_side_twice(dossier)}
    for need in slots:
        if need.enough or need.document in unread | unopened | doubled or None in unopened:
            continue
        instead = (
            _under_a_watermark(need, dossier)
            or _wrong_member(need, dossier, policy.legibility)
            or _wrong_document(need, dossier)
        )
        yield instead or found(Code.PAGE_MISSING, need.reason, Location(document=need.document))
        if not instead:
            yield from (of_stranger(page, Severity.WARNING) for page in _perhaps_instead(need, dossier))


def _unopened(dossier: Dossier) -> set[DocumentKind | None]:
    """The documents of files that did not arrive, or of which something is lost; None for a damaged one without a hint.

    That one may be of any document: the family sends it again, and then it shows whether a page is missing.
    """
    partly = {page.file.path for page in dossier.pages if page.content.loss}
    files = [view for view in dossier.files if view.content.failure or view.content.failed or view.file.path in partly]
    return {view.file.hint for view in files if view.file.hint or not _never_arrived(view)}


def _never_arrived(view: FileView) -> bool:
    return view.content.failure is not None and view.content.failure[0] is Code.UPLOAD_BROKEN


def unread_pages(dossier: Dossier, slots: tuple[Need, ...], limits: LegibilityLimits) -> tuple[PageView, ...]:
    """Pages that might fill any slot of their document, because their holder cannot be read.

    A page of unknown document counts for the first open slot.
    """
    first_open = next((need.document for need in slots if not need.enough), None)
    unread = (page for page in dossier.pages if is_unread(page, limits))
    return tuple(page if page.document else page.hinted(first_open) for page in unread if page.document or first_open)


def _under_a_watermark(need: Need, dossier: Dossier) -> Finding | None:
    """A page that may be the missing one where the family marks its pages: its kind or its holder is not known."""
    kind, _ = _SLOTS[need.reason]
    marked = dossier.pages if dossier.is_watermarked else ()
    page = next((page for page in marked if _is_unnamed(page) or _is_nobodys(page, kind)), None)
    return found(Code.COPY, Reason.WATERMARK, page.place()) if page else None


def _is_unnamed(page: PageView) -> bool:
    return page.kind is PageKind.OTHER and page.content.document is None


def _is_nobodys(page: PageView, kind: PageKind) -> bool:
    """Whether it is of nobody whom we know, as far as its name reads: that may be of the mark."""
    unknown = page.kind is PageKind.HUKOU_MEMBER and page.holder is None
    return page.kind is kind and (unknown or not page.is_of_family)


def _wrong_member(need: Need, dossier: Dossier, limits: LegibilityLimits) -> Finding | None:
    """Somebody else's page came instead: a stranger's, another child's, or of a spouse who is not the parent."""
    kind, _ = _SLOTS[need.reason]
    pages = [page for page in dossier.pages if page.kind is kind and page.document is need.document]
    if need.reason is Reason.CHILD_PAGE:
        others = [page for page in pages if page.holder is None and _tells_who(page, limits)]
    else:
        others = [
            page for page in pages if not page.is_of_family and (page.holder or kind is not PageKind.HUKOU_MEMBER)
        ]
        others += [page for page in pages if need.reason in _PARENTS and _is_no_parents(page, dossier, limits)]
    return of_stranger(others[0], Severity.REJECT) if others else None


def _perhaps_instead(need: Need, dossier: Dossier) -> tuple[PageView, ...]:
    """Cards of people who may be relatives, and who are of other places: one may have come in place of the missing."""
    holders = {Reason.CHILD_PAGE: (None,)}.get(
        need.reason, (Person.HEAD, Person.OTHER) if need.reason in _PARENTS else ()
    )
    return tuple(page for page in dossier.pages if page.tie in (Tie.POSSIBLE, Tie.DOUBTFUL) and page.holder in holders)


def _is_no_parents(page: PageView, dossier: Dossier, limits: LegibilityLimits) -> bool:
    """Whether the card of the head's wife or husband certainly is not of the parent whose card is missing.

    The child is the head's, and that parent is named; a stepmother's card does not stand for the mother's.
    """
    name, sex = page.get(Field.NAME), page.value(Field.SEX)
    relation, *childs = (
        certain(card.get(Field.RELATION), limits) or "" for card in (page, *dossier.members(Person.CHILD))
    )
    role = next(
        (parent_by_relation(relation, sex, one) for one in childs if is_child(one) and is_spouse(relation)), None
    )
    named = [party for party in dossier.parents if party.person is role]
    if not named or any(party in named for other in dossier.parent_pages for party, _ in other.resembles):
        return False
    is_another = page.holder is Person.OTHER and not page.resembles and certain(name, limits) is not None
    mistyped = name is not None and any(hardly_another(party.name, name) for party in named)
    return is_another and not mistyped and not page.content.watermark


def _tells_who(page: PageView, limits: LegibilityLimits) -> bool:
    """Whether name and birth date were read with certainty."""
    fields = (page.get(Field.NAME), page.get(Field.BIRTH_DATE))
    return all(legibility_of(field, limits).legibility is Legibility.READ for field in fields)


def _wrong_document(need: Need, dossier: Dossier) -> Finding | None:
    """Another document came with the hint that it is this one; where several did, one whose name is known."""
    declared = (page for page in dossier.pages if page.file.hint is need.document)
    pages = [page for page in declared if is_foreign(page) and page.shown is not need.document]
    page = max(pages, key=lambda one: one.content.document is not None, default=None)
    if page is None:
        return None
    place = page.place().model_copy(update={"document": need.document})
    return found(Code.WRONG_DOCUMENT, Reason.WRONG_DOCUMENT, place)


def needed_pages(dossier: Dossier, policy: Policy) -> tuple[PageView, ...]:
    """The pages that fill a slot, and unread pages of documents with an open slot."""
    slots = tuple(needs(dossier, policy))
    open_documents = {need.document for need in slots if not need.enough}
    filled = [page for need in slots for page in need.pages]
    filled += [page for page in unread_pages(dossier, slots, policy.legibility) if page.document in open_documents]
    return tuple({id(page): page for page in filled}.values())
