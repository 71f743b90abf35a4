"""A page as the rules see it: its kind, its fields, and the words for where something stands on it."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from models.case import StoredFile
from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field, PageKind, Person
from models.findings import Place
from models.geometry import Box, beyond
from models.identity import is_certificate_number, normal_number
from models.reading import Line, PageReading
from pipeline.documents.birth_certificate import read_certificate
from pipeline.documents.calibration import calibrated, calibration
from pipeline.documents.fields import FieldReading
from pipeline.documents.form import Form, Slot
from pipeline.documents.household import read_home, read_member
from pipeline.documents.id_card import read_emblem, read_portrait
from pipeline.documents.identify import identify
from pipeline.documents.level import level
from pipeline.documents.people import Likeness, Someone
from pipeline.documents.script import weighed

_READERS: Mapping[PageKind, Callable[[Sequence[Line]], Form]] = MappingProxyType(
    {
        PageKind.ID_PORTRAIT: read_portrait,
        PageKind.ID_EMBLEM: read_emblem,
        PageKind.HUKOU_HOME: read_home,
        PageKind.HUKOU_MEMBER: read_member,
        PageKind.BIRTH_CERTIFICATE: read_certificate,
    }
)
_CELL = 8.0  # of a label's height: how far right of a label its value reaches at most
_SURE_PRINT = 0.9  # confidence of a printed number that a barcode may contradict, but not replace
_BARCODE = 0.999  # of what a barcode says
_MOST_LABELS = 10  # of the twenty-one on a member card


class PageView(NamedTuple):
    """One document on one page. `holder` is whose page it is, `resembles` whom it may be, once the case is known."""

    file: StoredFile
    reading: PageReading
    kind: PageKind
    form: Form
    holder: Person | None = None
    resembles: tuple[tuple[Someone, Likeness], ...] = ()

    @property
    def document(self) -> DocumentKind | None:
        """What the page belongs to: by its content, else by the parent's hint."""
        return DOCUMENT_OF_PAGE.get(self.kind, self.file.hint)

    def hinted(self, document: DocumentKind | None) -> "PageView":
        """The same page, as if the parent had said what it belongs to."""
        return self._replace(file=self.file.model_copy(update={"hint": document}))

    def get(self, field: Field, person: Person | None = None) -> FieldReading | None:
        """A field of the page's holder, or of a person whom the page names."""
        return self.form.fields.get(Slot(field, person))

    def value(self, field: Field, person: Person | None = None) -> str | None:
        """A field's normalised value; None if it was not found, cannot be such a value, or was repaired.

        A number that its check digit chose proves nothing about anybody.
        """
        found = self.get(field, person)
        return found.value if found and not found.repaired else None

    def place(self, field: Field | None = None, person: Person | None = None) -> Place:
        """Where a field stands, or should stand; the whole page without a field."""
        return Place(
            document=self.document,
            file=self.file.path,
            page_no=self.reading.page_no,
            page_kind=self.kind,
            field=field,
            box=self.on_page(self.unclipped(field, person)),
            role=self._role,
        )

    def on_page(self, box: Box) -> Box:
        """The part of a box that lies on the page; frames around print at the rim reach beyond it."""
        return box.within(self.reading.width, self.reading.height)

    @property
    def _role(self) -> str | None:
        if self.kind is PageKind.HUKOU_MEMBER and self.holder:
            return _HOLDERS.get(self.holder)
        return _SIDES.get(self.kind)

    def unclipped(self, field: Field | None = None, person: Person | None = None) -> Box:
        """Where a field stands, or should stand, be it beyond the picture's rim; the whole page without a field."""
        found = self.get(field, person) if field else None
        label = self.form.labels.get(Slot(field, person)) if field else None
        if found:
            return found.box
        if field and (expected := self.form.expected(Slot(field, person))):
            return expected
        return beyond(label.quad, _CELL).box if label else self.reading.quad.box


_HOLDERS: Mapping[Person, str] = MappingProxyType(
    {Person.CHILD: "孩子本人页", Person.FATHER: "父亲页", Person.MOTHER: "母亲页", Person.HEAD: "户主页"}
)
_SIDES: Mapping[PageKind, str] = MappingProxyType(
    {PageKind.ID_PORTRAIT: "人像面", PageKind.ID_EMBLEM: "国徽面", PageKind.HUKOU_HOME: "首页"}
)


def view_page(file: StoredFile, reading: PageReading) -> PageView:
    """Identify a page and read its fields; a member card whose labels read and that holds no value is a blank one."""
    kind = identify(reading.lines)
    form = _READERS[kind](weighed(level(reading.lines))) if kind in _READERS else Form({}, {})
    if kind is PageKind.HUKOU_MEMBER and not form.fields and form.labels_read >= _MOST_LABELS:
        kind = PageKind.HUKOU_BLANK
    return PageView(file, reading, kind, _with_barcode(_calibrated(form), reading))


def _calibrated(form: Form) -> Form:
    """The fields with the probability that each was read right as their confidence."""
    constants = calibration()
    told = {slot: field._replace(confidence=calibrated(field, constants)) for slot, field in form.fields.items()}
    return form._replace(fields=told)


def _with_barcode(form: Form, reading: PageReading) -> Form:
    """The certificate's number from its barcode, which has a checksum, where print is not sure of saying the same."""
    code = next((code for code in reading.barcodes if is_certificate_number(code.text)), None)
    slot = Slot(Field.CERTIFICATE_NUMBER)
    printed = form.fields.get(slot)
    lines = printed.runs if printed else ()
    if code is None or (lines and min(run.confidence for run in lines) >= _SURE_PRINT):
        return form
    number = normal_number(code.text)
    read = FieldReading(slot.field, number, number, _BARCODE, printed.box if printed else code.quad.box, lines)
    return form._replace(fields={**form.fields, slot: read})
