"""Can the required fields be read? Numbers that `quality` measured, turned into 3002 and 影像不清.

A page whose required fields were read is never rejected for its looks.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from models.documents import DocumentKind, Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Reason, found
from models.geometry import Box
from models.policy import LegibilityLimits
from models.reading import PageReading, Tile
from pipeline.documents.dossier import Dossier
from pipeline.documents.form import Slot
from pipeline.documents.looks import Legibility, look
from pipeline.documents.pages import PageView

_BURNT_OUT = 250  # grey level of the darkest of a tile from which nothing can be seen there, on paper that is darker
_FLAT = 12  # grey levels between paper and ink below which nothing is printed there
_CELL_WIDTHS = 8.0  # of a label's height: how far right of a label its value reaches at most, for looking at the place

# Fields without which a page has not done its work; not those that the law lets be blank (relation in a 集体户).
REQUIRED: Mapping[PageKind, tuple[Slot, ...]] = MappingProxyType(
    {
        PageKind.ID_PORTRAIT: (Slot(Field.NAME), Slot(Field.ID_NUMBER)),
        PageKind.ID_EMBLEM: (Slot(Field.VALID_UNTIL),),
        PageKind.HUKOU_HOME: (Slot(Field.ADDRESS),),
        PageKind.HUKOU_MEMBER: (Slot(Field.NAME), Slot(Field.SEX), Slot(Field.BIRTH_DATE), Slot(Field.ID_NUMBER)),
        PageKind.BIRTH_CERTIFICATE: (
            Slot(Field.NAME, Person.CHILD),
            Slot(Field.SEX, Person.CHILD),
            Slot(Field.BIRTH_TIME, Person.CHILD),
            Slot(Field.CERTIFICATE_NUMBER),
            Slot(Field.NAME, Person.MOTHER),
        ),
    }
)


def required_slots(page: PageView) -> tuple[Slot, ...]:
    """The fields that a page is needed for; of a grown-up's member card only whose it is."""
    if page.kind is PageKind.HUKOU_MEMBER and page.holder not in (None, Person.CHILD):
        return (Slot(Field.NAME),)
    return REQUIRED.get(page.kind, ())


def unreadable_slots(page: PageView, limits: LegibilityLimits) -> tuple[Slot, ...]:
    """The required fields of a page that cannot be read."""
    slots = required_slots(page)
    return tuple(slot for slot in slots if look(page.get(*slot), limits).legibility is Legibility.UNREADABLE)


def is_unread(page: PageView, limits: LegibilityLimits) -> bool:
    """Whether nobody can tell whose page it is: nothing reads, or neither the name nor the number does."""
    if page.kind is PageKind.UNREADABLE:
        return True
    if page.kind not in (PageKind.HUKOU_MEMBER, PageKind.ID_PORTRAIT) or page.holder is not None:
        return False
    identifying = (page.get(field) for field in (Field.NAME, Field.ID_NUMBER))
    return all(look(field, limits).legibility is Legibility.UNREADABLE for field in identifying)


def illegible(dossier: Dossier, pages: tuple[PageView, ...], limits: LegibilityLimits) -> Iterator[Finding]:
    """Findings for the pages that the application needs; a field that another of these pages supplies is not missed."""
    for page in pages:
        if is_unread(page, limits):
            yield found(code_for(page), page_reason(page.reading, limits), page.place())
            continue
        for slot in unreadable_slots(page, limits):
            if not _supplied(slot, page, dossier, limits):
                yield _unreadable_field(page, slot, limits)


def _supplied(slot: Slot, page: PageView, dossier: Dossier, limits: LegibilityLimits) -> bool:
    """Whether another picture of the same page supplies the field; pages of nobody in particular are never the same."""
    if page.kind is PageKind.BIRTH_CERTIFICATE or (page.kind is PageKind.HUKOU_MEMBER and page.holder is None):
        return False
    twins = (
        other
        for other in dossier.pages
        if other is not page and other.kind is page.kind and other.holder is page.holder
    )
    return any(look(other.get(*slot), limits).legibility is not Legibility.UNREADABLE for other in twins)


def code_for(page: PageView) -> Code:
    """3002 for the household register, 影像不清 for the others."""
    return Code.REGISTER_ILLEGIBLE if page.document is DocumentKind.HOUSEHOLD_REGISTER else Code.ILLEGIBLE


def _unreadable_field(page: PageView, slot: Slot, limits: LegibilityLimits) -> Finding:
    looks = look(page.get(*slot), limits)
    place = page.place(*slot)
    evidence = Evidence(measured=looks.measured, limit=looks.limit)
    return found(code_for(page), _reason(page, slot, limits), place, evidence)


def _reason(page: PageView, slot: Slot, limits: LegibilityLimits) -> Reason:
    field = page.get(*slot)
    if field is None:
        label = page.form.labels.get(slot)
        return _reason_of_nothing(page.reading, label.box, limits) if label else page_reason(page.reading, limits)
    measures = [line.measures for line in field.lines]
    if min(measure.height for measure in measures) < limits.small_height:
        return Reason.TOO_SMALL
    if max(measure.edge_width for measure in measures) > limits.blurred_edge:
        return Reason.BLUR
    return page_reason(page.reading, limits)


def _reason_of_nothing(reading: PageReading, label: Box, limits: LegibilityLimits) -> Reason:
    """Why nothing was read beside a label: what does the place look like, against the paper of the page?"""
    place, page = _tiles(reading, _beside(label)), reading.measures.surface.tiles
    usual = sorted(tile.paper for tile in page)[len(page) // 2]
    if usual < _BURNT_OUT <= _second_largest(tile.ink for tile in place):
        return Reason.GLARE
    if usual >= limits.dark * 255 and _second_largest(-tile.paper for tile in place) > -limits.dark * 255:
        return Reason.OCCLUDED
    whole = page_reason(reading, limits)
    flat = all(tile.paper - tile.ink < _FLAT for tile in place)
    return Reason.LOW_CONTRAST if flat and whole is Reason.BLUR else whole


def _second_largest(values: Iterable[int]) -> int:
    """One tile may be a speck; two are a place."""
    return sorted((*values, -255, -255))[-2]


def _beside(label: Box) -> Box:
    return Box(label.right, label.top, label.right + round(_CELL_WIDTHS * label.height), label.bottom)


def _tiles(reading: PageReading, box: Box) -> tuple[Tile, ...]:
    surface = reading.measures.surface
    across, down = reading.upright_width / surface.columns, reading.upright_height / surface.rows
    rows = range(max(0, int(box.top / down)), min(surface.rows, int(box.bottom / down) + 1))
    columns = range(max(0, int(box.left / across)), min(surface.columns, int(box.right / across) + 1))
    return tuple(surface.tiles[row * surface.columns + column] for row in rows for column in columns)


def page_reason(reading: PageReading, limits: LegibilityLimits) -> Reason:
    """Why a whole page does not read, from its looks alone."""
    measures = [line.measures for line in reading.lines]
    if reading.measures.brightness < limits.dark:
        return Reason.TOO_DARK
    heights = sorted(measure.height for measure in measures)
    if heights and heights[len(heights) // 2] < limits.small_height:
        return Reason.TOO_SMALL
    contrasts = sorted(measure.contrast for measure in measures)
    if reading.measures.brightness > limits.bright and contrasts and contrasts[len(contrasts) // 2] < limits.faint:
        return Reason.LOW_CONTRAST
    return Reason.BLUR
