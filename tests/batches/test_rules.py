"""A batch keeps the rules that it was begun under, until its results are in force."""

from datetime import UTC, datetime

import pytest

from models.errors import OtherRulesError
from models.policy import LegibilityLimits, Policy, ReviewSampling
from pipeline.batches.batch_lease import BatchTask
from pipeline.batches.rules import require_same_rules
from pipeline.ledger.batch_values import Batch, BatchOptions

HERE = Policy()


def begun_under(rules: str | None) -> Batch:
    return Batch(
        "20260101-00000000", datetime(2026, 1, 1, tzinfo=UTC), "amy", BatchOptions(rules=rules), "1", 1, {}, None, 0
    )


@pytest.mark.parametrize(
    "rules", [pytest.param(Policy().digest, id="the same"), pytest.param(None, id="an old batch that kept none")]
)
def test_a_batch_goes_on_under_its_own_rules(rules: str | None) -> None:
    require_same_rules(begun_under(rules), HERE, BatchTask.RUN)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Policy(name="trial@2"), id="another name"),
        pytest.param(Policy(legibility=LegibilityLimits(doubtful=0.9)), id="a limit under the same name"),
    ],
)
@pytest.mark.parametrize(("task", "command"), [(BatchTask.RUN, "resume"), (BatchTask.PROMOTE, "promote")])
def test_other_rules_are_refused(other: Policy, task: BatchTask, command: str) -> None:
    with pytest.raises(
        OtherRulesError, match=f"judged by other rules.*`intake reprocess {command} 2026.* --other-rules`"
    ):
        require_same_rules(begun_under(other.digest), HERE, task)


class LaterPolicy(Policy):
    """As a later release may have it, with one rule more."""

    doubt: bool = False


@pytest.mark.parametrize(
    ("earlier", "later", "same"),
    [
        pytest.param(Policy(), LaterPolicy(), True, id="by default"),
        pytest.param(Policy(name="ours@1"), LaterPolicy(name="ours@1"), True, id="under the hospital's own"),
        pytest.param(Policy(), LaterPolicy(doubt=True), False, id="switched on"),
        pytest.param(
            Policy(), Policy(newborn_days=28, looks=ReviewSampling(share=0.02)), True, id="a default written out"
        ),
    ],
)
def test_a_rule_that_a_release_adds_is_another_one_only_if_it_is_set(
    earlier: Policy, later: Policy, same: bool
) -> None:
    assert (earlier.digest == later.digest) is same
