"""Pages of which a file has lost a part: whether the rest serves, or the page is one that could not be read.

A rule may read anything on a form, so that a page serves only if nothing of its form can have been in the lost part.
"""

import math
from collections.abc import Iterable, Mapping
from statistics import median
from types import MappingProxyType
from typing import Final

from models.case import FailedPage
from models.codes import Code
from models.content import FileContent, PageContent, Slot
from models.documents import Field, PageKind
from models.geometry import Box, beyond
from models.policy import LegibilityLimits
from models.reading import Loss
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.required import REQUIRED
from pipeline.judge.unregistered_parents import PARENTS

# What rules read beside the required fields, and the last rows of each form. A blank in them tells something, and what
# stands between or beside them (a stamp on a card, a father's number) changes a decision.
_COMPARED: Final[Mapping[PageKind, tuple[Slot, ...]]] = MappingProxyType(
    {
        PageKind.ID_EMBLEM: (Slot(Field.ISSUING_AUTHORITY), Slot(Field.VALID_FROM)),
        PageKind.HUKOU_HOME: (Slot(Field.HEAD_NAME), Slot(Field.HOUSEHOLD_NUMBER), Slot(Field.ISSUE_DATE)),
        PageKind.HUKOU_MEMBER: (Slot(Field.RELATION), Slot(Field.REGISTRATION_DATE)),
        PageKind.BIRTH_CERTIFICATE: (
            *(Slot(field, person) for person in PARENTS for field in (Field.NAME, Field.ID_NUMBER)),
            Slot(Field.ISSUE_DATE),
        ),
    }
)
_CELL: Final = 20.0  # label heights: how far right of a label its value reaches at most, a number in boxes
_NEAR: Final = 2  # heights of a line: what ends nearer to the lost part may go on in it
_RIM: Final = 0.1  # of the form's shorter side: the paper beside its outermost words, where a stamp may stand


def without_lost_pages(file: FileContent, limits: LegibilityLimits) -> FileContent:
    """The file; a page counts as not read if its lost part may hold something that is needed."""
    lost = {page.page_no: page for page in file.pages if page.loss and not serves(page, page.loss, limits)}
    if not lost:
        return file
    failed = (
        FailedPage(page_no=number, code=Code.BAD_FILE, reason=page.loss.reason, loss=in_result(page.loss, page.unit))
        for number, page in lost.items()
        if page.loss
    )
    pages = tuple(page for page in file.pages if page.page_no not in lost)
    return file._replace(pages=pages, failed=tuple(sorted((*file.failed, *failed), key=lambda page: page.page_no)))


def serves(page: PageContent, loss: Loss, limits: LegibilityLimits) -> bool:
    """Whether a page is of a known kind, its required fields are legible, and its whole form is clear of the loss."""
    needed = REQUIRED.get(page.kind, ())
    read = (page.fields[slot] for slot in needed if slot in page.fields)
    legible = [one for one in read if legibility_of(one, limits).legibility is not Legibility.UNREADABLE]
    compared = [_place(page, slot) for slot in _COMPARED.get(page.kind, ())]
    placed = [box for box in compared if box is not None]
    return 0 < len(needed) == len(legible) and len(placed) == len(compared) and _is_clear(page, placed, loss)


def _place(page: PageContent, slot: Slot) -> Box | None:
    """Where a field stands or is expected; None if the page does not show it."""
    if found := page.fields.get(slot):
        return found.box
    label = page.labels.get(slot)
    return page.places.get(slot) or (beyond(label, _CELL).box if label else None)


def _is_clear(page: PageContent, placed: Iterable[Box], loss: Loss) -> bool:
    """Whether all that stands on a page, or is expected there, is some way from the lost part."""
    cells = [*placed, *(one.box for one in page.fields.values()), *page.places.values()]
    words = [one.box for one in (*page.labels.values(), *(line.quad for line in page.lines))]
    form = Box.around((*cells, *words))
    line = median(min(box.width, box.height) for box in words) if words else 0
    rim = max(_NEAR * line, _RIM * min(form.width, form.height))
    return not form.grown(math.ceil(rim)).overlap(loss.box)


def in_result(loss: Loss, unit: float) -> Loss:
    """A loss in pixels of a result; `unit` is the page's."""
    return loss._replace(box=loss.box.scaled(unit))
