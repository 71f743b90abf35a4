"""Pictures of a case's pages with boxes around fields and findings; kept only in the store."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from models.case import Case
from models.errors import EngineError, FileRejectedError, ObjectMissingError
from models.policy import Limits
from models.result import Result
from pipeline.cases.context import PipelineContext
from pipeline.ledger.ledger import Ledger
from pipeline.perceive.scene.overlay import Mark, Meaning
from pipeline.stores.base import Store
from pipeline.stores.content import bytes_of
from pipeline.workers.render_pool import PageRenderer

PageOfFile = tuple[str, int]  # a file's path and the number of a page in it


def keep_page_images(case: Case, result: Result, context: PipelineContext) -> Mapping[PageOfFile, str]:
    """Draw every page of a result, store the pictures, and return the key of each.

    Drawing again stores the same pictures. A page that cannot be decoded has none.
    """
    return dict(_kept(case, result, context))


def _kept(case: Case, result: Result, context: PipelineContext) -> Iterator[tuple[PageOfFile, str]]:
    digests = {file.path: file.digest for file in case.files}
    for path, page_no in dict.fromkeys((page.file, page.page_no) for page in result.pages):
        digest = digests[path]
        if digest is None:
            continue
        data = bytes_of(context.store, digest, limit=None)
        try:
            picture = context.readers.picture(data, page_no, tuple(_marks(result, path, page_no)), context.limits)
        except (FileRejectedError, EngineError):
            continue
        key = f"pictures/{case.input_digest}/{digest}-{page_no}.jpg"
        if _kept_for(case, digest, key, picture, context.ledger, context.store):
            yield (path, page_no), key


def _kept_for(case: Case, digest: str, key: str, picture: bytes, ledger: Ledger, store: Store) -> bool:
    """Store a picture, unless the case's scans are to be erased: erasing does not see objects that came later."""
    store.put(key, picture, content_type="image/jpeg")
    if ledger.cases.has_scan(case, digest):  # checked after the put: a later erasure finds the picture
        return True
    store.erase(key)
    return False


def _marks(result: Result, path: str, page_no: int) -> Iterator[Mark]:
    here = (path, page_no)
    yield from (Mark(row.box, Meaning.READ) for row in result.fields if (row.file, row.page_no) == here)
    yield from (Mark(row.box, Meaning.FOUND) for row in result.findings if (row.file, row.page_no) == here and row.box)


def page_image(
    case: Case, page: PageOfFile, ledger: Ledger, store: Store, viewer: PageRenderer, limits: Limits
) -> bytes | None:
    """A page as uploaded, as JPEG; rendered once and then kept.

    Returns:
        The picture; None if the page cannot be decoded, or if the case's scans are to be erased.

    Raises:
        StoreError: The store failed, or the bytes do not exist any more.
        EngineError: The rendering process died.
    """
    path, page_no = page
    digest = next((file.digest for file in case.files if file.path == path), None)
    if digest is None:
        return None
    key = f"pictures/{case.input_digest}/{digest}-{page_no}-view.jpg"
    with suppress(ObjectMissingError):
        return store.get(key, limit=None)
    try:
        picture = viewer.view(bytes_of(store, digest, limit=None), page_no, limits)
    except FileRejectedError:
        return None
    return picture if _kept_for(case, digest, key, picture, ledger, store) else None
