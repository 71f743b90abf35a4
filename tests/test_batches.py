"""Stored cases judged again without bytes, readings or OCR, in one process or several."""

import pkgutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline.glyphs
from models.case import FailedPage, FileReading
from models.changes import Change
from models.errors import LedgerError
from models.findings import Code, Reason
from models.policy import LegibilityLimits, Policy
from models.result import Decision
from pipeline.conclude import conclude_again
from pipeline.desk import Desk
from pipeline.documents.dossier import open_dossier
from pipeline.documents.view import SOURCES, content_version, view_files
from pipeline.intake import process
from pipeline.judge import judge
from pipeline.ledger.base import ChildExistsError, Ledger
from pipeline.ledger.contents import packed, unpacked
from pipeline.ledger.values import Conclusion, Content, Selection
from pipeline.replay import Judging, Outcome, judge_lot, replay
from pipeline.stores.folder import FolderStore
from tests.support.cards import certificate, changes_page, id_number, member, unreadable
from tests.support.dossiers import CHILD, FAMILY, READER, Sent, dossier
from tests.support.scripted import ScriptedReaders
from tests.support.uploads import FILES, opened_desk, upload
from tests.support.values import SECRET

SURE = Policy(legibility=LegibilityLimits(doubtful=1.1))  # nothing is ever certain


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(tmp_path) as held:
        yield held


def process_many(desk: Desk, tmp_path: Path, count: int) -> list[str]:
    """So many cases of children of one day, each with a card of its own; every third is typed in as a boy."""
    source, readers = FolderStore(tmp_path / "uploads"), desk.readers
    assert isinstance(readers, ScriptedReaders)
    ids = []
    for number in range(count):
        own, told = f"{number}.card".encode(), id_number("20191123", 2 * number)
        readers.script[own] = member({"公民身份证件编号": told})
        child = CHILD.model_dump(mode="json") | {"id_number": told, "sex": "男" if number % 3 == 2 else "女"}
        files = [{"path": name.decode()} for name in (*FILES[:-1], own)]
        source.put(f"case-{number}/{own.decode()}", own, content_type="image/jpeg")
        upload(source, f"case-{number}", child=child, files=files)
        ids.append(process(source, f"case-{number}", desk).submission_id)
    return ids


@pytest.mark.parametrize("processes", [1, 2])
def test_every_case_gets_another_run_and_nothing_changes(
    desk: Desk, url: str, tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.replay._TOGETHER", 3)
    ids = process_many(desk, tmp_path, 7)
    before = [desk.ledger.latest_result(one) for one in ids]
    assert {result.decision for result in before} == {Decision.ACCEPTED, Decision.RETURNED}
    again = list(replay(ids, Judging(url, SECRET, desk.reader), processes))
    assert again == [Outcome(one, ()) for one in ids]
    assert [len(desk.ledger.results(one)) for one in ids] == [2] * 7
    for one, was in zip(ids, before, strict=True):
        now = desk.ledger.latest_result(one)
        assert now.model_copy(update={"provenance": was.provenance}) == was


def test_other_rules_change_what_they_say(desk: Desk, url: str, tmp_path: Path) -> None:
    (one,) = process_many(desk, tmp_path, 3)[2:]
    judging = Judging(url, SECRET, desk.reader._replace(policy=SURE))
    (outcome,) = replay([one], judging, 1)
    assert outcome.changes
    assert Change(what="decision", before=Decision.RETURNED, after=Decision.REVIEW) in outcome.changes


def test_a_case_whose_content_is_of_other_sources_is_left_to_the_caller(desk: Desk, tmp_path: Path) -> None:
    old, new = process_many(desk, tmp_path, 2)
    case = desk.ledger.case(old)
    desk.ledger.keep_content(case, Content("e", "another version", ()))
    assert judge_lot([old, new, "nobody's"], desk.ledger, desk.reader) == (
        Outcome(old), Outcome(new, ()), Outcome("nobody's"),
    )  # fmt: skip
    assert len(desk.ledger.results(old)) == 1
    (stored,) = desk.ledger.stored([old], content_version())
    with pytest.raises(LedgerError, match="no content of this version"):
        conclude_again([stored], desk.ledger, desk.reader)


def test_a_revision_without_a_result_is_nobody_elses_to_judge(desk: Desk, tmp_path: Path) -> None:
    (one,) = process_many(desk, tmp_path, 1)
    case = desk.ledger.case(one)
    revised = desk.ledger.open_case(case.submission, case.files, "another digest")
    (stored,) = desk.ledger.stored([one], content_version())
    content = stored.content
    assert content is None
    desk.ledger.keep_content(revised, Content("e", content_version(), ()))
    assert judge_lot([one], desk.ledger, desk.reader) == (Outcome(one),)
    assert len(desk.ledger.results(one)) == 1


class Refusing:
    """A ledger in which somebody else registered a child a moment after one looked, so many times."""

    def __init__(self, ledger: Ledger, times: int) -> None:
        self._ledger = ledger
        self._left = times

    def conclude(self, *conclusions: Conclusion) -> tuple[int, ...]:
        self._left -= 1
        if self._left >= 0:
            raise ChildExistsError("first")
        return self._ledger.conclude(*conclusions)

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)


def test_a_child_that_was_registered_meanwhile_costs_its_neighbours_nothing(desk: Desk, tmp_path: Path) -> None:
    ids = process_many(desk, tmp_path, 3)
    ledger: Ledger = Refusing(desk.ledger, 1)  # type: ignore[assignment]
    assert judge_lot(ids, ledger, desk.reader) == tuple(Outcome(one, ()) for one in ids)


def test_what_breaks_a_case_is_told_and_its_neighbours_are_done(desk: Desk, url: str, tmp_path: Path) -> None:
    ids = process_many(desk, tmp_path, 3)
    case = desk.ledger.case(ids[1])
    _damage(tmp_path, case.submission.submission_id)
    outcomes = list(replay(ids, Judging(url, SECRET, desk.reader), 1))
    assert [outcome.changes for outcome in outcomes] == [(), None, ()]
    assert isinstance(outcomes[1].error, LedgerError)
    assert "damaged" in str(outcomes[1].error)


def _damage(tmp_path: Path, submission_id: str) -> None:
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute(
            "UPDATE contents SET payload = x'00' WHERE case_id = (SELECT id FROM cases WHERE submission_id = ?)",
            (submission_id,),
        )


PAGES = (*FAMILY, certificate(barcodes=["T110000000"]), changes_page("2020年1月1日"), unreadable())


def test_content_comes_back_as_it_was_kept_and_is_judged_alike() -> None:
    failed = FailedPage(page_no=9, code=Code.BAD_FILE, reason=Reason.DAMAGED)
    held = dossier(*PAGES, Sent(failed=failed), Sent(failure=(Code.BAD_FILE, Reason.EMPTY)))
    contents = tuple(file.content for file in held.files)
    assert unpacked("x", packed(contents)) == contents
    again = open_dossier(held.case, unpacked("x", packed(contents)), READER)
    assert judge(again, (), READER).model_dump_json() == judge(held, (), READER).model_dump_json()


def test_the_version_of_content_is_of_all_that_makes_it_and_of_nothing_else() -> None:
    program = "import sys, pipeline.documents.view; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.startswith(("models.", "pipeline."))}
    packages = {"pipeline.documents", "pipeline.names", "pipeline.ocr"}
    compared = {f"pipeline.glyphs.{module.name}" for module in pkgutil.iter_modules(pipeline.glyphs.__path__)}
    asked = {"pipeline.names.rare", "pipeline.rare_names"}
    assert (ours - packages) | compared | asked == set(SOURCES)


def test_content_holds_a_lattice_where_a_name_stands_and_nowhere_else() -> None:
    files = [FileReading(file=file.file) for file in dossier(*PAGES).files]
    assert view_files(files) == tuple(type(view)() for view in view_files(files))
    fields = [field for page in dossier(*PAGES).pages for field in page.content.fields.values()]
    assert {field.field.value for field in fields if field.pieces} == {"name"}


def test_a_selection_is_what_is_judged(desk: Desk, tmp_path: Path) -> None:
    ids = process_many(desk, tmp_path, 3)
    assert list(desk.ledger.cases(Selection(decision=Decision.RETURNED))) == [ids[2]]
    assert [stored.case.submission.submission_id for stored in desk.ledger.stored(ids[::-1], "v")] == ids[::-1]
    assert READER.policy == desk.reader.policy
