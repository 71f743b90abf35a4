"""A batch through Prefect: tried, shown masked, cancelled in the UI, and gone on with by another run."""

from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import Artifact

from pipeline.ledger.batch_values import ItemState
from pipeline.ledger.ledger import Ledger, open_ledger
from tests.support.batches import process_many
from tests.support.cards import CHILD_NUMBER
from tests.support.dossiers import CHILD
from tests.support.guarded import Guarded
from tests.support.processes import wait_until
from tests.support.runs import Runs, runs_of, serving
from tests.support.uploads import opened_desk
from tests.support.values import SECRET

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.timeout(280)]
COUNT = 80  # many more than a worker finishes between two glances at cancelled runs


def artifacts(runs: Runs, run_id: UUID) -> dict[str | None, Artifact]:
    of_run = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
    return {one.type: one for one in runs.client.read_artifacts(artifact_filter=of_run)}


def promoted(ledger: Ledger) -> int:
    return sum(batch.count(ItemState.PROMOTED) for batch in ledger.batches.list())


def test_a_batch_is_tried_cancelled_and_gone_on_with(guarded: Guarded, tmp_path: Path) -> None:
    with opened_desk(tmp_path) as desk:
        ids = process_many(desk, tmp_path, COUNT)
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db", SECRET)
    (tmp_path / "rules.yaml").write_text("legibility: {doubtful: 1.1}\n")
    named = {
        "REGISTER_SECRET": SECRET.hex(),
        "POLICY_FILE": str(tmp_path / "rules.yaml"),
        "WORKER__POLL_SECONDS": "0.2",
    }
    with serving(tmp_path, guarded, **named), runs_of(guarded, "reprocess/reprocess-stored-cases") as runs:
        tried = runs.ended(runs.ask(all=True, from_readings=True))
        shown = artifacts(runs, tried.id)
        begun = runs.ask(selection={"submission_ids": ids}, dry_run=False)
        wait_until(lambda: promoted(ledger) >= 1, "some cases", 120)
        cancelled = runs.cancel(begun)
        left = promoted(ledger)
        batch = next(one for one in ledger.batches.list() if not one.options.dry_run)
        resumed = runs.ended(runs.ask(batch_id=batch.batch_id))
    assert (tried.state_name, cancelled.state_name, resumed.state_name) == ("Reprocessed", "Cancelled", "Reprocessed")
    assert set(shown) == {"progress", "table", "markdown"}
    assert "退回家长 → 待审核" in str(shown["markdown"].data)
    assert not [one for one in shown.values() if CHILD.name in str(one.data) or CHILD_NUMBER in str(one.data)]
    assert 1 <= left < COUNT
    assert ledger.batches.get(batch.batch_id).counts == {ItemState.PROMOTED: COUNT}
    assert {len(ledger.cases.results(one)) for one in ids} == {2}
    assert ledger.audit.verify().problems == ()
    ledger.close()
