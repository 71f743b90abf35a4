"""The overview in a browser: nothing is asked of anybody else, nobody is kept out, and it can be enlarged."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize

from models.review import Role
from tests.support.chromium import Chromium, StartChromium, accessibility_problems, save_screenshot
from tests.support.desk import NAMES, Desk, desk_in
from tests.support.people import PASSWORD
from tests.support.weeks import weeks_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NARROW = ViewportSize(width=640, height=900)  # what is left of 1280 pixels at 200 %


@pytest.fixture(scope="module")
def chromium(start_chromium: StartChromium) -> Iterator[Chromium]:
    with start_chromium() as started:
        yield started


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("weeks")
    ledger, _ = weeks_in(folder, 30, 22, datetime.now(tz=UTC))
    yield desk_in(folder, ledger)
    ledger.close()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("size", [pytest.param(None, id="usual"), pytest.param(NARROW, id="at 200 %")])
def test_the_overview_in_a_browser(
    chromium: Chromium, desk: Desk, pictures: Path, language: str, size: ViewportSize | None
) -> None:
    with desk.answering() as port:
        origin = f"http://127.0.0.1:{port}"
        visit = chromium.visit(size=size) if size else chromium.visit()
        page = visit.page
        page.goto(f"{origin}/language/{language}?next=/login")
        page.fill("#name", NAMES[Role.OPERATOR])
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.goto(f"{origin}/dashboard", wait_until="networkidle")
        assert accessibility_problems(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "only plots scroll sideways"
        if language == "zh-Hans" and not size:
            save_screenshot(page.screenshot(full_page=True), pictures / "dashboard.png")
        page.select_option("#days", "7")
        page.click(".period button")
        page.wait_for_url("**/dashboard?days=7")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert accessibility_problems(page) == []
        assert visit.requests_elsewhere(origin) == []
        assert visit.complaints == []
