"""What documents say stays in the ledger and the store: one whole submission, and a search of everything else."""

import json
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from models.errors import LedgerError
from models.masking import mask
from models.result import Result, values_of
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.folder import FolderStore
from service.options import PrefectOptions, WorkerOptions
from service.resources import register_secret
from service.settings import Settings
from tests.support.serving import while_serving

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.timeout(300)]
SAMPLE = Path("fixtures/samples/accepted-flatbed")
SECONDS = 200.0


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("canary")
    return Settings(workspace=folder, prefect=PrefectOptions(port=0), worker=WorkerOptions(scan_seconds=0.5))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """A sample's manifest whose files a parent named after the child."""
    found: dict[str, Any] = json.loads((SAMPLE / "submission.json").read_bytes())
    return found


@pytest.fixture(scope="module")
def result(settings: Settings, manifest: dict[str, Any]) -> Result:
    """The result of the sample, sent through the whole service."""
    while_serving(settings, partial(_send_and_wait, settings, manifest))
    return open_ledger(settings.ledger_at, register_secret(settings)).cases.latest_result(
        str(manifest["submission_id"])
    )


def _send_and_wait(settings: Settings, manifest: dict[str, Any]) -> None:
    _send(FolderStore(settings.workspace / "store"), manifest)
    _wait(settings, str(manifest["submission_id"]))
    time.sleep(3.0)  # for Prefect's own queues of logs and events


def _send(store: FolderStore, manifest: dict[str, Any]) -> None:
    named = json.loads(json.dumps(manifest))
    for file in named["files"]:
        data = (SAMPLE / file["path"]).read_bytes()
        file["path"] = f"{named['child']['name']}-{file['path']}"
        store.put(f"inbox/{named['child']['name']}/{file['path']}", data, content_type="image/jpeg")
    _put(store, f"inbox/{named['child']['name']}", named)
    _put(store, "inbox/broken", {**named, named["child"]["name"]: named["child"]["id_number"]})


def _put(store: FolderStore, folder: str, manifest: object) -> None:
    data = json.dumps(manifest, ensure_ascii=False).encode()
    store.put(f"{folder}/submission.json", data, content_type="application/json")


def _wait(settings: Settings, submission_id: str) -> None:
    ledger = open_ledger(settings.ledger_at, register_secret(settings))
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            ledger.cases.latest_result(submission_id)
        except LedgerError:
            time.sleep(0.5)
            continue
        if not ledger.inbox.undispatched(10) and not ledger.inbox.overdue(utc_now().replace(year=9999)):
            return
        time.sleep(0.5)


def _everything_kept(settings: Settings) -> Iterator[str]:
    """All that Prefect and the logs keep: every cell of every table, and every other file."""
    for file in (*settings.prefect_home.rglob("*"), *settings.logs.rglob("*")):
        if file.is_file() and not file.name.startswith("prefect.db"):
            yield file.read_bytes().decode(errors="replace")
    with sqlite3.connect(settings.prefect_home / "prefect.db") as database:
        yield from database.iterdump()


def _holds(text: str, value: str) -> bool:
    """Plain, or escaped as JSON once, or twice: tables are JSON within JSON."""
    once = json.dumps(value)[1:-1]
    return any(form in text for form in (value, once, json.dumps(once)[1:-1]))


def test_the_case_went_all_the_way(result: Result) -> None:
    assert result.decision == "accepted"
    assert result.fields


def test_prefect_shows_the_case_masked(settings: Settings, result: Result, manifest: dict[str, Any]) -> None:
    kept = "\n".join(_everything_kept(settings))
    number = str(manifest["child"]["id_number"])
    assert _holds(kept, f"{number[:3]}{'＊' * 11}{number[-4:]}")
    assert "BadManifest" in kept


def test_prefect_and_the_logs_keep_no_name_no_number_and_no_file_name(
    settings: Settings, result: Result, manifest: dict[str, Any]
) -> None:
    people = [manifest["child"], manifest["guardian"]]
    keys = ("name", "id_number", "birth_certificate_number", "phone")
    canaries = {str(person[key]) for person in people for key in keys if person.get(key)}
    shown = [
        mask(value.field, value.value) for value in values_of(result.fields)
    ]  # the county of an address may be seen
    read = {value.value for value in values_of(result.fields) if len(value.value) > 5}
    canaries |= {value for value in read if not any(value in words for words in shown)}
    found = [text for text in _everything_kept(settings) for canary in canaries if _holds(text, canary)]
    assert len(canaries) > 10
    assert found == []
