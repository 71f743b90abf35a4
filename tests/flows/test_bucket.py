"""The service on a real bucket and a real PostgreSQL: an upload becomes a run whose pages can be looked at."""

import json
import time
import urllib.request
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from models.errors import LedgerError
from models.result import Decision, Result
from models.submission import MANIFEST_NAME
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.opening import open_store
from service.options import PrefectOptions, WorkerOptions
from service.resources import register_secret
from service.settings import Settings
from tests.support.guarded import Guarded, guarded_server
from tests.support.rgw import Gateway
from tests.support.serving import while_serving

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.s3, pytest.mark.postgres, pytest.mark.timeout(300)]
SAMPLE = Path("fixtures/samples/returned-missing-emblem")
SECONDS = 150.0


def test_an_upload_to_a_bucket_is_decided_and_its_pages_can_be_seen(
    tmp_path: Path, gateway: Gateway, postgres_url: str
) -> None:
    settings = Settings(
        workspace=tmp_path,
        store_url=f"s3://{gateway.new_bucket()}",
        store=gateway.options,
        ledger_url=SecretStr(postgres_url),
        prefect=PrefectOptions(port=0),
        worker=WorkerOptions(scan_seconds=0.5),
    )
    with guarded_server(settings) as guarded:
        chosen = settings.model_copy(update={"prefect": guarded.options})
        result, pages = while_serving(chosen, partial(_visit, chosen, guarded))
    assert result.decision is Decision.RETURNED
    assert {row["页面"] for row in pages} >= {"身份证人像面", "户口本首页"}
    for row in pages:
        with urllib.request.urlopen(row["图片"].removeprefix("[查看](").removesuffix(")"), timeout=10) as picture:
            assert picture.read().startswith(b"\xff\xd8\xff")


def _visit(settings: Settings, guarded: Guarded) -> tuple[Result, list[dict[str, str]]]:
    _upload(settings)
    return _result(settings), _pages(guarded)


def _upload(settings: Settings) -> None:
    store = open_store(settings.store_at, settings.store)
    for file in sorted(SAMPLE.iterdir(), key=lambda path: path.name == MANIFEST_NAME):
        store.put(f"inbox/one/{file.name}", file.read_bytes(), content_type="application/octet-stream")


def _result(settings: Settings) -> Result:
    end = time.monotonic() + SECONDS
    with closing(open_ledger(settings.ledger_at, register_secret(settings))) as ledger:
        while True:
            try:
                return ledger.cases.latest_result(f"sample-{SAMPLE.name}")
            except LedgerError:
                assert time.monotonic() < end, "nothing was decided"
                time.sleep(0.5)


def _pages(guarded: Guarded) -> list[dict[str, str]]:
    """The table of pages, as soon as it is shown."""
    end = time.monotonic() + 30
    with guarded.sync_client() as client:
        while True:
            for artifact in client.read_artifacts():
                if (artifact.key or "").startswith("pages-"):
                    rows: list[dict[str, str]] = json.loads(str(artifact.data))
                    return rows
            assert time.monotonic() < end, "no pages were shown"
            time.sleep(0.5)
