import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, cast
from unicodedata import normalize

import pytest

from models.errors import (
    BadManifestError,
    EngineError,
    EngineTimeoutError,
    FileRejectedError,
    LedgerError,
    ManifestMissingError,
    ObjectMissingError,
    PipelineError,
)
from models.findings import Code, Reason
from models.reading import weights_named
from models.register import KnownChild, RegisterQuery
from models.result import Decision, Result
from models.submission import MANIFEST_NAME
from pipeline.cases.conclude import conclusions
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import conclude, judge, perceive_case, process, take_in
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.repositories.children import ChildRepository
from pipeline.stores.base import ObjectInfo
from pipeline.stores.folder import FolderStore
from tests.support.altered import Altered
from tests.support.dossiers import CHILD, FAMILY
from tests.support.lines import ENGINE
from tests.support.uploads import FILES, opened_desk, scripted, upload


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PipelineContext]:
    with opened_desk(tmp_path) as held:
        yield held


@pytest.fixture
def source(tmp_path: Path) -> FolderStore:
    """Where the parent's app puts submissions."""
    return FolderStore(tmp_path / "uploads")


def told(result: Result) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in result.findings]


def test_a_submission_becomes_a_result_and_a_registered_child(source: FolderStore, desk: PipelineContext) -> None:
    result = process(source, upload(source), desk)
    assert (result.decision, result.revision, told(result)) == (Decision.ACCEPTED, 1, [])
    assert desk.ledger.cases.latest_result("case-1") == result
    assert [child.submission_id for child in desk.ledger.children.export()] == ["case-1"]
    assert (result.provenance.engine, result.provenance.models) == (ENGINE, weights_named(ENGINE))


def test_a_case_is_always_judged_by_the_day_on_which_it_arrived(source: FolderStore, desk: PipelineContext) -> None:
    arrived_at = datetime(2021, 11, 19, 23, 30, tzinfo=UTC)  # in Beijing on the 20th
    case = take_in(source, upload(source), desk, arrived_at=arrived_at)
    result = conclude(judge(case, tuple(perceive_case(case, desk)), desk, began=0.0), desk)
    again = process(source, "case-1", desk)
    (reprocessed,) = conclusions(desk.ledger.cases.load(["case-1"], CONTENT_VERSION), desk.ledger, desk.reader)
    days = [one.provenance.today for one in (result, again, reprocessed.result)]
    assert days == [date(2021, 11, 20)] * 3


def test_the_same_submission_again_is_the_same_revision_and_nothing_is_read_again(
    source: FolderStore, desk: PipelineContext
) -> None:
    first = process(source, upload(source), desk)
    second = process(source, upload(source), desk)
    assert scripted(desk).asked == FILES
    assert second.model_copy(update={"provenance": first.provenance}) == first
    assert len(list(desk.ledger.children.export())) == 1


def test_other_content_under_the_same_id_is_the_next_revision_of_the_same_case(
    source: FolderStore, desk: PipelineContext
) -> None:
    process(source, upload(source), desk)
    result = process(source, upload(source, guardian=None), desk)
    assert (result.revision, result.decision) == (2, Decision.ACCEPTED)


def test_the_same_child_in_another_case_is_known(source: FolderStore, desk: PipelineContext) -> None:
    process(source, upload(source), desk)
    result = process(source, upload(source, "case-2"), desk)
    assert (result.decision, told(result)) == (Decision.RETURNED, [(Code.CHILD_EXISTS, Reason.ID_NUMBER)])
    assert len(list(desk.ledger.children.export())) == 1


def test_our_own_store_that_loses_an_object_is_not_a_missing_manifest(
    source: FolderStore, desk: PipelineContext
) -> None:
    class Forgetful(FolderStore):
        def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
            raise ObjectMissingError("erased as it was looked at")

    forgetful = desk._replace(store=Forgetful(Path("/nowhere")))
    with pytest.raises(ObjectMissingError):
        take_in(source, upload(source), forgetful)


def test_a_returned_child_is_not_registered(source: FolderStore, desk: PipelineContext) -> None:
    child = {**json.loads(CHILD.model_dump_json()), "sex": "男"}
    assert process(source, upload(source, child=child), desk).decision is Decision.RETURNED
    assert not list(desk.ledger.children.export())


@pytest.mark.parametrize(("named", "stored"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFC", "NFC")])
def test_a_name_is_the_same_however_its_accents_are_written(
    source: FolderStore, desk: PipelineContext, named: Literal["NFC", "NFD"], stored: Literal["NFC", "NFD"]
) -> None:
    folder = upload(source, files=[{"path": normalize(named, "Ünlü é.jpg")}])
    source.put(f"{folder}/{normalize(stored, 'Ünlü é.jpg')}", b"page-1", content_type="image/jpeg")
    (file,) = take_in(source, folder, desk, whole=True).files
    assert file.digest is not None


def test_a_file_that_never_arrived_is_told(source: FolderStore, desk: PipelineContext) -> None:
    files = [{"path": name.decode()} for name in FILES] + [{"path": "late.jpg"}]
    result = process(source, upload(source, files=files), desk)
    assert told(result) == [(Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE)]


@pytest.mark.parametrize(
    ("error", "finding", "decision"),
    [
        pytest.param(
            FileRejectedError(Reason.PASSWORD), (Code.BAD_FILE, Reason.PASSWORD), Decision.RETURNED, id="it is locked"
        ),
        pytest.param(EngineError("died"), (Code.OUR_FAULT, Reason.ENGINE_CRASH), Decision.REVIEW, id="we died of it"),
        pytest.param(
            EngineTimeoutError("slow"), (Code.OUR_FAULT, Reason.ENGINE_TIMEOUT), Decision.REVIEW, id="it took too long"
        ),
    ],
)
@pytest.mark.parametrize("whole", [pytest.param(True, id="the file"), pytest.param(False, id="the page")])
def test_what_cannot_be_read_is_told_and_tried_again(
    source: FolderStore,
    desk: PipelineContext,
    error: PipelineError,
    finding: tuple[Code, Reason],
    decision: Decision,
    whole: bool,
) -> None:
    readers = scripted(desk)
    if whole:
        readers.refused[FILES[1]] = error
    else:
        readers.script[FILES[1]] = error
    result = process(source, upload(source), desk)
    assert finding in told(result)
    assert result.decision is decision
    readers.refused.clear()
    readers.script[FILES[1]] = FAMILY[1]
    assert process(source, upload(source), desk).decision is Decision.ACCEPTED


def test_bytes_are_kept_whatever_they_are(source: FolderStore, desk: PipelineContext) -> None:
    case = take_in(source, upload(source), desk)
    held = {desk.store.get(info.key, limit=None) for info in desk.store.list("")}
    assert set(FILES) <= held
    assert all(file.digest and file.size == 5 for file in case.files)


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        pytest.param(b"{}", BadManifestError, id="is none"),
        pytest.param(b" " * (1024 * 1024 + 1), BadManifestError, id="is too large for one"),
        pytest.param(None, ManifestMissingError, id="is not there"),
    ],
)
def test_a_submission_is_refused_whose_manifest(
    source: FolderStore, desk: PipelineContext, manifest: bytes | None, error: type[PipelineError]
) -> None:
    if manifest is not None:
        source.put(f"bad/{MANIFEST_NAME}", manifest, content_type="application/json")
    with pytest.raises(error):
        process(source, "bad", desk)
    assert not list(desk.store.list(""))


class BlindChildren(Altered):
    """A register that does not see known children at first, as when they are registered a moment after one looked."""

    def __init__(self, ledger: Ledger, times: int) -> None:
        super().__init__(ledger.children)
        self._left = times

    def known(self, *sought: RegisterQuery) -> tuple[tuple[KnownChild, ...], ...]:
        """Nobody, so many times."""
        self._left -= 1
        return ((),) * len(sought) if self._left >= 0 else cast(ChildRepository, self._held).known(*sought)


def test_a_child_that_was_registered_between_judging_and_recording_is_known(
    source: FolderStore, desk: PipelineContext
) -> None:
    case = take_in(source, upload(source, "case-2"), desk)
    judged = judge(case, tuple(perceive_case(case, desk)), desk, began=0.0)
    assert judged.conclusion.result.decision is Decision.ACCEPTED
    assert desk.ledger.cases.results("case-2") == ()  # judging records nothing
    process(source, upload(source), desk)
    assert told(conclude(judged, desk)) == [(Code.CHILD_EXISTS, Reason.ID_NUMBER)]


@pytest.mark.parametrize("times", [pytest.param(1, id="when judged"), pytest.param(2, id="when recorded, too")])
def test_a_child_that_was_registered_after_we_looked_is_looked_for_again(
    source: FolderStore, desk: PipelineContext, times: int
) -> None:
    process(source, upload(source), desk)
    blind = desk._replace(ledger=cast(Ledger, Altered(desk.ledger, children=BlindChildren(desk.ledger, times))))
    assert told(process(source, upload(source, "case-2"), blind)) == [(Code.CHILD_EXISTS, Reason.ID_NUMBER)]


def test_a_register_that_keeps_refusing_is_an_error_and_records_nothing(
    source: FolderStore, desk: PipelineContext
) -> None:
    process(source, upload(source), desk)
    blind = desk._replace(ledger=cast(Ledger, Altered(desk.ledger, children=BlindChildren(desk.ledger, times=99))))
    with pytest.raises(LedgerError, match="keeps refusing"):
        process(source, upload(source, "case-2"), blind)
    assert desk.ledger.cases.results("case-2") == ()
