"""What happens to a run while the lease of its upload is renewed."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from flows.leases import keep_alive, postpone
from pipeline.ledger.values import UploadEvent, Via
from tests.support.ledgers import new_ledger


def test_a_renewal_that_fails_in_any_way_leaves_the_runs_own_ending(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(new_ledger(path)) as ledger:
        ledger.inbox.add_upload(UploadEvent(bucket="b", key="k", etag="e", via=Via.EVENT))
        lease = ledger.inbox.lease(ledger.inbox.undispatched(1)[0].item_id, "w", 60)
        assert lease is not None
        with closing(sqlite3.connect(path)) as other:
            other.execute("ALTER TABLE inbox RENAME TO gone")

        async def run() -> str:
            async with keep_alive(ledger, lease, 0.03):
                await asyncio.sleep(0.3)
                return "concluded"

        assert asyncio.run(run()) == "concluded"
        asyncio.run(postpone(ledger, lease))
