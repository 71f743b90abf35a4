"""Pictures of a case's pages for the review desk; kept only in the store."""

from contextlib import suppress

from models.case import Case
from models.errors import FileRejectedError, ObjectMissingError
from models.policy import Limits
from pipeline.ledger.ledger import Ledger
from pipeline.stores.base import Store
from pipeline.stores.content import bytes_of
from pipeline.workers.render_pool import PageRenderer

PageOfFile = tuple[str, int]  # a file's path and the number of a page in it


def _kept_for(case: Case, digest: str, key: str, picture: bytes, ledger: Ledger, store: Store) -> bool:
    """Store a picture, unless the case's scans are to be erased: erasing does not see objects that came later."""
    store.put(key, picture, content_type="image/jpeg")
    if ledger.cases.has_scan(case, digest):  # checked after the put: a later erasure finds the picture
        return True
    store.erase(key)
    return False


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
