"""A child is forgotten everywhere: in the register, in its cases, in what was read, in the store."""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.errors import StoreDownError, StoreError, UnknownCaseError
from models.register import KnownChild
from models.result import Decision
from models.submission import MANIFEST_NAME
from pipeline.cases.context import PipelineContext
from pipeline.cases.erasure import erase_pending, forget_child
from pipeline.cases.steps import conclude, judge, perceive_case, process, take_in
from pipeline.ledger.values import Forgotten, ImportCounts, UploadEvent, Via
from pipeline.stores.content import content_key
from pipeline.stores.folder import FolderStore
from tests.support.cards import CERTIFICATE_NUMBER, CHILD_NUMBER, FATHER_NUMBER, id_number, member
from tests.support.dossiers import CHILD
from tests.support.scripted import ScriptedReaders
from tests.support.uploads import FILES, opened_desk, upload

TWIN_NUMBER = id_number("20191123", 4)
RECORD = KnownChild.model_validate(
    CHILD.model_dump(include={"name", "sex", "birth_date", "id_number"})
    | {"birth_certificate_number": CERTIFICATE_NUMBER}
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PipelineContext]:
    with opened_desk(tmp_path) as held:
        yield held


@pytest.fixture
def source(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "uploads")


def rows(tmp_path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    return {table: count for table, count in counts.items() if count and not table.startswith("audit")}


ALWAYS = {"ledger_version": 1, "register_check": 1}


def test_nothing_is_left_of_a_child_but_tombstones(source: FolderStore, desk: PipelineContext, tmp_path: Path) -> None:
    desk.store.put("pictures/x/y.jpg", b"somebody else's", content_type="image/jpeg")
    process(source, upload(source), desk)
    process(source, upload(source, guardian=None), desk)  # a second revision
    assert {"cases", "runs", "contents", "readings", "children", "case_keys"} <= set(rows(tmp_path))
    desk.store.put(f"pictures/{desk.ledger.cases.get('case-1').input_digest}/1.jpg", b"p", content_type="image/jpeg")
    gone = forget_child([CHILD_NUMBER], desk.ledger, desk.store)
    assert gone == Forgotten(records=1, cases=1, objects=len(FILES) + 3)
    assert rows(tmp_path) == {**ALWAYS, "forgotten": 1, "erased_counts": 1}
    assert [held.key for held in desk.store.list("")] == ["pictures/x/y.jpg"]
    with pytest.raises(UnknownCaseError):
        desk.ledger.cases.get("case-1")


def test_nothing_is_left_in_the_journal_either(source: FolderStore, desk: PipelineContext, tmp_path: Path) -> None:
    process(source, upload(source), desk)
    digest = hashlib.sha256(FILES[0]).hexdigest().encode()  # stands in plain where readings are looked up
    files = [tmp_path / "ledger.db", tmp_path / "ledger.db-wal"]
    assert digest in b"".join(file.read_bytes() for file in files)
    forget_child([CHILD_NUMBER], desk.ledger, desk.store)
    assert digest not in b"".join(file.read_bytes() for file in files)


def test_a_forgotten_child_is_not_imported_again_and_may_apply_again(
    source: FolderStore, desk: PipelineContext
) -> None:
    desk.ledger.children.add([RECORD])
    assert forget_child([CERTIFICATE_NUMBER], desk.ledger, desk.store) == Forgotten(1, 0, 0)
    assert desk.ledger.children.add([RECORD]).counts == ImportCounts(forgotten=1)
    assert process(source, upload(source), desk).decision is Decision.ACCEPTED
    assert [child.id_number for child in desk.ledger.children.export()] == [CHILD_NUMBER]


@pytest.mark.parametrize("number", [TWIN_NUMBER, FATHER_NUMBER, "T999999999"])
def test_another_number_forgets_nothing(
    source: FolderStore, desk: PipelineContext, tmp_path: Path, number: str
) -> None:
    process(source, upload(source), desk)
    before = rows(tmp_path)
    assert forget_child([number], desk.ledger, desk.store) == Forgotten(0, 0, 0)
    assert rows(tmp_path) == before


def test_bytes_that_another_case_sent_as_well_stay_with_their_readings(
    source: FolderStore, desk: PipelineContext
) -> None:
    process(source, upload(source), desk)
    readers = desk.readers
    assert isinstance(readers, ScriptedReaders)
    readers.script[b"twin"] = member({"姓名": "欧阳靖瑶", "公民身份证件编号": TWIN_NUMBER})
    twin = {**CHILD.model_dump(mode="json"), "name": "欧阳靖瑶", "id_number": TWIN_NUMBER}
    names = [*(name.decode() for name in FILES[:-1]), "twin.jpg"]
    source.put("case-2/twin.jpg", b"twin", content_type="image/jpeg")
    upload(source, "case-2", child=twin, files=[{"path": name} for name in names])
    assert process(source, "case-2", desk).decision is Decision.ACCEPTED
    forget_child([CHILD_NUMBER], desk.ledger, desk.store)
    asked = len(readers.asked)
    assert process(source, "case-2", desk).decision is Decision.ACCEPTED
    assert len(readers.asked) == asked  # nothing had to be read again
    assert [child.id_number for child in desk.ledger.children.export()] == [TWIN_NUMBER]
    assert len([held for held in desk.store.list("objects/")]) == len(names)


def test_a_case_into_which_the_number_was_mistyped_stays(source: FolderStore, desk: PipelineContext) -> None:
    child = {**CHILD.model_dump(mode="json"), "id_number": TWIN_NUMBER}
    process(source, upload(source, child=child), desk)  # its pages show CHILD_NUMBER
    assert forget_child([TWIN_NUMBER], desk.ledger, desk.store).cases == 0
    assert desk.ledger.cases.get("case-1").revision == 1


def test_what_was_uploaded_is_erased_as_well(desk: PipelineContext) -> None:
    upload(desk.store, "inbox")
    key = f"inbox/{MANIFEST_NAME}"
    event = UploadEvent(bucket="b", key=key, etag=desk.store.stat(key).etag, via=Via.EVENT)
    desk.ledger.inbox.add_upload(event)
    (item,) = desk.ledger.inbox.undispatched(1)
    lease = desk.ledger.inbox.lease(item.item_id, "w", 60)
    assert lease
    case = take_in(desk.store, "inbox", desk)
    conclude(judge(case, tuple(perceive_case(case, desk)), desk, began=0.0), desk, lease)
    forget_child([CHILD_NUMBER], desk.ledger, desk.store)
    assert list(desk.store.list("")) == []
    assert not desk.ledger.inbox.add_upload(event)  # the same upload, listed once more, is no news
    assert "inbox" not in desk.ledger.inbox.get(item.item_id).event.key


class Down(FolderStore):
    """A store that goes down at its second erasure."""

    left = 1

    def erase(self, key: str, /) -> None:
        if not self.left:
            raise StoreDownError("down")
        self.left -= 1
        super().erase(key)


def test_a_store_that_is_down_is_tried_again(source: FolderStore, desk: PipelineContext, tmp_path: Path) -> None:
    process(source, upload(source), desk)
    with pytest.raises(StoreDownError):
        forget_child([CHILD_NUMBER], desk.ledger, Down(tmp_path / "store"))
    assert len(desk.ledger.erasures.pending()) == len(FILES) + 1  # pictures and results among them
    erase_pending(desk.ledger, desk.store)
    erase_pending(desk.ledger, desk.store)
    assert desk.ledger.erasures.pending() == ()
    assert not [name for name in FILES if (tmp_path / "store" / content_key(name.hex())).exists()]
    assert list(desk.store.list("")) == []


def test_what_was_uploaded_into_the_same_place_since_stays(desk: PipelineContext) -> None:
    def arrive() -> None:
        upload(desk.store, "inbox/a", submission_id="case-1")
        event = desk.store.stat(f"inbox/a/{MANIFEST_NAME}")
        desk.ledger.inbox.add_upload(UploadEvent(bucket="b", key=event.key, etag=f"{event.modified}", via=Via.EVENT))

    arrive()
    (item,) = desk.ledger.inbox.undispatched(1)
    case = take_in(desk.store, "inbox/a", desk)
    lease = desk.ledger.inbox.lease(item.item_id, "w", 60)
    conclude(judge(case, tuple(perceive_case(case, desk)), desk, began=0.0), desk, lease)
    desk.ledger.erasures.forget_child([CHILD_NUMBER])  # the store is not asked yet
    time.sleep(0.01)
    arrive()
    erase_pending(desk.ledger, desk.store)
    assert {held.key.rpartition("/")[2] for held in desk.store.list("inbox/")} == {
        MANIFEST_NAME,
        *(name.decode() for name in FILES),
    }
    assert list(desk.store.list("objects/")) == []


class Grudge(FolderStore):
    """A store that refuses to erase one object."""

    def erase(self, key: str, /) -> None:
        if key == content_key(hashlib.sha256(FILES[0]).hexdigest()):
            raise StoreError("AccessDenied")
        super().erase(key)


def test_an_object_that_is_refused_keeps_no_other_from_going(
    source: FolderStore, desk: PipelineContext, tmp_path: Path
) -> None:
    process(source, upload(source), desk)
    with pytest.raises(StoreError):
        forget_child([CHILD_NUMBER], desk.ledger, Grudge(tmp_path / "store"))
    assert len(list(desk.store.list("objects/"))) == 1


def test_bytes_that_are_sent_again_before_they_were_gone_stay(
    source: FolderStore, desk: PipelineContext, tmp_path: Path
) -> None:
    process(source, upload(source), desk)
    with pytest.raises(StoreDownError):
        forget_child([CHILD_NUMBER], desk.ledger, Down(tmp_path / "store"))
    assert process(source, upload(source, "case-2"), desk).decision is Decision.ACCEPTED
    erase_pending(desk.ledger, desk.store)
    assert len(list(desk.store.list("objects/"))) == len(FILES)
