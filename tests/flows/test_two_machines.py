"""Two workers that share a PostgreSQL ledger, a store and a Prefect server on PostgreSQL, as on two machines."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from models.submission import MANIFEST_NAME
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.folder import FolderStore
from service.options import PrefectOptions
from service.settings import Settings
from tests.support.guarded import Guarded, guarded_server
from tests.support.processes import environment
from tests.support.uploads import manifest_of

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.postgres, pytest.mark.timeout(300)]
SECRET = bytes(range(32))
UPLOADS = 16
PATIENCE = 200.0


@contextmanager
def a_machine(workspace: Path, guarded: Guarded, ledger_url: str, store: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A service of its own, with a workspace of its own."""
    workspace.mkdir(mode=0o700)
    settings = environment(
        PREFECT__API_URL=guarded.api_url,
        PREFECT__AUTH=guarded.auth,
        LEDGER_URL=ledger_url,
        STORE_URL=f"file:{store}",
        REGISTER_SECRET=SECRET.hex(),
        READERS__PROCESSES="1",
        WORKER__LEASE_SECONDS="10",
        WORKER__PATIENCE_SECONDS="15",
    )
    command = [sys.executable, "-m", "cli.main", "--workspace", str(workspace), "serve"]
    with (workspace / "serve.log").open("wb") as log:
        service = subprocess.Popen(command, env=settings, stdout=log, stderr=log)
    try:
        yield service
    finally:
        service.terminate()
        service.wait(60)


def put(store: FolderStore, number: int) -> None:
    folder = f"inbox/{number}"
    store.put(f"{folder}/1.jpg", b"this is no picture %d" % number, content_type="image/jpeg")
    manifest = json.dumps(manifest_of(f"s-{number}", files=[{"path": "1.jpg"}])).encode()
    store.put(f"{folder}/{MANIFEST_NAME}", manifest, content_type="application/json")


def wait_for(ledger: Ledger, decided: int, *, workers: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        figures = ledger.operations.metrics()
        if sum(figures.decisions.values()) >= decided and len(figures.workers) >= workers and not figures.messages:
            return
        assert time.monotonic() < end, f"{figures}"
        time.sleep(0.5)


def test_two_workers_share_the_work_and_one_goes_on_when_the_other_is_killed(
    tmp_path: Path, postgres_server: str, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS two_machines WITH (FORCE)")
        connection.execute("CREATE DATABASE two_machines")
    database = SecretStr(f"{postgres_server}/two_machines".replace("postgresql:", "postgresql+asyncpg:"))
    settings = Settings(workspace=tmp_path / "server", prefect=PrefectOptions(port=0, database_url=database))
    store = FolderStore(tmp_path / "store")
    with ExitStack() as stack:
        guarded = stack.enter_context(guarded_server(settings))
        ledger = stack.enter_context(closing(open_ledger(postgres_url, SECRET)))
        place = (guarded, postgres_url, tmp_path / "store")
        first, _ = (stack.enter_context(a_machine(tmp_path / name, *place)) for name in ("one", "two"))
        wait_for(ledger, 0, workers=2)
        for number in range(UPLOADS // 2):
            put(store, number)
        wait_for(ledger, UPLOADS // 2, workers=2)
        owners = _owners(postgres_url)
        first.kill()
        for number in range(UPLOADS // 2, UPLOADS):
            put(store, number)
        wait_for(ledger, UPLOADS, workers=2)
        runs = [len(ledger.cases.results(f"s-{number}")) for number in range(UPLOADS)]
        assert (runs, ledger.audit.verify().problems) == ([1] * UPLOADS, ())
    assert len(owners) == 2, "both took part"


def _owners(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {owner for (owner,) in connection.execute("SELECT DISTINCT owner FROM inbox WHERE owner IS NOT NULL")}
