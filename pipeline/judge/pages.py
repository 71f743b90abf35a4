"""A page as the rules see it: its content, whose it is, and the words for where something stands on it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from models.case import StoredFile
from models.content import FieldContent, PageContent, Slot
from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field, PageKind, Person
from models.findings import Location
from models.geometry import Box, beyond
from pipeline.judge.parties import Likeness, Party

_CELL = 8.0  # of a label's height: how far right of a label its value reaches at most


class PageView(NamedTuple):
    """One document on one page. `holder` is whose page it is, `resembles` whom it may be, once the case is known."""

    file: StoredFile
    content: PageContent
    holder: Person | None = None
    resembles: tuple[tuple[Party, Likeness], ...] = ()

    @property
    def kind(self) -> PageKind:
        """What the page is."""
        return self.content.kind

    @property
    def document(self) -> DocumentKind | None:
        """What the page belongs to: by its content, else by the parent's hint."""
        return DOCUMENT_OF_PAGE.get(self.kind, self.file.hint)

    def hinted(self, document: DocumentKind | None) -> "PageView":
        """The same page, as if the parent had said what it belongs to."""
        return self._replace(file=self.file.model_copy(update={"hint": document}))

    def get(self, field: Field, person: Person | None = None) -> FieldContent | None:
        """A field of the page's holder, or of a person whom the page names."""
        return self.content.fields.get(Slot(field, person))

    def value(self, field: Field, person: Person | None = None) -> str | None:
        """A field's normalised value; None if it was not found, cannot be such a value, or was repaired.

        A number that its check digit chose proves nothing about anybody.
        """
        found = self.get(field, person)
        return found.value if found and not found.repaired else None

    def place(self, field: Field | None = None, person: Person | None = None) -> Location:
        """Where a field stands, or should stand; the whole page without a field."""
        return Location(
            document=self.document,
            file=self.file.path,
            page_no=self.content.page_no,
            page_kind=self.kind,
            field=field,
            box=self.on_page(self.unclipped(field, person)),
            role=self._role,
        )

    def on_page(self, box: Box) -> Box:
        """The part of a box that lies on the page; frames around print at the rim reach beyond it."""
        return box.within(self.content.width, self.content.height)

    @property
    def _role(self) -> str | None:
        if self.kind is PageKind.HUKOU_MEMBER and self.holder:
            return _HOLDERS.get(self.holder)
        return _SIDES.get(self.kind)

    def unclipped(self, field: Field | None = None, person: Person | None = None) -> Box:
        """Where a field stands, or should stand, be it beyond the picture's rim; the whole page without a field."""
        if field is None:
            return self.content.quad.box
        if found := self.get(field, person):
            return found.box
        slot = Slot(field, person)
        if expected := self.content.places.get(slot):
            return expected
        label = self.content.labels.get(slot)
        return beyond(label, _CELL).box if label else self.content.quad.box


_HOLDERS: Mapping[Person, str] = MappingProxyType(
    {Person.CHILD: "孩子本人页", Person.FATHER: "父亲页", Person.MOTHER: "母亲页", Person.HEAD: "户主页"}
)
_SIDES: Mapping[PageKind, str] = MappingProxyType(
    {PageKind.ID_PORTRAIT: "人像面", PageKind.ID_EMBLEM: "国徽面", PageKind.HUKOU_HOME: "首页"}
)
