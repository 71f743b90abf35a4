"""Prefect's own page of a run, as a reviewer sees it: ten seconds must do, and nobody is named."""

import json
import os
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Page
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.sorting import ArtifactSort, TaskRunSort
from pydantic import AnyHttpUrl

from pipeline.stores.folder import FolderStore
from service.options import DeskOptions, PrefectOptions, WorkerOptions
from service.settings import Settings
from tests.support.chromium import Chromium, StartChromium
from tests.support.guarded import Guarded, guarded_by, sign_in
from tests.support.own_network import WAYS, Sent, own_network, ways_seen
from tests.support.privileges import skip_unless_allowed, why_no_network
from tests.support.processes import answers, demand, free_port, wait_until
from tests.support.serving import while_serving

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.browser, pytest.mark.timeout(300)]
SAMPLE = Path("fixtures/samples/returned-name")
RUN = "sample-returned-name 退回家长 姓名不一致"
DESK = "http://desk.hospital.example"
PATIENCE = 200.0
DRAWN_MS = 3000.0  # the timeline is a canvas, which does not say when it is done


class Seen(NamedTuple):
    """What stood on the pages, and whom they asked."""

    run: str
    verdict: str
    links: list[str]
    fields: str
    findings: str
    judgement: str
    refused: str
    elsewhere: list[str]
    pictures: list[Path]
    stages: dict[str, list[str]]
    left: list[list[Sent]]
    ways: int


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """A sample's manifest whose files a parent named after the child."""
    found: dict[str, Any] = json.loads((SAMPLE / "submission.json").read_bytes())
    return found


@pytest.fixture(scope="module")
def seen(
    manifest: dict[str, Any],
    start_chromium: StartChromium,
    pictures: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Seen:
    settings = Settings(
        workspace=tmp_path_factory.mktemp("run-page"),
        prefect=PrefectOptions(port=free_port()),
        worker=WorkerOptions(scan_seconds=0.5),
        desk=DeskOptions(url=AnyHttpUrl(DESK)),
    )
    with nullcontext() if why_no_network() else own_network() as sent:
        visit = partial(_visit, settings, manifest, start_chromium, pictures, sent)
        seen = while_serving(settings, visit)
        if sent is not None:
            seen.left.append(sent())
            seen = seen._replace(ways=ways_seen(sent))
    return seen


def _visit(
    settings: Settings,
    manifest: dict[str, Any],
    start_chromium: StartChromium,
    pictures: Path,
    sent: Callable[[], list[Sent]] | None,
) -> Seen:
    guarded = guarded_by(settings, f"http://127.0.0.1:{settings.prefect.port}/api")
    _send(FolderStore(settings.workspace / "store"), manifest)
    wait_until(lambda: {"Returned", "BadManifest"} <= set(_runs(guarded)), "the end of both runs", PATIENCE)
    left = [sent()] if sent is not None else []
    with start_chromium() as chromium:
        return _look(chromium, guarded, pictures)._replace(stages=_stages(guarded), left=left)


def _send(store: FolderStore, manifest: dict[str, Any]) -> None:
    name, named = manifest["child"]["name"], json.loads(json.dumps(manifest))
    for file in named["files"]:
        data = (SAMPLE / file["path"]).read_bytes()
        file["path"] = f"{name}-{file['path']}"
        store.put(f"inbox/{name}/{file['path']}", data, content_type="image/jpeg")
    for folder, content in ((name, named), ("broken", {**named, name: manifest["child"]["id_number"]})):
        data = json.dumps(content, ensure_ascii=False).encode()
        store.put(f"inbox/{folder}/submission.json", data, content_type="application/json")


def _runs(guarded: Guarded) -> dict[str, str]:
    """The ids of runs by the names of their states, as far as there are any."""
    if not answers(urlsplit(guarded.api_url).port or 0):
        return {}
    with guarded.sync_client() as client:
        return {run.state.name or "": str(run.id) for run in client.read_flow_runs() if run.state}


def _stages(guarded: Guarded) -> dict[str, list[str]]:
    """The tasks of the run in their order, with the kinds of the artifacts of each; under "" those of the flow."""
    run_id = UUID(_runs(guarded)["Returned"])
    with guarded.sync_client() as client:
        of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
        tasks = client.read_task_runs(flow_run_filter=of_run, sort=TaskRunSort.EXPECTED_START_TIME_ASC)
        artifacts = client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id])),
            sort=ArtifactSort.CREATED_DESC,
        )[::-1]
    names: dict[UUID | None, str] = {None: "", **{task.id: task.name for task in tasks}}
    return {
        name: [str(one.key).partition("-")[0] for one in artifacts if one.task_run_id == task]
        for task, name in names.items()
    }


def _look(chromium: Chromium, guarded: Guarded, pictures: Path) -> Seen:
    origin = guarded.origin
    visit = chromium.visit(size={"width": 1300, "height": 1130})
    page = visit.page
    sign_in(page, guarded, "/runs")
    page.get_by_role("searchbox", name="Search by flow run name").fill("returned-name")
    page.get_by_role("link", name=RUN).first.click()
    page.locator("canvas").wait_for()
    kinds = ("verdict", "fields", "findings", "judgement")
    verdict, fields, findings, judgement = (_artifact(page, kind) for kind in kinds)
    page.wait_for_timeout(DRAWN_MS)
    shots = [pictures / "flow-run.png", pictures / "flow-verdict.png"]
    page.screenshot(path=shots[0])
    run = page.inner_text("body")
    texts = [_text(page, f"{origin}{address}") for address in (fields, findings, judgement, verdict)]
    links = [str(link.get_attribute("href")) for link in page.locator("a[href^=http]").all()]
    page.screenshot(path=shots[1], clip={"x": 0, "y": 0, "width": 1300, "height": 620})
    page.goto(f"{origin}/runs/flow-run/{_runs(guarded)['BadManifest']}")
    refused = _text(page, f"{origin}{_artifact(page, 'verdict')}")
    elsewhere = visit.requests_elsewhere(origin)
    return Seen(run, texts[3], links, texts[0], texts[1], texts[2], refused, elsewhere, shots, {}, [], 0)


def _artifact(page: Page, kind: str) -> str:
    """The address of one of a run's artifacts; the page shows the run's list of them then."""
    page.get_by_text("Artifacts", exact=True).first.click()
    link = page.locator("a[href*='/artifacts/artifact/']", has_text=f"{kind}-").first
    link.wait_for()
    return str(link.get_attribute("href"))


def _text(page: Page, address: str) -> str:
    """All that an artifact's page says, once it says what it is about."""
    page.goto(address)
    page.get_by_text("Show raw data").wait_for()
    return page.inner_text("body")


def test_the_run_is_named_tagged_and_shown_by_stage(seen: Seen) -> None:
    for words in (RUN, "returned", "姓名不一致", "Returned", "退回家长 姓名不一致（第1次提交）"):
        assert words in seen.run


def test_the_verdict_says_what_why_where_and_what_next(seen: Seen, manifest: dict[str, Any]) -> None:
    for words in (
        "退回家长",
        "由家长按下列步骤补正后重新提交。",
        "退回 姓名不一致",
        "您填写的姓名与户口本孩子本人页（第5页）不一致：第4个字不同。",
        "文件3第5页 孩子本人页 姓名",
        "系统识别欧阳＊＊，家长填写欧阳＊＊",
        "识别可信度",
        "填错了请改正；已改名或证件有误的，请联系工作人员（工作日8:30至17:00）。",
    ):
        assert words in seen.verdict
    assert f"{DESK}/cases/{manifest['submission_id']}" in seen.links


def test_the_tables_say_it_side_by_side(seen: Seen) -> None:
    first_row = seen.fields.split("位置", 1)[1].split()[:5]
    assert first_row == ["孩子", "姓名", "不一致，第4个字不同", "欧阳＊＊", "欧阳＊＊"]
    assert "识别可信度" in seen.findings
    assert "用字不同" in seen.findings


def test_the_judgement_shows_both_parts(seen: Seen) -> None:
    quality, compared = seen.judgement.split("二、与家长填写及其他证件比对")[:2]
    assert "没有发现问题。" in quality.split("一、图片质量与完整性")[1]
    assert "退回 姓名不一致" in compared


def test_the_timeline_has_four_stages_and_each_its_artifacts(seen: Seen) -> None:
    assert seen.stages == {
        "": ["verdict"],
        "take in 接收": [],
        "read pages 识读": [],
        "judge 判定": ["judgement"],
        "conclude and publish 发布": ["findings", "fields", "pages"],
    }
    assert list(seen.stages)[1:] == ["take in 接收", "read pages 识读", "judge 判定", "conclude and publish 发布"]


def test_an_upload_of_which_no_case_came_says_why(seen: Seen) -> None:
    assert "无法受理" in seen.refused
    assert "(unknown key)" in seen.refused
    assert "清单中不应有此项" in seen.refused


def test_nobody_is_named_on_any_page(seen: Seen, manifest: dict[str, Any]) -> None:
    people = [manifest["child"], manifest["guardian"]]
    keys = ("name", "id_number", "phone")
    canaries = {str(person[key]) for person in people for key in keys if person.get(key)} | {"欧阳靖萱", "沈若兰"}
    pages = "\n".join((seen.run, seen.verdict, seen.fields, seen.findings, seen.judgement, seen.refused))
    assert len(canaries) == 7
    assert [canary for canary in canaries if canary in pages] == []


def test_no_page_asks_anybody_else(seen: Seen) -> None:
    assert seen.elsewhere == []


def test_nothing_leaves_the_machine(seen: Seen) -> None:
    if os.geteuid() == 0:  # for others nobody installs anything
        demand(["ip", "unshare"], "INTAKE_REQUIRE_CHROMIUM", "iproute2 and util-linux")
    skip_unless_allowed(why_no_network())
    by_the_service, with_the_browser = seen.left
    assert (by_the_service, with_the_browser) == ([], [])
    assert seen.ways == len(WAYS), "or not everything is seen"


def test_the_pictures_are_small_enough_for_the_repository(seen: Seen) -> None:
    assert [path.name for path in seen.pictures if not 10_000 < path.stat().st_size < 300_000] == []
