"""Where a row or a page of a sheet is, in the words by which a parent knows it."""

from collections.abc import Iterator

from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field
from models.findings import Location
from models.geometry import Box
from pipeline.judge.pages import PageView
from pipeline.review.paging import SheetPage
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow, checked_of


def place_of_row(opened: ReviewCase, row: ReviewRow) -> Location | None:
    """Where the row's value stands, or where a finding looked for it; None where that cannot be shown."""
    held = checked_of(row, None)
    page = opened.sheet.page_of(held.file, held.page_no) if held else None
    if held is None or page is None:
        return None
    views = [view for view in _views(opened, page) if view.document is held.document]
    theirs = [view for view in views if _stands_on(view, held.field, held.box)] or views
    whole = theirs[0].place() if theirs else _unviewed(opened, page, held.document)
    return whole.model_copy(update={"document": held.document, "field": held.field, "box": held.box})


def place_of_page(opened: ReviewCase, page: SheetPage) -> Location:
    """The words by which a parent knows a page come from whose it is."""
    first = next(_views(opened, page), None)
    return first.place() if first else _unviewed(opened, page)


def _views(opened: ReviewCase, page: SheetPage) -> Iterator[PageView]:
    """The documents on a page, where what they say was kept."""
    views = opened.dossier.pages if opened.dossier else ()
    yield from (view for view in views if (view.file.path, view.content.page_no) == (page.file, page.page_no))


def _stands_on(view: PageView, field: Field, box: Box | None) -> bool:
    """Of two cards of a kind in one picture: whether this one holds the field there."""
    return any(slot.field is field and view.place(*slot).box == box for slot in view.content.fields)


def _unviewed(opened: ReviewCase, page: SheetPage, document: DocumentKind | None = None) -> Location:
    """A page of which only the result tells: what it is, or else what the parent said that it is."""
    hints = {file.path: file.hint for file in opened.laid_out.case.files}
    told = [(outcome, DOCUMENT_OF_PAGE.get(outcome.kind, hints.get(page.file))) for outcome in page.outcomes]
    outcome, kind = next((one for one in told if document is None or one[1] is document), told[0])
    return Location(
        document=document or kind, file=page.file, page_no=page.page_no, page_kind=outcome.kind, box=outcome.quad.box
    )
