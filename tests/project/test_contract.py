"""docs/contract.md against the code: examples fit the schemas, lists are complete, and what is planned is not built.

The table of codes is held by tests/models/test_findings.py.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from cli.main import COMMANDS
from models.base import Model
from models.codes import Code, Reason
from models.documents import Field, PageKind
from models.errors import ExitCode
from models.findings import Finding
from models.result import FieldValue, PageOutcome, Provenance, Result
from models.submission import EnteredChild, Guardian, Submission, SubmittedFile, parse_manifest
from tests.support.schemas import misfits

TEXT: Final = Path("docs/contract.md").read_text("utf-8")
SECTIONS: Final = TEXT.split("\n## ")
EXAMPLES: Final = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
AGREED: Final = (
    *("insurance", "notice", "decided_by", "edition", "today", "check", "trial"),
    *("insurance_front", "insurance_back", "vaccination_child", "vaccination_records", "residence_permit"),
    *("guardianship", "passport", "permit", "2003", "医保卡不符", "接种记录待核", "监护待核", "电子证照"),
    *("avif", "jxl", "ofd", "portfolio", "xfa", "font", "unproven", "unverified"),
)
_PARTS: Final = [part for part in re.split(r"\n\n|\n\||\n- ", TEXT) if "**Planned:**" in part]
_QUOTED: Final = [quoted for part in _PARTS for quoted in re.findall(r"`([^`]*)`", part.split("**Planned:**")[1])]
_PLANNED: Final = {word for quoted in _QUOTED for word in re.findall(r"\w+", quoted)}
_KEYS: Final = {
    key
    for model in (
        Submission,
        EnteredChild,
        Guardian,
        SubmittedFile,
        Result,
        Finding,
        FieldValue,
        PageOutcome,
        Provenance,
    )
    for key in model.model_fields
}
_BUILT: Final = _KEYS | {value.value for kind in (Code, Reason, PageKind) for value in kind} | set(COMMANDS)


def _kind(content: Any) -> str:
    schema = content.get("schema", "child-intake/webhook@1")
    return str(re.fullmatch(r"child-intake/(\w+)@1", schema)[1])  # type: ignore[index]


@pytest.mark.parametrize("content", EXAMPLES, ids=_kind)
def test_an_example_fits_its_schema(content: Any) -> None:
    assert misfits(_kind(content), content) == []


def test_the_examples_are_one_of_each_and_load() -> None:
    assert sorted(map(_kind, EXAMPLES)) == ["refusal", "result", "submission", "webhook"]
    manifest, result, _, _ = EXAMPLES
    assert parse_manifest(json.dumps(manifest).encode()).child.name == "欧阳靖萱"
    assert Result.model_validate(result).findings[0].code is Code.REGISTER_ILLEGIBLE


@pytest.mark.parametrize("model", [Submission, EnteredChild, Guardian, SubmittedFile])
def test_every_key_of_a_manifest_is_in_its_example(model: type[Model]) -> None:
    manifest = EXAMPLES[0]
    part = {Submission: manifest, EnteredChild: manifest["child"], Guardian: manifest["guardian"]}
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert set(part.get(model, manifest["files"][0])) == names


def test_the_commands_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `intake (\w+)", SECTIONS[2], re.MULTILINE)
    assert set(rows) == set(COMMANDS)


def test_the_exit_codes_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| (\d+) \|", SECTIONS[2], re.MULTILINE)
    assert sorted(map(int, rows)) == sorted(int(code) for code in ExitCode)


@pytest.mark.parametrize("kind", [Field, PageKind])
def test_every_field_and_every_kind_of_page_is_named(kind: type[Field] | type[PageKind]) -> None:
    built = "".join(part for part in re.split(r"(?=\*\*Planned)", SECTIONS[3]) if not part.startswith("**Planned"))
    words = {word for quoted in re.findall(r"`([^`]*)`", built) for word in quoted.split()}
    assert {value.value for value in kind} - words == set()


@pytest.mark.parametrize("word", AGREED)
def test_what_is_agreed_is_planned_until_it_is_built(word: str) -> None:
    assert (word in _PLANNED) is not (word in _BUILT), (
        "when it is built, describe it, and take it out of what is planned"
    )
