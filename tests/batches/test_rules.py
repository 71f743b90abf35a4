"""A batch keeps the rules that it was begun under, until its results are in force."""

from datetime import UTC, datetime

import pytest

from models.errors import OtherRulesError
from models.policy import LegibilityLimits, Policy
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
    require_same_rules(begun_under(rules), HERE)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Policy(name="trial@2"), id="another name"),
        pytest.param(Policy(legibility=LegibilityLimits(doubtful=0.9)), id="a limit under the same name"),
    ],
)
def test_other_rules_are_refused(other: Policy) -> None:
    with pytest.raises(OtherRulesError, match="judged by other rules"):
        require_same_rules(begun_under(other.digest), HERE)
