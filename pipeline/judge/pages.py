"""A page as the rules see it: its content, whose it is, and the locations of its fields."""

from enum import StrEnum
from typing import NamedTuple

from models.case import StoredFile
from models.content import FieldContent, PageContent, Slot
from models.documents import DocumentKind, Field, PageKind, Person, document_shown
from models.findings import Location
from models.geometry import Box
from pipeline.extract.guardian_documents.table import GUARDIAN_DOCUMENTS
from pipeline.judge.expected_places import beside

_OF_A_FRONT = frozenset({Field.SEX, Field.BIRTH_DATE, Field.ID_NUMBER})


class Party(NamedTuple):
    """A person that the manifest or the birth certificate names.

    Attributes:
        person: The role in the case.
        name: In normal form.
        id_number: In normal form, if given.
        on_certificate: Whether the birth certificate names the person; else the manifest does.
        sure: Whether the name is certain: typed in, or read with certainty.
        may_be_parent: Whether it may be a parent of the child; not a guardian who was entered as none.
    """

    person: Person
    name: str
    id_number: str | None
    on_certificate: bool = False
    sure: bool = True
    may_be_parent: bool = True


class Tie(StrEnum):
    """How the people on a page are tied to the child."""

    FAMILY = "family"  # as far as anybody can tell
    POSSIBLE = "possible"  # they may be relatives, and have nothing in common with it
    DOUBTFUL = "doubtful"  # nothing ties them to it, and nothing speaks against it
    ANOTHER_CHILD = "another_child"  # a certificate of a sibling
    STRANGER = "stranger"  # another family


class Likeness(StrEnum):
    """Whether a card is a party's."""

    SAME = "same"
    MAYBE = "maybe"
    STRANGER = "stranger"


class PageView(NamedTuple):
    """One document on one page, and what the rest of the case says of it.

    Attributes:
        holder: Whose page it is, as far as known.
        resembles: The parties whose it is or may be.
        tie: Whether it is of the child's family.
    """

    file: StoredFile
    content: PageContent
    holder: Person | None = None
    resembles: tuple[tuple[Party, Likeness], ...] = ()
    tie: Tie = Tie.FAMILY

    @property
    def kind(self) -> PageKind:
        """The kind of page."""
        return self.content.kind

    @property
    def shown(self) -> DocumentKind | None:
        """The document that the page shows, if it is one that an application may need."""
        return document_shown(self.kind, self.content.document)

    @property
    def document(self) -> DocumentKind | None:
        """The document that the page belongs to: by its content, else by the parent's hint."""
        return self.shown or self.file.hint

    @property
    def names_its_holder(self) -> bool:
        """Whether it is the side of a document, or a card of the register, that says whose it is."""
        rule = GUARDIAN_DOCUMENTS.get(self.shown) if self.shown else None
        if rule is None:
            return self.kind in (PageKind.HUKOU_MEMBER, PageKind.ID_PORTRAIT)
        told = {slot.field for slot in (*self.content.fields, *self.content.labels)}
        return bool(told & _OF_A_FRONT if rule.two_sided else told)

    @property
    def is_of_family(self) -> bool:
        """Whether the page may be of the child, or of somebody of its family who is asked about."""
        return self.tie in (Tie.FAMILY, Tie.POSSIBLE, Tie.DOUBTFUL)

    def hinted(self, document: DocumentKind | None) -> "PageView":
        """The same page with another hint of the parent."""
        return self._replace(file=self.file.model_copy(update={"hint": document}))

    def get(self, field: Field, person: Person | None = None) -> FieldContent | None:
        """A field of the page's holder, or of a person that the page names."""
        return self.content.fields.get(Slot(field, person))

    def value(self, field: Field, person: Person | None = None) -> str | None:
        """A field's normalised value; None if it was not found, is no valid value, or was repaired.

        A number that was repaired by its check digit is no evidence.
        """
        found = self.get(field, person)
        return found.value if found and not found.repaired else None

    def place(self, field: Field | None = None, person: Person | None = None) -> Location:
        """The location of a field, or where it is expected; of the whole page without a field."""
        return Location(
            document=self.document,
            file=self.file.path,
            page_no=self.content.page_no,
            page_kind=self.kind,
            field=field,
            box=self.on_page(self.unclipped(field, person)),
        )

    def on_page(self, box: Box) -> Box:
        """The part of a box that is on the page, in pixels of a result."""
        return self.inside(box).scaled(self.content.unit)

    def inside(self, box: Box) -> Box:
        """The part of a box that is on the page as decoded; boxes of print at the edge reach beyond it."""
        return box.within(self.content.width, self.content.height)

    def unclipped(self, field: Field | None = None, person: Person | None = None) -> Box:
        """The box of a field, or where it is expected, even beyond the picture's edge; of the page without a field."""
        if field is None:
            return self.content.quad.box
        if found := self.get(field, person):
            return found.box
        slot = Slot(field, person)
        if expected := self.content.places.get(slot):
            return expected
        label = self.content.labels.get(slot)
        return beside(label, slot, self.content) if label else self.content.quad.box
