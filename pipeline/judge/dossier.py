"""A case with its pages and the people they are of. File names and the order of files decide nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from models.case import Case, StoredFile
from models.content import FileContent
from models.documents import DocumentKind, Field, PageKind, Person
from models.id_number import normal_number
from models.names import normal_name
from models.overview import day_of
from models.policy import Policy
from models.submission import EnteredChild, Guardian, GuardianRelation, Submission
from pipeline.extract.calibration import bounded
from pipeline.extract.guardian_documents.table import GUARDIAN_DOCUMENTS
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.holders import with_holders
from pipeline.judge.losses import without_lost_pages
from pipeline.judge.name_match import NameContext
from pipeline.judge.other_children import with_other_children
from pipeline.judge.pages import PageView, Party
from pipeline.judge.strangers import with_ties
from pipeline.judge.unregistered_parents import PARENTS, ROLES, Unregistered, names_somebody, unregistered_parents
from pipeline.names.characters import modern

_CLOCK_ERROR: Final = timedelta(days=1)


class FileView(NamedTuple):
    """A file, and the content of its pages."""

    file: StoredFile
    content: FileContent


@dataclass(frozen=True)
class Dossier:
    """Everything that the rules judge. Many rules ask for the same pages, so what takes a search is found once.

    Attributes:
        case: The submission and its files, with typed names in today's codes.
        files: Each file with the content of its pages.
        pages: Every document on every page, file by file, with its holder if known, and its tie to the family.
        parents: The guardian first, if there is one, then the parents that a certificate names.
        unregistered: The parents of whom no register has a page, by the certificate or by the guardian's document.
        today: The day in Beijing that rules take for today (`today_of`); they know no other clock.
    """

    case: Case
    files: tuple[FileView, ...]
    pages: tuple[PageView, ...]
    parents: tuple[Party, ...]
    unregistered: tuple[Unregistered, ...]
    today: date

    @property
    def submission(self) -> Submission:
        """The manifest."""
        return self.case.submission

    @property
    def child(self) -> EnteredChild:
        """The child as entered."""
        return self.case.submission.child

    @cached_property
    def of_family(self) -> tuple[PageView, ...]:
        """The pages without those of strangers and without other children's certificates."""
        return tuple(page for page in self.pages if page.is_of_family)

    def of_kind(self, kind: PageKind) -> tuple[PageView, ...]:
        """The pages of the family of a kind."""
        return self._of_kinds.get(kind, ())

    @cached_property
    def _of_kinds(self) -> Mapping[PageKind, tuple[PageView, ...]]:
        kinds = {page.kind for page in self.of_family}
        return {kind: tuple(page for page in self.of_family if page.kind is kind) for kind in kinds}

    def members(self, *holders: Person) -> tuple[PageView, ...]:
        """The member cards of certain people."""
        return tuple(page for page in self.of_kind(PageKind.HUKOU_MEMBER) if page.holder in holders)

    @property
    def guardian_document(self) -> DocumentKind:
        """The document by which the guardian is known; an ID card where the manifest names no guardian."""
        guardian = self.submission.guardian
        return guardian.document if guardian else DocumentKind.ID_CARD

    @cached_property
    def guardian_fronts(self) -> tuple[PageView, ...]:
        """The sides of the guardian's kind of document that say whose it is: those with a portrait."""
        if self.guardian_document is DocumentKind.ID_CARD:
            return self.of_kind(PageKind.ID_PORTRAIT)
        return tuple(page for page in self._guardian_pages if page.names_its_holder)

    @cached_property
    def guardian_backs(self) -> tuple[PageView, ...]:
        """The other sides."""
        if self.guardian_document is DocumentKind.ID_CARD:
            return self.of_kind(PageKind.ID_EMBLEM)
        return tuple(page for page in self._guardian_pages if not page.names_its_holder)

    @property
    def guardian_validity(self) -> tuple[PageView, ...]:
        """The sides that say until when the document is valid."""
        if self.guardian_document is DocumentKind.ID_CARD:
            return self.of_kind(PageKind.ID_EMBLEM)
        return tuple(page for page in self._guardian_pages if page.get(Field.VALID_UNTIL))

    @property
    def _guardian_pages(self) -> tuple[PageView, ...]:
        """Pages of the document that stands for the ID card; strangers' ones where no other came."""
        pages = tuple(page for page in self.pages if page.shown is self.guardian_document)
        named = any(page.is_of_family and page.names_its_holder for page in pages)
        return tuple(page for page in pages if page.is_of_family) if named else pages

    @cached_property
    def parent_pages(self) -> tuple[PageView, ...]:
        """Member cards that are, or may be, of a guardian who may be a parent, or of a parent on the certificate."""
        cards = self.of_kind(PageKind.HUKOU_MEMBER)
        return tuple(page for page in cards if any(party.may_be_parent for party, _ in page.resembles))

    @property
    def may_name_parent(self) -> bool:
        """Whether manifest or certificate names somebody who may be a parent."""
        return any(party.may_be_parent for party in self.parents)

    @property
    def parents_in_a_register(self) -> tuple[Party, ...]:
        """The possible parents who may have a page in a register: not one who is known by no ID card."""
        foreign = self.guardian_document is not DocumentKind.ID_CARD
        return tuple(one for one in self.parents if one.on_certificate or one.person not in PARENTS or not foreign)

    @property
    def parent_names(self) -> frozenset[str]:
        """Names of the possible parents; hospitals make a newborn's placeholder name of them."""
        return frozenset(party.name for party in self.parents)

    @property
    def is_whole(self) -> bool:
        """Whether every file opened and every page was read."""
        return not any(file.content.failure or file.content.failed for file in self.files)

    @property
    def is_watermarked(self) -> bool:
        """Whether a page has a watermark: a family that marks one marks all, and pale ones are not always found."""
        return any(page.content.watermark for page in self.pages)

    @cached_property
    def certificate(self) -> PageView | None:
        """The birth certificate; of several (twins) the one that names the child, or has the entered number."""
        pages = self.of_kind(PageKind.BIRTH_CERTIFICATE)
        name, number = normal_name(self.child.name), normal_number(self.child.birth_certificate_number or "")

        def agreement(page: PageView) -> tuple[bool, bool]:
            return page.value(Field.NAME, Person.CHILD) == name, page.value(Field.CERTIFICATE_NUMBER) == number

        return max(pages, key=agreement, default=None)

    @property
    def child_pages(self) -> tuple[PageView, ...]:
        """The pages about the child: its member cards and the certificate."""
        certificate = self.certificate
        return (*self.members(Person.CHILD), *((certificate,) if certificate else ()))


def open_dossier(case: Case, contents: Sequence[FileContent], context: NameContext) -> Dossier:
    """Gather the content of a case, and find out whose each page is.

    Args:
        case: The submission and its files.
        contents: The content of each of its files, in order.
        context: What comparing names needs.
    """
    case = _with_guardians_document(in_todays_codes(case, context.policy))
    submission = case.submission
    limits = context.policy.legibility
    told = (without_lost_pages(content, limits) for content in contents)
    files = tuple(FileView(file, content) for file, content in zip(case.files, told, strict=True))
    pages = tuple(PageView(view.file, bounded(page)) for view in files for page in view.content.pages)
    pages = with_other_children(pages, submission, context)
    parents = tuple(_parents(submission, pages, context.policy))
    today = today_of(case)
    pages = with_holders(pages, submission.child, parents, today, context)
    pages = with_ties(pages, submission.child, parents, context)
    unregistered = unregistered_parents(pages, submission.guardian, limits)
    return Dossier(case, files, pages, parents, unregistered, today)


def today_of(case: Case) -> date:
    """The day in Beijing of submission; of arrival, where the client's clock is more than a day off."""
    submitted_at, arrived_at = case.submission.submitted_at, case.arrived_at
    return day_of(arrived_at if abs(arrived_at - submitted_at) > _CLOCK_ERROR else submitted_at)


def in_todays_codes(case: Case, policy: Policy) -> Case:
    """The case with private GBK codes in typed names replaced, if the hospital's policy says that they occur."""
    if not policy.names.legacy_gbk:
        return case
    child, guardian = case.submission.child, case.submission.guardian
    changed = {
        "child": child.model_copy(update={"name": modern(child.name)}),
        "guardian": guardian and guardian.model_copy(update={"name": modern(guardian.name)}),
    }
    return case.model_copy(update={"submission": case.submission.model_copy(update=changed)})


def _with_guardians_document(case: Case) -> Case:
    """The case; what the parent declared as an ID card is the guardian's document, whichever that is."""
    guardian = case.submission.guardian
    if guardian is None or guardian.document is DocumentKind.ID_CARD:
        return case
    files = tuple(
        file.model_copy(update={"hint": guardian.document}) if file.hint is DocumentKind.ID_CARD else file
        for file in case.files
    )
    return case.model_copy(update={"files": files})


def guardian_person(guardian: Guardian) -> Person:
    """The guardian's role in the case."""
    return ROLES.get(guardian.relation or GuardianRelation.OTHER, Person.OTHER)


def guardian_number(guardian: Guardian) -> str | None:
    """The typed number in the form in which the guardian's document has it; as it is where it has none."""
    rule = GUARDIAN_DOCUMENTS.get(guardian.document)
    typed = normal_number(guardian.id_number) if guardian.id_number else None
    return (rule.number(typed) or typed) if rule and typed else typed


def _parents(submission: Submission, pages: Sequence[PageView], policy: Policy) -> Iterator[Party]:
    """The guardian, and the parents that the child's certificates name."""
    stated = tuple(_stated_parents(pages, policy))
    if submission.guardian:
        guardian = submission.guardian
        number = guardian_number(guardian)
        party = Party(guardian_person(guardian), normal_name(guardian.name), number)
        named = any(party.name == one.name or (number and number == one.id_number) for one in stated)
        yield party._replace(may_be_parent=named or guardian.relation is not GuardianRelation.OTHER)
    yield from stated


def _stated_parents(pages: Sequence[PageView], policy: Policy) -> Iterator[Party]:
    """The parents that the child's certificates name legibly."""
    for page in pages:
        for person in PARENTS if page.kind is PageKind.BIRTH_CERTIFICATE and page.is_of_family else ():
            name = page.get(Field.NAME, person)
            legibility = legibility_of(name, policy.legibility).legibility
            if name and name.value and legibility is not Legibility.UNREADABLE and names_somebody(name.value):
                sure = legibility is Legibility.READ
                yield Party(person, name.value, page.value(Field.ID_NUMBER, person), on_certificate=True, sure=sure)
