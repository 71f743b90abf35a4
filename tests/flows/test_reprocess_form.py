"""With a service: Prefect's form for running cases again, and what waited under the deployments' former names."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound

from flows.deployments import REPROCESSING, UPLOADS, Deployment, ensure_deployments
from flows.dispatch import dispatch
from flows.worker_process import FLOWS, INTAKE
from pipeline.events.uploads import Reconciler
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import Selection
from pipeline.stores.folder import FolderStore
from service.options import PrefectOptions
from tests.support.batches import process_many
from tests.support.chromium import StartChromium
from tests.support.guarded import Guarded, sign_in
from tests.support.processes import wait_until
from tests.support.runs import Runs, runs_of, serving
from tests.support.uploads import opened_desk
from tests.support.values import SECRET

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.timeout(400)]
SAMPLE = Path("fixtures/samples/returned-name")
REPROCESS = "flows.reprocess:reprocess"
FORMER = (Deployment(INTAKE, "warm", UPLOADS), Deployment(REPROCESS, "warm", REPROCESSING))
FORMER_NAMES = ("intake/warm", "reprocess/warm")
TODAY = ("intake/process-upload", "reprocess/reprocess-stored-cases")
COUNT = 3
PATIENCE = 200.0


class Service:
    """A service that took over from an earlier version: its runs, its ledger, and what waited when it started."""

    def __init__(self, runs: Runs, ledger: Ledger, guarded: Guarded, ids: list[str], waited: dict[str, UUID]) -> None:
        self.runs, self.ledger, self.guarded, self.ids, self.waited = runs, ledger, guarded, ids, waited

    def reran(self) -> tuple[int, list[int]]:
        """Batches that were begun, and how many runs each case has."""
        return len(self.ledger.batches.list()), [len(self.ledger.cases.results(one)) for one in self.ids]


@pytest.fixture(scope="module")
def service(guarded: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    workspace = tmp_path_factory.mktemp("form")
    with opened_desk(workspace) as desk:
        ids = process_many(desk, workspace, COUNT)
    ledger = open_ledger(f"sqlite:///{workspace}/ledger.db", SECRET)
    store = FolderStore(workspace / "store")
    for file in SAMPLE.iterdir():
        store.put(f"inbox/a/{file.name}", file.read_bytes(), content_type="application/octet-stream")
    Reconciler(store, ledger, "local").look()
    waited = asyncio.run(_asked_before(guarded, ledger))
    with serving(workspace, guarded, REGISTER_SECRET=SECRET.hex()), runs_of(guarded, TODAY[1], PATIENCE) as runs:
        yield Service(runs, ledger, guarded, ids, waited)
    ledger.close()


async def _asked_before(guarded: Guarded, ledger: Ledger) -> dict[str, UUID]:
    """What an earlier version asked for, and no worker began: an upload, and an empty form."""
    async with guarded.client() as client:
        former = await ensure_deployments(client, FLOWS, FORMER, work_pool=PrefectOptions().work_pool, reading=1)
        form = await client.create_flow_run_from_deployment(former[REPROCESS], parameters={})
        (item,) = ledger.inbox.undispatched(1)
        assert await dispatch(client, ledger, former[INTAKE], patience=PATIENCE) == 1
        return {"form": form.id, "upload": UUID(ledger.inbox.get(item.item_id).flow_run_id)}


def exists(client: SyncPrefectClient, name: str) -> bool:
    try:
        client.read_deployment_by_name(name)
    except ObjectNotFound:
        return False
    return True


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="no parameter"),
        pytest.param({"selection": dict.fromkeys(Selection.model_fields), "batch_id": ""}, id="the form untouched"),
        pytest.param({"selection": {"version": " ", "submission_ids": [""]}}, id="blanks"),
        pytest.param({"selection": None, "batch_id": None, "dry_run": False}, id="the form of earlier versions"),
    ],
)
def test_an_empty_form_fails_and_runs_no_case(service: Service, given: dict[str, Any]) -> None:
    before = service.reran()
    run = service.runs.ended(service.runs.ask(**given))
    assert (run.state_type, run.state_name, run.run_count) == (StateType.FAILED, "Refused", 1)
    assert run.state is not None
    assert "fill in selection, or switch all on" in str(run.state.message)
    assert service.reran() == before == (0, [1] * COUNT)


def test_an_upload_that_waited_under_the_former_name_is_processed(service: Service) -> None:
    assert service.runs.ended(service.waited["upload"]).state_name == "Returned"
    assert "sample-returned-name" in set(service.ledger.cases.select(Selection()))


def test_an_empty_form_that_waited_under_the_former_name_is_refused(service: Service) -> None:
    assert service.runs.ended(service.waited["form"]).state_name == "Refused"


def test_former_names_go_and_todays_stay(service: Service) -> None:
    client = service.runs.client
    gone = [partial(exists, client, name) for name in FORMER_NAMES]
    wait_until(lambda: not any(is_there() for is_there in gone), "an end of the former names", PATIENCE)
    assert [name for name in TODAY if not exists(client, name)] == []


@pytest.mark.browser
def test_the_form_describes_every_field_and_is_refused_untouched(
    service: Service, start_chromium: StartChromium
) -> None:
    before = service.reran()
    service.runs.ended(service.runs.ask())  # the deployment is there
    deployment = service.runs.client.read_deployment_by_name(TODAY[1])
    with start_chromium() as chromium:
        page = chromium.visit().page
        sign_in(page, service.guarded, f"/deployments/deployment/{deployment.id}/run")
        page.get_by_text(described(deployment)[0]).wait_for()
        shown = page.inner_text("body")
        with page.expect_response(lambda answer: answer.url.endswith("/create_flow_run")) as asked:
            page.get_by_role("button", name="Submit").click()
        answer = asked.value.json()
    assert [words for words in described(deployment) if words not in shown] == []
    assert (answer["parameters"]["dry_run"], answer["parameters"]["all"]) == (True, False)
    assert service.runs.ended(UUID(answer["id"])).state_name == "Refused"
    assert service.reran() == before


def described(deployment: DeploymentResponse) -> list[str]:
    """What stands beside every input of a deployment's form."""
    schema = deployment.parameter_openapi_schema
    assert schema is not None
    fields = {**schema["properties"], **schema["definitions"]["Selection"]["properties"]}
    assert len(fields) == 12
    return [one["description"].replace("\n", " ") for one in fields.values()]
