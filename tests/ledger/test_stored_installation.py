"""Installations that older commits made: today's code opens them, and finds in them what those commits put there."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple, cast

import httpx
import pytest
from alembic.script import ScriptDirectory
from starlette.testclient import TestClient

from fixtures.installations.made import (
    Made,
    MadeCase,
    MadeCorrection,
    MadeDecision,
    case_of,
    load,
    stored_installations,
)
from fixtures.installations.packing import unpack
from fixtures.installations.reviewer import Reviewer
from models.codes import Code
from models.errors import UnknownCaseError
from models.id_number import parse_id_number
from models.register import KnownChild
from models.result import Result
from models.review import ReviewOutcome, WaitReason
from models.review_case import View
from pipeline.batches.report import items
from pipeline.delivery.audit_anchors import verify
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.schema import VERSION_TABLE, alembic_config
from pipeline.ledger.values import Selection
from pipeline.review.corrections import checked_fields
from pipeline.review.review_case import open_review_case
from pipeline.stores.content import bytes_of
from pipeline.stores.folder import FolderStore
from service.options import DeskOptions
from service.resources import register_secret
from service.settings import Settings
from tests.support.desk import PORT, Desk
from tests.support.dossiers import READER
from tests.support.schemas import assert_fits

VIEWS: Final = {
    "open": View(why=(WaitReason.REVIEW,), escalated=False),
    "supervisor": View(escalated=True),
    "known": View(why=(WaitReason.KNOWN_CHILD,), escalated=False),
    "blind": View(why=(WaitReason.SECOND_LOOK,), escalated=False),
}


class Stored(NamedTuple):
    """An installation that was unpacked and opened, and what it must hold."""

    settings: Settings
    ledger: Ledger
    store: FolderStore
    made: Made

    def select(self, query: str) -> list[str]:
        """The first column of rows of the ledger."""
        with closing(sqlite3.connect(self.settings.workspace / "ledger.db")) as connection:
            return [str(row[0]) for row in connection.execute(query)]


def opened(folder: Path, workspace: Path) -> Iterator[Stored]:
    unpack(folder, workspace)
    settings = Settings(workspace=workspace, desk=DeskOptions(port=PORT))
    with closing(open_ledger(settings.ledger_at, register_secret(settings))) as ledger:
        yield Stored(settings, ledger, FolderStore(workspace / "store"), load(folder))


@pytest.fixture(scope="module", params=stored_installations(), ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture(scope="module")
def stored(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """For tests that only look."""
    yield from opened(folder, tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Iterator[Stored]:
    """For a test that writes."""
    yield from opened(folder, tmp_path / "workspace")


def test_the_schema_is_brought_to_the_newest_revision(stored: Stored) -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert stored.made.ledger in {script.revision for script in scripts.walk_revisions()}
    assert stored.select(f"SELECT version_num FROM {VERSION_TABLE}") == [scripts.get_current_head()]


def test_every_case_has_the_decision_that_it_had(stored: Stored) -> None:
    results = {name: stored.ledger.cases.latest_result(case_of(name)) for name in stored.made.cases}
    assert {name: in_few_words(result) for name, result in results.items()} == stored.made.cases
    assert len(results) >= 19, "all samples of the oldest, but for the erased one"


def in_few_words(result: Result) -> MadeCase:
    codes = tuple(f"{finding.code}/{finding.reason}" for finding in result.findings)
    return MadeCase(decision=result.decision, codes=codes, revision=result.revision)


def test_every_run_is_the_result_that_was_published(stored: Stored) -> None:
    published = [info.key for info in stored.store.list("results/case-")]
    assert len(published) > len(stored.made.cases)
    for key in published:
        submission_id, numbers = key.removeprefix("results/case-").removesuffix(".json").split("/")
        revision, run = map(int, numbers.split("-"))
        assert_fits("result", stored.store.get(key, limit=None))
        said = Result.model_validate_json(stored.store.get(key, limit=None))
        assert said == stored.ledger.cases.result(submission_id, revision, run), key


def test_every_refusal_fits_its_schema(stored: Stored) -> None:
    refusals = [info.key for info in stored.store.list("results/refused")]
    assert refusals
    for key in refusals:
        assert_fits("refusal", stored.store.get(key, limit=None))


def test_every_scan_is_there(stored: Stored) -> None:
    digests = stored.select("SELECT DISTINCT digest FROM case_files")
    assert len(digests) > len(stored.made.cases)
    assert all(bytes_of(stored.store, digest, limit=None) is not None for digest in digests)


def test_every_reading_loads(stored: Stored) -> None:
    keys = stored.select("SELECT key FROM readings")
    assert len(keys) == stored.made.readings
    assert [key for key in keys if stored.ledger.readings.get(key) is None] == []


def test_what_people_decided_is_known(stored: Stored) -> None:
    decisions = tuple(
        MadeDecision(account=one.account, outcome=one.verdict.outcome, submission_id=one.submission_id)
        for one in stored.ledger.reviews.all_decisions()
    )
    assert decisions == stored.made.decisions


def test_the_corrections_are_listed(stored: Stored) -> None:
    wrong = [one for one in checked_fields(stored.ledger) if not one.right]
    corrections = tuple(
        MadeCorrection(person=str(one.person), field=one.field, read=str(one.read), seen=str(one.value))
        for one in wrong
    )
    assert corrections == stored.made.corrections
    assert len(corrections) >= 2


def test_the_batch_is_as_it_was_left(stored: Stored) -> None:
    (batch,) = stored.ledger.batches.list()
    assert batch.batch_id == stored.made.batch.batch_id
    assert {state.value: count for state, count in batch.counts.items()} == stored.made.batch.states
    changes = {
        item.submission_id: (change.before, change.after)
        for item in items(stored.ledger, batch.batch_id)
        for change in item.noted.changes
        if change.what == "decision"
    }
    assert changes == stored.made.batch.changed


def test_the_queue_is_as_it_was_left(stored: Stored) -> None:
    waiting = {name: stored.ledger.reviews.queue(view, 50).cases for name, view in VIEWS.items()}
    assert {name: tuple(one.submission_id for one in cases) for name, cases in waiting.items()} == stored.made.waiting


def test_the_audit_chain_is_whole(stored: Stored) -> None:
    report = verify(stored.ledger, stored.store)
    assert report.problems == ()
    assert report.records == stored.made.audit_records


def test_nothing_is_left_of_the_erased_child(stored: Stored) -> None:
    erased = stored.made.erased
    with pytest.raises(UnknownCaseError):
        stored.ledger.cases.get(case_of(erased.sample))
    everything = (*files_of(stored), *sealed_values_of(stored))
    assert [value for value in (*erased.numbers, *erased.others) if is_in(everything, value)] == []
    other = stored.ledger.cases.get(case_of("accepted-flatbed")).submission.child
    assert [is_in(everything, str(value)) for value in (other.name, other.id_number)] == [True] * 2, (
        "or it sees nothing"
    )


def is_in(everything: Sequence[bytes], value: str) -> bool:
    """Plain, or as JSON escapes it."""
    forms = {value.encode(), json.dumps(value)[1:-1].encode()}
    return any(form in text for text in everything for form in forms)


def files_of(stored: Stored) -> Iterator[bytes]:
    """Every file with its name."""
    paths = [path for path in stored.settings.workspace.rglob("*") if path.is_file()]
    return (str(path).encode() + path.read_bytes() for path in paths)


def sealed_values_of(stored: Stored) -> Iterator[bytes]:
    """What the ledger shows only to whoever has the secret."""
    ledger = stored.ledger
    for submission_id in ledger.cases.select(Selection()):
        yield ledger.cases.get(submission_id).model_dump_json().encode()
        yield from (result.to_json().encode() for result in ledger.cases.results(submission_id))
    readings = map(ledger.readings.get, stored.select("SELECT key FROM readings"))
    batches = (item.noted for batch in ledger.batches.list() for item in items(ledger, batch.batch_id))
    verdicts = (one.verdict for one in ledger.reviews.all_decisions())
    for value in (*readings, *ledger.children.export(), *batches, *verdicts):
        assert value is not None
        yield value.model_dump_json().encode()


def test_the_erased_child_stays_erased(own: Stored) -> None:
    number = parse_id_number(own.made.erased.numbers[0])
    assert number is not None
    assert number.sex is not None
    assert number.birth_date is not None
    record = KnownChild(name="陆嘉禾", sex=number.sex, birth_date=number.birth_date, id_number=number.text)
    assert own.ledger.children.add([record]).counts.forgotten == 1


def test_people_sign_in_with_their_old_passwords_and_open_what_waits(own: Stored) -> None:
    looked_at = {"reviewer": ("open", "known", "blind"), "supervisor": ("supervisor",)}
    for name, role in own.made.people.items():
        browser = Desk(own.settings, own.ledger, own.store).browser()
        signed_in = browser.post("/login", data={"name": name, "password": own.made.password})
        assert signed_in.status_code == 303, name
        for view in looked_at.get(role, ()):
            assert own.made.waiting[view], view
            for submission_id in own.made.waiting[view]:
                opens(browser, submission_id)


def test_the_reviewer_who_makes_an_installation_decides_at_todays_desk(own: Stored) -> None:
    (submission_id, *_) = own.made.waiting["open"]
    browser = cast(httpx.Client, Desk(own.settings, own.ledger, own.store).browser())
    name = next(name for name, role in own.made.people.items() if role == "reviewer")
    reviewer = Reviewer("", name, own.made.password, browser)
    reviewer.decide(submission_id, "escalate")
    assert own.ledger.reviews.decisions(submission_id)[-1].outcome is ReviewOutcome.ESCALATE


def test_what_pages_say_is_known_of_every_case_at_the_desk(stored: Stored) -> None:
    """Be it that content of its version is not used any more: then from what was read at the time."""
    found = {
        name: open_review_case(case_of(name), stored.ledger, READER, stored.settings.limits)
        for name in stored.made.cases
    }
    assert [name for name, one in found.items() if one.dossier is None] == []
    records = {name for name, one in found.items() if one.relatives}
    codes = {name: {finding.code for finding in one.laid_out.result.findings} for name, one in found.items()}
    assert set() < {name for name in found if Code.CHILD_EXISTS in codes[name]} <= records


def opens(browser: TestClient, submission_id: str) -> None:
    """Whether the page has a form to decide with, and a picture."""
    page = browser.get(f"/cases/{submission_id}")
    assert (page.status_code, 'name="outcome" value="accept"' in page.text) == (200, True), submission_id
    picture = browser.get(f"/cases/{submission_id}/pages/0")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg"), submission_id
