"""The published schemas are what the models give; they take what the product takes and writes, and refuse the rest.

Every result and webhook message of the whole suite is held against them too: tests/support/schemas.py and listener.py.
The manifests that the models take and refuse are those of tests/models/test_submission.py.
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.schemas import schemas
from fixtures import truth
from models.codes import Code, Reason
from models.documents import Edition, Field, OtherDocument, PageKind
from models.submission import MANIFEST_NAME
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.folder import FolderStore
from tests.support.samples import known_children, processed_sample
from tests.support.schemas import FOLDER, misfits, validator
from tests.support.values import SECRET

RESULT = json.loads((truth.FOLDER / "stored" / "result.json").read_text("utf-8"))


def test_the_published_schemas_are_what_the_models_give() -> None:
    assert {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()} == schemas(), "run make docs"


@pytest.mark.parametrize("name", ["submission", "result", "refusal", "webhook"])
def test_a_schema_describes_every_key_that_does_not_speak_for_itself(name: str) -> None:
    schema = validator(name).schema
    parts = [schema, *schema.get("$defs", {}).values()]
    assert all(part.get("description") for part in parts)
    assert not [part["description"] for part in parts if "Attributes" in part["description"]]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("ledger")
    with closing(open_ledger(f"sqlite:///{folder / 'ledger.db'}", SECRET)) as opened:
        opened.children.add(known_children())
        yield opened


@pytest.mark.parametrize("name", truth.names())
def test_a_sample_and_its_result_fit(name: str, ledger: Ledger, tmp_path: Path) -> None:
    assert misfits("submission", json.loads((truth.SAMPLES / name / MANIFEST_NAME).read_bytes())) == []
    result = processed_sample(name, ledger, FolderStore(tmp_path))
    assert result.fields
    assert misfits("result", json.loads(result.to_json())) == []


def _set(*way: str | int, value: object) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for step in way[:-1]:
            content = content[step]
        content[way[-1]] = value

    return change


def _drop(*way: str | int) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for step in way[:-1]:
            content = content[step]
        del content[way[-1]]

    return change


def _changed(change: Callable[[Any], None]) -> Any:
    content = copy.deepcopy(RESULT)
    change(content)
    return content


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_set("notice", value="words"), id="a key"),
        pytest.param(_set("findings", 0, "seen", value=1), id="a key of a finding"),
        pytest.param(_set("findings", 0, "code", value="2003"), id="a code"),
        pytest.param(_set("findings", 0, "reason", value="avif"), id="a reason"),
        pytest.param(_set("pages", 0, "kind", value="passport"), id="a kind of page"),
        pytest.param(_set("fields", 0, "document", value="insurance_card"), id="a document"),
        pytest.param(_set("fields", 0, "field", value="card_number"), id="a field"),
    ],
)
def test_a_client_bears_what_a_later_version_adds(change: Callable[[Any], None]) -> None:
    assert misfits("result", _changed(change)) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_set("schema", value="child-intake/result@2"), id="another schema"),
        pytest.param(_drop("schema"), id="no schema"),
        pytest.param(_drop("decision"), id="no decision"),
        pytest.param(_set("decision", value="approved"), id="a decision that there is not"),
        pytest.param(_set("findings", 0, "severity", value="fatal"), id="a severity that there is not"),
        pytest.param(_drop("findings", 0, "message"), id="a finding without a message"),
        pytest.param(_set("findings", 0, "page_no", value=0), id="a page counted from 0"),
        pytest.param(_set("findings", 0, "box", value=[0, 0, 10]), id="a box of three numbers"),
        pytest.param(_set("fields", 0, "confidence", value=1.5), id="a confidence above 1"),
        pytest.param(_set("fields", 0, "person", value="uncle"), id="a person that there is not"),
        pytest.param(_set("pages", 0, "quad", value=[[0, 0], [1, 0], [1, 1]]), id="a quad of three corners"),
        pytest.param(_drop("provenance"), id="no provenance"),
    ],
)
def test_what_is_no_result_is_refused(change: Callable[[Any], None]) -> None:
    assert misfits("result", RESULT) == []
    assert len(misfits("result", _changed(change))) == 1


@pytest.mark.parametrize("kind", [Code, Reason, PageKind, OtherDocument, Edition, Field])
def test_a_list_that_grows_names_every_value_of_today(kind: type[Code]) -> None:
    known, other = validator("result").schema["$defs"][kind.__name__]["anyOf"]
    assert known == {"enum": [value.value for value in kind]}
    assert other == {"type": "string"}


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        pytest.param(_set("data", "runs", value=2), True, id="a key that a later version adds"),
        pytest.param(_set("type", value="case.opened"), False, id="a type that there is not"),
        pytest.param(_drop("data", "object"), False, id="no object"),
        pytest.param(_set("timestamp", value="yesterday"), False, id="a time in words"),
        pytest.param(_set("data", "result", value=RESULT), True, id="with the result itself"),
        pytest.param(_set("data", "result", value={}), False, id="with something else in its place"),
    ],
)
def test_a_message_of_the_webhook(change: Callable[[Any], None], fits: bool) -> None:
    data = {
        "submission_id": "s",
        "revision": 1,
        "run": 1,
        "decision": "returned",
        "codes": ["3002"],
        "object": "results/x",
    }
    content: Any = {"type": "case.concluded", "timestamp": "2026-11-20T09:30:00+08:00", "data": data}
    assert misfits("webhook", content) == []
    change(content)
    assert (misfits("webhook", content) == []) is fits
