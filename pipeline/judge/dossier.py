"""A case with its pages in their slots. Slots are filled by content, never by file name or order."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from models.case import Case, StoredFile
from models.content import FileContent
from models.documents import Field, PageKind, Person
from models.id_number import age_on, normal_number, parse_id_number
from models.overview import day_of
from models.policy import Policy
from models.submission import EnteredChild, Guardian, GuardianRelation, Submission
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.kinship import is_head, parent_by_relation
from pipeline.judge.likeness import NameContext, certain_number, likeness
from pipeline.judge.pages import PageView
from pipeline.judge.parties import Likeness, Party
from pipeline.names.characters import modern
from pipeline.names.normal import normal_name

_ADULT = 18
_CHILD_LIKELY = 2  # points from which a card counts as the child's


class FileView(NamedTuple):
    """A file, and what became of it."""

    file: StoredFile
    content: FileContent


class Dossier(NamedTuple):
    """Everything that the rules look at.

    Attributes:
        case: What came in.
        files: What became of each file.
        pages: Every document on every page, file by file, with its holder where that is known.
        parents: The guardian first if there is one, then the parents whom a certificate names.
        today: The day of submission in Beijing: rules know no other clock.
    """

    case: Case
    files: tuple[FileView, ...]
    pages: tuple[PageView, ...]
    parents: tuple[Party, ...]
    today: date

    @property
    def submission(self) -> Submission:
        """The manifest."""
        return self.case.submission

    @property
    def child(self) -> EnteredChild:
        """The child as typed in."""
        return self.case.submission.child

    def of_kind(self, kind: PageKind) -> tuple[PageView, ...]:
        """The pages of a kind."""
        return tuple(page for page in self.pages if page.kind is kind)

    def members(self, *holders: Person) -> tuple[PageView, ...]:
        """The member cards of certain people."""
        return tuple(page for page in self.of_kind(PageKind.HUKOU_MEMBER) if page.holder in holders)

    @property
    def parent_pages(self) -> tuple[PageView, ...]:
        """Member cards that are, or may be, the guardian's or of a parent whom the certificate names."""
        return tuple(page for page in self.of_kind(PageKind.HUKOU_MEMBER) if page.resembles)

    @property
    def parent_names(self) -> frozenset[str]:
        """Names of those who may be the child's parents: what hospitals make a name of until the family has chosen."""
        return frozenset(someone.name for someone in self.parents)

    @property
    def is_whole(self) -> bool:
        """Whether every file opened and every page was read."""
        return not any(file.content.failure or file.content.failed for file in self.files)

    @property
    def certificate(self) -> PageView | None:
        """The birth certificate; the one that names the child, if there are several."""
        held = self.of_kind(PageKind.BIRTH_CERTIFICATE)
        name = normal_name(self.child.name)
        return max(held, key=lambda page: page.value(Field.NAME, Person.CHILD) == name, default=None)

    @property
    def child_pages(self) -> tuple[PageView, ...]:
        """The pages that speak of the child itself: its member card and the certificate."""
        certificate = self.certificate
        return (*self.members(Person.CHILD), *((certificate,) if certificate else ()))


def open_dossier(case: Case, contents: Sequence[FileContent], reader: NameContext) -> Dossier:
    """Put the pages of a case into their slots.

    Args:
        case: What came in.
        contents: What each of its files says, in their order.
        reader: What comparing names needs.
    """
    case = in_todays_codes(case, reader.policy)
    submission = case.submission
    files = tuple(FileView(file, content) for file, content in zip(case.files, contents, strict=True))
    pages = tuple(PageView(view.file, page) for view in files for page in view.content.pages)
    parents = tuple(_parents(submission, pages, reader.policy))
    today = day_of(submission.submitted_at)
    held = tuple(_held(page, submission.child, parents, today, reader) for page in pages)
    held = _with_relatives(_one_child(held, submission.child, reader.policy))
    return Dossier(case, files, held, parents, today)


def in_todays_codes(case: Case, policy: Policy) -> Case:
    """The case with its typed names in today's codes, where the hospital's policy says that they may be in others."""
    if not policy.names.legacy_gbk:
        return case
    child, guardian = case.submission.child, case.submission.guardian
    changed = {
        "child": child.model_copy(update={"name": modern(child.name)}),
        "guardian": guardian and guardian.model_copy(update={"name": modern(guardian.name)}),
    }
    return case.model_copy(update={"submission": case.submission.model_copy(update=changed)})


def guardian_person(guardian: Guardian) -> Person:
    """The guardian's part in the case."""
    return {GuardianRelation.FATHER: Person.FATHER, GuardianRelation.MOTHER: Person.MOTHER}.get(
        guardian.relation or GuardianRelation.OTHER, Person.OTHER
    )


def _parents(submission: Submission, pages: Sequence[PageView], policy: Policy) -> Iterator[Party]:
    """The guardian, and the parents whom a certificate names legibly; noise in a blank block names nobody."""
    if submission.guardian:
        guardian = submission.guardian
        number = normal_number(guardian.id_number) if guardian.id_number else None
        yield Party(guardian_person(guardian), normal_name(guardian.name), number)
    for page in pages:
        for person in (Person.MOTHER, Person.FATHER) if page.kind is PageKind.BIRTH_CERTIFICATE else ():
            name = page.get(Field.NAME, person)
            looks = legibility_of(name, policy.legibility).legibility
            if name and name.value and looks is not Legibility.UNREADABLE and sum(map(str.isalpha, name.value)) > 1:
                sure = looks is Legibility.READ
                yield Party(person, name.value, page.value(Field.ID_NUMBER, person), on_certificate=True, sure=sure)


def _held(page: PageView, child: EnteredChild, parents: Sequence[Party], today: date, reader: NameContext) -> PageView:
    """The page with its holder and those whom it resembles; nobody for pages that are not a person's."""
    if page.kind not in (PageKind.HUKOU_MEMBER, PageKind.ID_PORTRAIT):
        return page
    alike = tuple((someone, likeness(page, someone, reader)) for someone in parents)
    same = tuple(row for row in alike if row[1] is Likeness.SAME)
    if same:
        return page._replace(holder=same[0][0].person, resembles=same)
    if page.kind is PageKind.HUKOU_MEMBER and _child_points(page, child, reader.policy) >= _CHILD_LIKELY:
        return page._replace(holder=Person.CHILD)
    maybe = tuple(row for row in alike if row[1] is Likeness.MAYBE)
    if maybe and _may_be_a_parent(page, today):
        return page._replace(holder=maybe[0][0].person, resembles=maybe)
    return page._replace(holder=_by_relation(page, today))


def _may_be_a_parent(page: PageView, today: date) -> bool:
    """A guardian's ID card may be anybody's of age; a member card only of somebody of whom it says so."""
    born = page.value(Field.BIRTH_DATE)
    if born is None:
        return page.kind is PageKind.ID_PORTRAIT
    return age_on(date.fromisoformat(born), today) >= _ADULT


def _child_points(page: PageView, child: EnteredChild, policy: Policy) -> int:
    """How much speaks for a card being the child's; a certain other number speaks against it."""
    name, born = page.value(Field.NAME) or "", page.value(Field.BIRTH_DATE)
    number = certain_number(page, policy)
    digits = parse_id_number(number) if number else None
    entered = normal_number(child.id_number) if child.id_number else None
    same_day = child.birth_date.isoformat() == born or (digits is not None and digits.birth_date == child.birth_date)
    points = 2 * same_day + 2 * (name == normal_name(child.name))
    points += len(set(name) & set(child.name)) * 2 > len(child.name)
    if entered and number:
        points += 3 if entered == number else -2
    return points


def _by_relation(page: PageView, today: date) -> Person | None:
    """户主 is printed on the card of the head; others are told apart by age alone."""
    if is_head(page.value(Field.RELATION) or ""):
        return Person.HEAD
    born = page.value(Field.BIRTH_DATE)
    adult = born is not None and age_on(date.fromisoformat(born), today) >= _ADULT
    return Person.OTHER if adult else None


def _one_child(pages: tuple[PageView, ...], child: EnteredChild, policy: Policy) -> tuple[PageView, ...]:
    """Of several cards that may be the child's (twins), only the likeliest ones are."""
    cards = [page for page in pages if page.holder is Person.CHILD]
    best = max((_child_points(page, child, policy) for page in cards), default=0)
    losers = [page for page in cards if _child_points(page, child, policy) < best]
    return tuple(page._replace(holder=None) if any(page is loser for loser in losers) else page for page in pages)


def _with_relatives(pages: tuple[PageView, ...]) -> tuple[PageView, ...]:
    """Name the father and the mother whom the relations to the head tell, where exactly one card fits."""
    relation = next((page.value(Field.RELATION) for page in pages if page.holder is Person.CHILD), None)
    if not relation:
        return pages
    told = [_told(page, relation) for page in pages]
    settled = {page.holder for page in pages}
    clear = {person for person in (Person.FATHER, Person.MOTHER) if told.count(person) == 1} - settled
    return tuple(
        page._replace(holder=person) if person in clear else page for page, person in zip(pages, told, strict=True)
    )


def _told(page: PageView, child_relation: str) -> Person | None:
    if page.kind is not PageKind.HUKOU_MEMBER or page.holder not in (Person.HEAD, Person.OTHER):
        return None
    return parent_by_relation(page.value(Field.RELATION) or "", page.value(Field.SEX), child_relation)
