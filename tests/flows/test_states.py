import traceback

import pytest

from flows.states import UnforeseenError, concluded, failed, redacted_errors
from models.errors import BadManifestError, LedgerBusyError, ManifestProblem, PersonDecidedError, PipelineError
from models.findings import Code, Finding, Reason, found
from models.masking import mask_numbers
from models.result import Decision, Provenance, Result

NAME, NUMBER = "欧阳靖萱", "11019920191123002X"
CANARY = f"{NAME} {NUMBER}"


def _raise(error: Exception) -> None:
    with redacted_errors():
        raise error


def _caused(error: PipelineError) -> PipelineError:
    error.__cause__ = ValueError(CANARY)
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(ValueError(CANARY), UnforeseenError, id="a bug that quotes what was read"),
        pytest.param(
            _caused(LedgerBusyError("busy")), LedgerBusyError, id="an error of ours that a quoting one caused"
        ),
        pytest.param(PersonDecidedError(NUMBER), PersonDecidedError, id="an id that is somebody's number"),
    ],
)
def test_no_error_that_prefect_sees_quotes_a_document(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        _raise(error)
    told = "".join(traceback.format_exception(caught.value))
    assert [canary for canary in (NAME, NUMBER) if canary in told] == []


def test_a_bug_is_told_by_kind_and_place() -> None:
    with pytest.raises(UnforeseenError, match=r"^ValueError at test_states\.py:\d+$"):
        _raise(ValueError(CANARY))


@pytest.mark.parametrize(
    ("key", "told"),
    [
        pytest.param("child.birth_date", "child.birth_date", id="a key that we know"),
        pytest.param("files.3.path", "files.3.path", id="a key in a list"),
        pytest.param("$", "$", id="the manifest as a whole"),
        pytest.param(f"child.{CANARY}", "(unknown key)", id="a key that the sender made up"),
    ],
)
def test_a_bad_manifest_is_told_by_keys_that_we_know(key: str, told: str) -> None:
    with pytest.raises(BadManifestError) as caught:
        _raise(BadManifestError((ManifestProblem(key, "is wrong"),)))
    assert str(caught.value) == f"{told}: is wrong"


@pytest.mark.parametrize(
    ("error", "name", "message"),
    [
        pytest.param(
            BadManifestError((ManifestProblem(CANARY, "is not known"),)),
            "BadManifest",
            "无法受理：清单（submission.json）不合格，没有建立申请 (the manifest is refused; no case was made)",
            id="a bad manifest",
        ),
        pytest.param(LedgerBusyError("busy"), "LedgerBusy", "busy", id="a busy ledger"),
        pytest.param(
            PersonDecidedError(NUMBER),
            "PersonDecided",
            f"Case {mask_numbers(NUMBER)} was decided by a person: its result stands.",
            id="an id that is somebody's number",
        ),
        pytest.param(UnforeseenError("KeyError at a.py:1"), "Unforeseen", "KeyError at a.py:1", id="a bug"),
        pytest.param(ValueError(CANARY), "Value", "", id="what came past the wall"),
    ],
)
def test_a_run_without_a_result_is_named_after_what_broke(error: Exception, name: str, message: str) -> None:
    state = failed(error)
    assert (state.type, state.name, state.message) == ("FAILED", name, message)


@pytest.mark.parametrize(
    ("findings", "name", "message"),
    [
        pytest.param((), "Accepted", "通过", id="nothing found"),
        pytest.param((found(Code.COPY, Reason.SCREEN),), "NeedsReview", "待审核 疑似翻拍复印", id="a doubt"),
        pytest.param(
            (found(Code.REGISTER_ILLEGIBLE, Reason.BLUR), found(Code.REGISTER_ILLEGIBLE, Reason.GLARE)),
            "Returned",
            "退回家长 3002",
            id="one code for two reasons",
        ),
    ],
)
def test_a_run_with_a_result_is_named_after_the_decision(
    findings: tuple[Finding, ...], name: str, message: str
) -> None:
    decisions = {"Accepted": Decision.ACCEPTED, "NeedsReview": Decision.REVIEW, "Returned": Decision.RETURNED}
    provenance = Provenance(version="1", engine="e", models="m", policy="p", input_digest="d", seconds=0)
    result = Result(
        submission_id="case-1",
        revision=1,
        decision=decisions[name],
        findings=findings,
        fields=(),
        pages=(),
        provenance=provenance,
    )
    state = concluded(result)
    assert (state.type, state.name, state.message) == ("COMPLETED", name, message)
