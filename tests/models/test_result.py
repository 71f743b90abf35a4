import json
from pathlib import Path

import pytest

from fixtures.truth import FOLDER
from models.base import Model
from models.errors import ExitCode
from models.findings import Code, Finding, Location, Reason, Severity, found
from models.reading import PageReading
from models.result import DECISION_TITLES, EXIT_OF_DECISION, Decision, Result, decide
from models.submission import Submission, parse_manifest

STORED = FOLDER / "stored"
REJECT = found(Code.PAGE_MISSING, Reason.HOME)
REVIEW = found(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
WARNING = found(Code.WRONG_DOCUMENT, Reason.DECLARED, Location(), severity=Severity.WARNING)


@pytest.mark.parametrize(
    ("findings", "decision"),
    [
        pytest.param((), Decision.ACCEPTED, id="nothing found"),
        pytest.param((WARNING,), Decision.ACCEPTED, id="warnings decide nothing"),
        pytest.param((REVIEW,), Decision.REVIEW, id="a doubt"),
        pytest.param((WARNING, REVIEW), Decision.REVIEW, id="a doubt beside a warning"),
        pytest.param((REJECT,), Decision.RETURNED, id="a rejection"),
        pytest.param((REVIEW, REJECT, WARNING), Decision.RETURNED, id="a rejection outweighs a doubt"),
    ],
)
def test_decide(findings: tuple[Finding, ...], decision: Decision) -> None:
    assert decide(findings) is decision
    assert decide(findings[::-1]) is decision


def test_every_decision_has_a_title_and_an_exit_code() -> None:
    assert set(DECISION_TITLES) == set(EXIT_OF_DECISION) == set(Decision)
    assert EXIT_OF_DECISION == {
        Decision.ACCEPTED: ExitCode.ACCEPTED,
        Decision.RETURNED: ExitCode.RETURNED,
        Decision.REVIEW: ExitCode.REVIEW,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [(ExitCode.ACCEPTED, 0), (ExitCode.USAGE, 2), (ExitCode.BAD_MANIFEST, 3), (ExitCode.ENGINE, 4), (ExitCode.STORE, 5),
     (ExitCode.RETURNED, 10), (ExitCode.REVIEW, 11), (ExitCode.BUG, 70), (ExitCode.INTERRUPTED, 130)],
)  # fmt: skip
def test_exit_codes_are_never_renumbered(name: ExitCode, value: int) -> None:
    assert name == value


def test_keys_stand_in_the_contracts_order() -> None:
    content = json.loads(Result.model_validate_json((STORED / "result.json").read_bytes()).to_json())
    assert list(content) == [
        "schema",
        "submission_id",
        "revision",
        "decision",
        "notice",
        "findings",
        "fields",
        "pages",
        "provenance",
    ]
    assert (
        list(content["findings"][0])
        == (
            "code reason severity document file page_no page_kind field box "
            "read entered measured limit message next_step"
        ).split()
    )
    assert list(content["fields"][0]) == "document person field value confidence file page_no box".split()
    assert list(content["pages"][0]) == "file page_no kind legible rotation quad edition document".split()
    assert list(content["provenance"]) == "version engine models policy input_digest seconds today".split()


def test_a_result_is_one_line_with_chinese_as_it_is() -> None:
    line = Result.model_validate_json((STORED / "result.json").read_bytes()).to_json()
    assert "\n" not in line
    assert "户口本" in line


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("submission.json", Submission, id="a submission"),
        pytest.param("page_reading.json", PageReading, id="a page reading"),
        pytest.param("result.json", Result, id="a result"),
    ],
)
def test_a_stored_value_of_version_1_loads_and_is_written_as_it_was(name: str, kind: type[Model]) -> None:
    stored = (STORED / name).read_text("utf-8")
    value = kind.model_validate_json(stored)
    before = json.loads(stored)
    if kind is Submission:
        before["guardian"]["id_type"] = None
    if kind is Result:
        before["provenance"]["today"] = None
        before |= {"notice": None, "pages": [page | {"edition": None, "document": None} for page in before["pages"]]}
    assert json.loads(value.model_dump_json(by_alias=True)) == before


def test_a_stored_submission_is_a_manifest() -> None:
    assert parse_manifest((STORED / "submission.json").read_bytes()).submission_id == "sample-returned-3002-blur"


@pytest.mark.parametrize("path", sorted(STORED.glob("*.json")), ids=lambda path: path.name)
def test_a_value_of_another_version_is_refused(path: Path) -> None:
    kinds: dict[str, type[Model]] = {
        "submission.json": Submission,
        "page_reading.json": PageReading,
        "result.json": Result,
    }
    kind = kinds[path.name]
    content = json.loads(path.read_text("utf-8"))
    key = "schema" if "schema" in content else "version"
    with pytest.raises(ValueError, match=key):
        kind.model_validate({**content, key: f"{content[key]}9"})
