"""A picture that somebody asks for while its scan is to be erased does not outlive it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.case import Case, Conclusion, StoredFile
from models.policy import Limits
from models.register import ChildNumbers
from pipeline.cases.erasure import erase_pending
from pipeline.cases.page_images import page_image
from pipeline.ledger.ledger import Ledger
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.stores.content import keep_bytes
from pipeline.stores.folder import FolderStore
from pipeline.workers.render_pool import PageRenderer
from tests.support.ledgers import new_ledger
from tests.support.values import result, submission

NUMBER = "11019920191123002X"
LATER = datetime.now(UTC) + timedelta(days=1)


class Drawn(PageRenderer):
    """Draws at once, after something else happened."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(ReaderOptions())
        self._meanwhile = meanwhile

    def view(self, data: bytes, page_no: int, limits: Limits) -> bytes:
        self._meanwhile()
        return b"picture"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def decided(ledger: Ledger, store: FolderStore) -> Case:
    file = StoredFile(path="hukou.pdf", hint=None, digest=keep_bytes(store, b"scan"), size=4)
    case = ledger.cases.open(submission("s-1"), (file,), "d1")
    ledger.cases.conclude(Conclusion(case, result(case), numbers=ChildNumbers((NUMBER,))))
    return case


@pytest.mark.parametrize(
    ("meanwhile", "seen"),
    [
        pytest.param(lambda _: None, b"picture", id="nothing"),
        pytest.param(lambda ledger: ledger.erasures.forget_child([NUMBER]), None, id="the child is forgotten"),
        pytest.param(lambda ledger: ledger.erasures.expire_scans(LATER, 10), None, id="the scans expire"),
    ],
)
def test_a_picture_is_kept_only_where_its_scan_is(
    tmp_path: Path, ledger: Ledger, meanwhile: Callable[[Ledger], object], seen: bytes | None
) -> None:
    store = FolderStore(tmp_path / "store")
    case, viewer = decided(ledger, store), Drawn(lambda: meanwhile(ledger))
    assert page_image(case, ("hukou.pdf", 1), ledger, store, viewer, Limits()) == seen
    erase_pending(ledger, store)
    assert bool(list(store.list("pictures/"))) is (seen is not None)
