"""By which rules a batch is judged: one policy from its beginning until its results are in force."""

from models.errors import OtherRulesError
from models.policy import Policy
from pipeline.ledger.batch_values import Batch


def require_same_rules(batch: Batch, policy: Policy) -> None:
    """Refuse to go on with a batch, or to put it in force, under another policy than the one that judged it.

    Raises:
        OtherRulesError: The policy differs in something.
    """
    if batch.options.rules not in (None, policy.digest):
        raise OtherRulesError(
            f"Batch {batch.batch_id} was judged by other rules than those of this shell ({policy.name})",
            hint="set INTAKE_POLICY_FILE as when it was begun; or add --other-rules, if that is what you want.",
        )
