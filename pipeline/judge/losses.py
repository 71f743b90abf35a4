"""Pages of which a file has lost a part: whether the rest serves, or the page is one that could not be read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.case import FailedPage
from models.codes import Code
from models.content import FileContent, PageContent, Slot
from models.documents import Field, PageKind, Person
from models.geometry import Box, beyond
from models.policy import LegibilityLimits
from models.reading import Loss
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.required import REQUIRED

# Fields whose blank means something to a rule, so that they must not be lost either.
_TELLING: Final[Mapping[PageKind, tuple[Slot, ...]]] = MappingProxyType(
    {
        PageKind.HUKOU_HOME: (Slot(Field.HEAD_NAME), Slot(Field.HOUSEHOLD_NUMBER)),
        PageKind.HUKOU_MEMBER: (Slot(Field.RELATION),),
        PageKind.BIRTH_CERTIFICATE: (Slot(Field.NAME, Person.FATHER),),
    }
)
_NEAR: Final = 2  # heights of a line: a value that ends nearer to the lost part may go on in it
_CELL: Final = 8.0  # label heights: how far right of a label its value reaches at most


def without_lost_pages(file: FileContent, limits: LegibilityLimits) -> FileContent:
    """The file, where pages whose lost part may hold something that is needed are pages that could not be read."""
    lost = {page.page_no: page for page in file.pages if page.loss and not serves(page, limits)}
    if not lost:
        return file
    failed = (
        FailedPage(page_no=number, code=Code.BAD_FILE, reason=page.loss.reason, loss=in_result(page.loss, page.unit))
        for number, page in lost.items()
        if page.loss
    )
    pages = tuple(page for page in file.pages if page.page_no not in lost)
    return file._replace(pages=pages, failed=tuple(sorted((*file.failed, *failed), key=lambda page: page.page_no)))


def serves(page: PageContent, limits: LegibilityLimits) -> bool:
    """Whether a page is of a known kind, and every field that it is needed for was read clear of the lost part."""
    loss = page.loss
    if loss is None:
        return True
    needed = REQUIRED.get(page.kind, ())
    read = (page.fields[slot] for slot in needed if slot in page.fields)
    legible = [one for one in read if legibility_of(one, limits).legibility is not Legibility.UNREADABLE]
    places = [*(one.box for one in legible), *(_place(page, slot) for slot in _TELLING.get(page.kind, ()))]
    return 0 < len(needed) == len(legible) and all(box is not None and _is_clear(box, loss) for box in places)


def _place(page: PageContent, slot: Slot) -> Box | None:
    """Where a field stands, or is expected; None if nobody can tell."""
    if found := page.fields.get(slot):
        return found.box
    label = page.labels.get(slot)
    return page.places.get(slot) or (beyond(label, _CELL).box if label else None)


def _is_clear(box: Box, loss: Loss) -> bool:
    return not box.grown(_NEAR * min(box.width, box.height)).overlap(loss.box)


def in_result(loss: Loss, unit: float) -> Loss:
    """A loss in pixels of a result; `unit` is the page's."""
    return loss._replace(box=loss.box.scaled(unit))
