"""What an operator fills in to run stored cases again, and what is refused, without a server."""

import asyncio
import inspect
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State, StateType
from prefect.utilities.callables import parameter_schema
from pydantic import SecretStr, ValidationError

from flows.reprocess import reprocess
from flows.worker_process import DEPLOYMENTS, FLOWS
from models.policy import Policy
from pipeline.ledger.batch_values import BatchOptions
from pipeline.ledger.values import Selection
from service.resources import Resources, use
from service.settings import Settings
from tests.support.ledgers import new_ledger
from tests.support.values import SECRET

FIELDS = tuple(Selection.model_fields)


@pytest.mark.parametrize(
    ("given", "empty"),
    [
        pytest.param({}, True, id="nothing"),
        pytest.param(dict.fromkeys(FIELDS), True, id="each field, and nothing in it"),
        pytest.param(dict.fromkeys(FIELDS, " "), True, id="each field blank"),
        pytest.param({"submission_ids": []}, True, id="a list without ids"),
        pytest.param({"submission_ids": ["", " \n"]}, True, id="a list of blank ids"),
        pytest.param({"since": "2026-11-01T00:00:00Z"}, False, id="a beginning"),
        pytest.param({"until": "2026-11-01T00:00:00Z"}, False, id="an end"),
        pytest.param({"code": "3002"}, False, id="a code"),
        pytest.param({"decision": "review"}, False, id="a decision"),
        pytest.param({"version": "0.1.0"}, False, id="a version"),
        pytest.param({"submission_ids": [" case-1 "]}, False, id="an id"),
        pytest.param({"code": "3002", "submission_ids": []}, False, id="a code and a list without ids"),
    ],
)
def test_whether_a_selection_says_anything(given: dict[str, Any], empty: bool) -> None:
    assert Selection.model_validate(given).empty is empty


@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize("given", [0, 2026, 2026.5, "2026", "20261101", " 20261101 ", "1767225600"])
def test_a_number_is_no_time(field: str, given: object) -> None:
    """As seconds since 1970 it would select every case."""
    with pytest.raises(ValidationError, match="2026-11-01T00:00:00"):
        Selection.model_validate({field: given})


def test_blanks_around_an_id_are_none_of_it() -> None:
    pasted = Selection(submission_ids=(" case-1\n", "", "case-2", "\u200bｃase-3\ncase.4，case_5"))
    assert pasted.submission_ids == ("case-1", "case-2", "case-3", "case.4", "case_5")


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        pytest.param({}, "switch all on", id="an empty form"),
        pytest.param({"selection": None, "batch_id": None}, "switch all on", id="the empty form of earlier versions"),
        pytest.param({"selection": Selection(submission_ids=())}, "switch all on", id="a list without ids"),
        pytest.param({"dry_run": False}, "switch all on", id="in force, but what"),
        pytest.param({"batch_id": " \n"}, "switch all on", id="a blank batch"),
        pytest.param({"all": True, "selection": Selection(code="3002")}, "only one of", id="all and a selection"),
        pytest.param({"batch_id": "b", "all": True}, "only one of", id="a batch and all"),
        pytest.param(
            {"batch_id": "b", "selection": Selection(version="1")}, "only one of", id="a batch and a selection"
        ),
    ],
)
def test_what_is_not_clear_is_refused_with_advice(given: dict[str, Any], advice: str) -> None:
    state = asyncio.run(reprocess.fn(**given))
    assert (state.type, state.name) == (StateType.FAILED, "Refused")
    assert advice in str(state.message)
    assert "没有运行" in str(state.message)


def test_a_batch_that_other_rules_began_is_refused_with_the_command_that_goes_on(tmp_path: Path) -> None:
    new_ledger(tmp_path / "ledger.db").close()
    with closing(Resources(Settings(workspace=tmp_path, register_secret=SecretStr(SECRET.hex())))) as holder:
        other = BatchOptions(rules=Policy(newborn_days=7).digest)
        batch = holder.context().ledger.batches.begin((), other, "amy", "1")

        async def main() -> State[None]:
            use(holder)
            found: State[None] = await reprocess.fn(batch_id=batch.batch_id)
            return found

        state = asyncio.run(main())
    assert (state.type, state.name) == (StateType.FAILED, "OtherRules")
    assert f"`intake reprocess resume {batch.batch_id} --other-rules`" in str(state.message)


def test_a_trial_is_what_is_run_unless_asked_otherwise() -> None:
    defaults = {name: one.default for name, one in inspect.signature(reprocess.fn).parameters.items()}
    assert defaults == {
        "selection": Selection(), "all": False, "batch_id": "",
        "dry_run": True, "from_readings": False, "tell": False,
    }  # fmt: skip


@pytest.mark.parametrize("entrypoint", FLOWS)
def test_every_parameter_is_described_in_chinese_too(entrypoint: str) -> None:
    schema = parameter_schema(FLOWS[entrypoint].fn)
    groups = [schema.properties, *(one["properties"] for one in schema.definitions.values() if "properties" in one)]
    described = {name: one.get("description", "") for group in groups for name, one in group.items()}
    assert bool(described) is bool(inspect.signature(FLOWS[entrypoint].fn).parameters)
    assert [name for name, words in described.items() if words.isascii()] == []


def test_deployments_say_what_they_do() -> None:
    assert [f"{FLOWS[one.entrypoint].name}/{one.name}" for one in DEPLOYMENTS] == [
        "intake/process-upload",
        "reprocess/reprocess-stored-cases",
        "retention/erase-expired-scans",
        "audit/verify-audit-chain",
    ]
    assert [one.name for one in DEPLOYMENTS if not (one.description and one.tags)] == []
