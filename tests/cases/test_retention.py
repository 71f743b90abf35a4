"""What is kept no longer than needed: scans, after the time in which a family may object."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.errors import ObjectMissingError
from models.submission import MANIFEST_NAME
from pipeline.cases.context import PipelineContext
from pipeline.cases.erasure import erase_pending, expire_scans, scans_due
from pipeline.cases.steps import conclude, judge, perceive_case, process, take_in
from pipeline.delivery.deliver import Outlet, deliver
from pipeline.ledger.database import utc_now
from pipeline.ledger.values import AuditKind, Expired, UploadEvent, Via
from tests.support.dossiers import CHILD
from tests.support.uploads import FILES, opened_desk, upload

DAYS = 30


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PipelineContext]:
    with opened_desk(tmp_path) as held:
        yield held


def arrive(desk: PipelineContext, submission_id: str = "case-1", **change: object) -> None:
    """An upload that went the whole way, through the inbox."""
    upload(desk.store, f"inbox/{submission_id}", submission_id=submission_id, **change)
    key = f"inbox/{submission_id}/{MANIFEST_NAME}"
    desk.ledger.inbox.add_upload(UploadEvent(bucket="b", key=key, etag=desk.store.stat(key).etag, via=Via.EVENT))
    (item,) = desk.ledger.inbox.undispatched(1)
    lease = desk.ledger.inbox.lease(item.item_id, "w", 60)
    case = take_in(desk.store, f"inbox/{submission_id}", desk)
    desk.store.put(f"pictures/{case.input_digest}/1.jpg", b"p", content_type="image/jpeg")
    conclude(judge(case, tuple(perceive_case(case, desk)), desk, began=0.0), desk, lease)


def passed(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    monkeypatch.setattr("pipeline.cases.erasure.utc_now", lambda: utc_now() + timedelta(days=days))


def test_scans_go_and_the_result_stays(desk: PipelineContext, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(desk)
    before = desk.ledger.cases.latest_result("case-1")
    passed(monkeypatch, DAYS + 0.01)
    assert expire_scans(desk.ledger, days=DAYS) == Expired(cases=1, objects=2 * len(FILES) + 2)
    erase_pending(desk.ledger, desk.store)
    assert list(desk.store.list("")) == []
    assert desk.ledger.cases.latest_result("case-1") == before
    assert [child.submission_id for child in desk.ledger.children.export()] == ["case-1"]
    assert expire_scans(desk.ledger, days=DAYS) == Expired(0, 0)
    assert [record.kind for record in desk.ledger.audit.trail("case-1")][-1] is AuditKind.EXPIRED
    with pytest.raises(ObjectMissingError):
        tuple(perceive_case(desk.ledger.cases.get("case-1"), desk, engine="another"))


def _newer_revision(desk: PipelineContext) -> None:
    take_in(desk.store, upload(desk.store, "elsewhere", submission_id="case-1", guardian=None), desk)


@pytest.mark.parametrize(
    ("change", "days", "meanwhile", "gone"),
    [
        pytest.param({}, DAYS + 0.01, lambda desk: None, 1, id="accepted long ago"),
        pytest.param({}, DAYS - 0.01, lambda desk: None, 0, id="accepted not so long ago"),
        pytest.param(
            {"child": {**CHILD.model_dump(mode="json"), "sex": "男"}}, DAYS + 0.01, lambda desk: None, 1, id="returned"
        ),
        pytest.param(
            {"child": {**CHILD.model_dump(mode="json"), "name": "欧阳靖㙘"}},
            DAYS + 0.01,
            lambda desk: None,
            0,
            id="it waits for a person",
        ),
        pytest.param({}, DAYS + 0.01, _newer_revision, 0, id="a revision came in and has no result yet"),
    ],
)
def test_whose_scans_go(
    desk: PipelineContext,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
    days: float,
    meanwhile: Callable[[PipelineContext], None],
    gone: int,
) -> None:
    arrive(desk, "case-1", **change)
    meanwhile(desk)
    passed(monkeypatch, days)
    assert scans_due(desk.ledger, days=DAYS) == gone
    assert expire_scans(desk.ledger, days=DAYS).cases == gone


def test_bytes_that_another_case_still_needs_stay(desk: PipelineContext, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(desk)
    process(desk.store, upload(desk.store, "other", submission_id="case-2"), desk)  # 4005, and of the same bytes
    passed(monkeypatch, DAYS + 0.01)
    assert desk.ledger.erasures.expire_scans(utc_now() + timedelta(days=1), 1).cases == 1
    erase_pending(desk.ledger, desk.store)
    assert len(list(desk.store.list("objects/"))) == len(FILES)
    assert expire_scans(desk.ledger, days=DAYS).cases == 1
    erase_pending(desk.ledger, desk.store)
    assert list(desk.store.list("objects/")) == []


def test_what_is_sent_again_is_kept_again(desk: PipelineContext, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(desk)
    with monkeypatch.context() as future:
        passed(future, DAYS + 0.01)
        expire_scans(desk.ledger, days=DAYS)
        erase_pending(desk.ledger, desk.store)
    process(desk.store, upload(desk.store, "again", submission_id="case-1"), desk)
    erase_pending(desk.ledger, desk.store)
    assert len(list(desk.store.list("objects/"))) == len(FILES)
    passed(monkeypatch, 2 * DAYS)
    assert expire_scans(desk.ledger, days=DAYS).cases == 1


def refuse(desk: PipelineContext, folder: str) -> None:
    """An upload that is no submission, and was answered."""
    key = f"{folder}{MANIFEST_NAME}"
    desk.store.put(f"{folder}1.jpg", b"x", content_type="image/jpeg")
    desk.store.put(key, folder.encode(), content_type="application/json")
    desk.ledger.inbox.add_upload(UploadEvent(bucket="b", key=key, etag=desk.store.stat(key).etag, via=Via.EVENT))
    (item,) = desk.ledger.inbox.undispatched(1)
    lease = desk.ledger.inbox.lease(item.item_id, "w", 60)
    assert lease
    desk.ledger.inbox.finish(lease, ["$: is no submission"])
    deliver(desk.ledger, Outlet(desk.store, None, whole=False))


@pytest.mark.parametrize(
    ("folders", "left"),
    [
        pytest.param(["inbox/a/"], [], id="with all that lies in its folder"),
        pytest.param(["inbox/"], ["inbox/1.jpg"], id="in the inbox itself the manifest alone"),
        pytest.param(["inbox/a/", "inbox/a/b/"], ["inbox/a/1.jpg"], id="another below it goes by itself"),
    ],
)
def test_uploads_that_were_refused_go_too(
    desk: PipelineContext, monkeypatch: pytest.MonkeyPatch, folders: list[str], left: list[str]
) -> None:
    for folder in folders:
        refuse(desk, folder)
    passed(monkeypatch, DAYS + 0.01)
    assert scans_due(desk.ledger, days=DAYS) == len(folders)
    assert expire_scans(desk.ledger, days=DAYS).cases == len(folders)
    erase_pending(desk.ledger, desk.store)
    assert [held.key for held in desk.store.list("")] == left
    assert expire_scans(desk.ledger, days=DAYS).cases == 0


def test_what_was_sent_into_the_place_of_a_refused_upload_stays(
    desk: PipelineContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(desk, "inbox/case-1/")
    upload(desk.store, "inbox/case-1", submission_id="case-1")
    desk.ledger.inbox.add_upload(
        UploadEvent(bucket="b", key=f"inbox/case-1/{MANIFEST_NAME}", etag="of the next", via=Via.EVENT)
    )
    passed(monkeypatch, DAYS + 0.01)
    assert expire_scans(desk.ledger, days=DAYS).cases == 1
    erase_pending(desk.ledger, desk.store)
    assert len(list(desk.store.list(""))) == len(FILES) + 1


def test_a_hundred_and_more_go_in_lots(desk: PipelineContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.cases.erasure._AT_ONCE", 2)
    for number in range(5):
        process(desk.store, upload(desk.store, f"f{number}", submission_id=f"case-{number}"), desk)
    passed(monkeypatch, DAYS + 0.01)
    assert expire_scans(desk.ledger, days=DAYS).cases == 5
