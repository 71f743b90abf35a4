"""Our own Prefect server in a browser: an operator signs in and works, pages of other origins get nothing, and are not
asked for anything."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from playwright.sync_api import Frame, Page

from flows.deployments import UPLOADS, Deployment, ensure_deployments
from tests.support.chromium import FOREIGN, Chromium, StartChromium
from tests.support.foreign import PAGE, WITHOUT_HELP, attack, foreign_pages
from tests.support.guarded import Guarded, ask_for_the_password, sign_in
from tests.support.processes import wait_until
from tests.support.warm import POOL, specimen_flows

pytestmark = [pytest.mark.flow, pytest.mark.browser, pytest.mark.timeout(180)]


Hostile = tuple[Frame, str]  # and the address of the API that it asks


class Scene(NamedTuple):
    """A server with a deployment of which there is one run, a browser, and a port with foreign pages."""

    guarded: Guarded
    deployment: str
    run: str
    chromium: Chromium
    port: int

    def runs(self) -> int:
        """How many there are."""
        with self.guarded.sync_client() as client:
            return len(client.read_flow_runs())


@pytest.fixture(scope="module")
def scene(guarded: Guarded, start_chromium: StartChromium) -> Iterator[Scene]:
    deployment, run = asyncio.run(_deployed(guarded))
    with ExitStack() as stack:
        port = stack.enter_context(foreign_pages())
        yield Scene(guarded, deployment, run, stack.enter_context(start_chromium(WITHOUT_HELP)), port)


async def _deployed(guarded: Guarded) -> tuple[str, str]:
    async with guarded.client() as client:
        deployments = (Deployment("t:tell", "tell", UPLOADS),)
        ids = await ensure_deployments(client, specimen_flows(), deployments, work_pool=POOL, reading=1)
        run = await client.create_flow_run_from_deployment(ids["t:tell"])
        return str(ids["t:tell"]), run.name


def test_an_operator_signs_in_sees_the_runs_and_starts_one(scene: Scene) -> None:
    page = scene.chromium.visit().page
    before = scene.runs()
    sign_in(page, scene.guarded, "/runs")
    page.get_by_role("link", name=scene.run).first.wait_for()
    page.goto(f"{scene.guarded.origin}/deployments/deployment/{scene.deployment}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Quick run").click()
    wait_until(lambda: scene.runs() == before + 1, "the run that was asked for")


@pytest.mark.parametrize("shown", ["intake:wrong", "wrong"])
def test_a_wrong_password_shows_nothing(scene: Scene, shown: str) -> None:
    page = scene.chromium.visit().page
    ask_for_the_password(page, scene.guarded, "/runs")
    page.get_by_placeholder("admin:pass").fill(shown)
    page.get_by_role("button", name="Login").click()
    page.get_by_text("Authentication failed.").nth(1).wait_for()
    assert scene.run not in page.inner_text("body")


def _at_another_port(scene: Scene, page: Page) -> Hostile:
    page.goto(f"http://127.0.0.1:{scene.port}/")
    return page.main_frame, scene.guarded.api_url


def _under_another_name(scene: Scene, page: Page) -> Hostile:
    page.goto(f"http://{FOREIGN}:{scene.port}/")
    return page.main_frame, scene.guarded.api_url


def _under_a_name_turned_to_us(scene: Scene, page: Page) -> Hostile:
    """The page comes of another machine, whose name then becomes that of ours: DNS rebinding."""
    origin = scene.guarded.origin.replace("127.0.0.1", FOREIGN)
    page.route(f"{origin}/page", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(f"{origin}/page")
    return page.main_frame, f"{origin}/api"


def _of_no_origin(scene: Scene, page: Page) -> Hostile:
    page.goto(f"http://127.0.0.1:{scene.port}/")
    page.set_content(f'<iframe sandbox="allow-scripts allow-forms" srcdoc="{PAGE}"></iframe>')
    page.frame_locator("iframe").locator("p").wait_for()
    return page.frames[1], scene.guarded.api_url


@pytest.mark.parametrize(
    "come",
    [
        pytest.param(_at_another_port, id="at another port"),
        pytest.param(_under_another_name, id="under another name"),
        pytest.param(_under_a_name_turned_to_us, id="under another name that is turned to us"),
        pytest.param(_of_no_origin, id="of no origin"),
    ],
)
def test_a_page_of_another_origin_reads_nothing_and_starts_nothing(
    scene: Scene, come: Callable[[Scene, Page], Hostile]
) -> None:
    page = scene.chromium.visit().page
    sign_in(page, scene.guarded, "/runs")
    before = scene.runs()
    loot = attack(*come(scene, page), scene.deployment)
    assert (loot.read, loot.opened, scene.runs() - before) == ([], [], 0)


PAGES = ("dashboard", "deployments", "settings")
ASKED_MS = 500.0  # what a page asks for once it is shown


def test_no_page_of_either_version_asks_anybody_else(scene: Scene) -> None:
    visit = scene.chromium.visit()
    page = visit.page
    sign_in(page, scene.guarded, "/runs")
    page.get_by_text("Switch to V2 UI").first.wait_for()
    for version in ("", "/v2"):
        seen = len(visit.requests)
        for name in PAGES:
            page.goto(f"{scene.guarded.origin}{version}/{name}")
            page.get_by_text("Event Feed", exact=True).first.wait_for()
            page.wait_for_timeout(ASKED_MS)
        assert len(visit.requests) - seen > len(PAGES), "or nothing was shown"
    page.get_by_text("Switch to V1 UI").first.wait_for()
    assert visit.requests_elsewhere(scene.guarded.origin) == []
    assert any("amplitude" in one for one in visit.complaints), "it asks nobody by itself now: loosen the policy"
