"""By which rules a batch is judged: one policy from its beginning until its results are in force.

Policies are compared by what they say otherwise than the defaults. What a release changes, in its code or in a default,
is not compared: a batch keeps the version that began it, and `intake reprocess show --json` names that.
"""

from typing import Final

from models.errors import OtherRulesError
from models.policy import Policy
from pipeline.batches.batch_lease import BatchTask
from pipeline.ledger.batch_values import Batch

_COMMANDS: Final = {BatchTask.RUN: "resume", BatchTask.PROMOTE: "promote"}


def require_same_rules(batch: Batch, policy: Policy, task: BatchTask) -> None:
    """Refuse to run a batch further, or to put it in force, under another policy than the one that judged it.

    Raises:
        OtherRulesError: The policy differs in something.
    """
    if batch.options.rules not in (None, policy.digest):
        raise OtherRulesError(
            f"Batch {batch.batch_id} was judged by other rules than those in force here ({policy.name})",
            hint="set INTAKE_POLICY_FILE as when it was begun; or, if other rules are what you want, run "
            f"`intake reprocess {_COMMANDS[task]} {batch.batch_id} --other-rules`.",
        )
