"""What becomes of a case when a page of it is lost in the reading processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.findings import Code, Reason
from models.policy import Limits, Policy
from models.result import Decision
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process
from pipeline.stores.folder import FolderStore
from pipeline.workers.ocr_pool import OcrPool, Pending
from tests.cases.test_steps import told
from tests.support.dossiers import FAMILY
from tests.support.engines import DIE, HANG, ORDERS, Colour
from tests.support.ledgers import new_ledger
from tests.support.scripted import ScriptedReaders
from tests.support.uploads import FILES, upload
from tests.workers.test_ocr_pool import pool, sheet_of

LOST = FILES[-1]  # a page of the household register


class PartlyReal(ScriptedReaders):
    """Says what it was given, but for pages that it was not given: those go to real processes."""

    def __init__(self, real: OcrPool) -> None:
        super().__init__(dict(zip(FILES, FAMILY, strict=True)))
        self.real = real

    def start(self, data: bytes, page_no: int, limits: Limits) -> Pending:
        """Begin to read, here or there."""
        return super().start(data, page_no, limits) if data in self.script else self.real.start(data, page_no, limits)


@pytest.fixture(scope="module")
def real() -> Iterator[OcrPool]:
    with pool() as held:
        held.warm_up()
        yield held


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        pytest.param(DIE, Reason.ENGINE_CRASH, id="a crash"),
        pytest.param(HANG, Reason.ENGINE_TIMEOUT, id="a hang"),
        pytest.param(ORDERS["outside"], Reason.ENGINE_CRASH, id="a line outside the picture"),
        pytest.param(ORDERS["half a character"], Reason.ENGINE_CRASH, id="half a character"),
    ],
)
def test_a_lost_page_is_our_fault_and_a_person_looks(
    tmp_path: Path, real: OcrPool, order: Colour, reason: Reason
) -> None:
    source, ledger = FolderStore(tmp_path / "uploads"), new_ledger(tmp_path / "ledger.db")
    limits = Limits(seconds=1.0 if reason is Reason.ENGINE_TIMEOUT else 60.0)
    desk = PipelineContext(ledger, FolderStore(tmp_path / "store"), PartlyReal(real), Policy(), limits)
    upload(source)
    source.put(f"case-1/{LOST.decode()}", sheet_of(order), content_type="image/png")
    result = process(source, "case-1", desk)
    assert result.decision is Decision.REVIEW
    assert (Code.OUR_FAULT, reason) in told(result)
    assert not {code for code, _ in told(result)} & {Code.REGISTER_ILLEGIBLE, Code.NAME_DIFFERS, Code.CHILD_EXISTS}
    source.put(f"case-1/{LOST.decode()}", LOST, content_type="image/jpeg")
    assert process(source, "case-1", desk).decision is Decision.ACCEPTED
    ledger.close()
