"""Debian's Chromium, headless; records all requests and console messages of a page."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

from tests.support.processes import demand, is_required

PROGRAM: Final = "/usr/bin/chromium"
FOREIGN: Final = "foreign.example"
_REQUIRED: Final = "INTAKE_REQUIRE_CHROMIUM"
_ARGUMENTS: Final = (
    "--no-sandbox",  # Chromium refuses to start for root otherwise
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers have little shared memory
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Who asks for another machine finds none; a foreign name may be that of this machine.
    f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_SCREEN: Final = ViewportSize(width=1280, height=900)
_WAIT_MS: Final = 30_000.0  # a machine with other work to do
_AXE: Final = Path(__file__).parent / "vendor" / "axe.min.js"
# Target size (WCAG 2.2, 2.5.8) is the only AA rule that axe leaves off by default.
_RUN_AXE: Final = "() => axe.run(document, {rules: {'target-size': {enabled: true}}, resultTypes: ['violations']})"


class Visit(NamedTuple):
    """A page in a fresh browser context, with every address that it requested and every console message."""

    page: Page
    requests: list[str]
    complaints: list[str]

    def requests_elsewhere(self, origin: str) -> list[str]:
        """Requests to origins other than `origin` (for example `http://127.0.0.1:4200`) and its WebSockets."""
        own = _host_of(origin)
        asked = [url for url in self.requests if urlsplit(url).scheme not in {"data", "blob", "about"}]
        return [url for url in asked if _host_of(url) != own]


class Chromium(NamedTuple):
    """A running browser."""

    browser: Browser

    def visit(self, *, size: ViewportSize = _SCREEN, scale: float = 1.0) -> Visit:
        """Open a page in Chinese with its own cookies; `size` in CSS pixels, `scale` in device pixels a CSS pixel."""
        context = self.browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size, device_scale_factor=scale, color_scheme="light"
        )
        context.set_default_timeout(_WAIT_MS)
        page = context.new_page()
        visit = Visit(page, [], [])
        context.on("request", lambda request: visit.requests.append(request.url))
        page.on("websocket", lambda socket: visit.requests.append(socket.url))
        page.on("console", lambda message: visit.complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        return visit


StartChromium = Callable[..., AbstractContextManager[Chromium]]


@pytest.fixture(scope="session")
def start_chromium() -> StartChromium:
    """A function that starts Chromium; skips the test if it is not installed.

    Each block starts one of its own, since Playwright belongs to the thread that started it and keeps an event loop
    there: while a block lasts, `asyncio.run` does not work in its thread.
    """
    demand([PROGRAM], _REQUIRED, "chromium")
    return running_chromium


@contextmanager
def running_chromium(*more: str) -> Iterator[Chromium]:
    """Run Chromium for as long as the block lasts; `more` are arguments of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=[*_ARGUMENTS, *more])
        try:
            yield Chromium(browser)
        finally:
            browser.close()


def accessibility_problems(page: Page) -> list[str]:
    """The problems that axe finds on a page, one line for each element; without those that need a person's judgement.

    Source:
        axe-core's default rules: WCAG 2.2 levels A and AA, and its best practices. It gets past a page's CSP.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN_AXE)["violations"]
    return [_problem(violation, node) for violation in found for node in violation["nodes"]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that renews the documentation's screenshots."""
    parser.addoption("--screenshots", action="store_true", help="write the screenshots into docs")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse `--screenshots` in required lanes: a check must not change the repository.

    Raises:
        UsageError: The switch was left on where lanes are required.
    """
    if config.getoption("--screenshots") and is_required(_REQUIRED):
        raise pytest.UsageError(f"--screenshots writes into docs and is not for runs with {_REQUIRED}=1.")


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for screenshots: a temporary one, or docs/pictures with `--screenshots`."""
    return _folder("docs/pictures", request, tmp_path_factory)


@pytest.fixture(scope="session")
def manual_pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for the manuals in Chinese: docs/zh/pictures with `--screenshots`."""
    return _folder("docs/zh/pictures", request, tmp_path_factory)


def save_screenshot(shot: bytes, file: Path) -> None:
    """Save a screenshot in 256 colours, which is small enough for the repository."""
    drawn = Image.open(BytesIO(shot)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    drawn.save(file, optimize=True)


def _folder(committed: str, request: pytest.FixtureRequest, temporary: pytest.TempPathFactory) -> Path:
    return Path(committed) if request.config.getoption("--screenshots") else temporary.mktemp("pictures")


def _host_of(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.replace("ws", "http"), parts.netloc


def _complaint(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type == "error" else []


def _problem(violation: dict[str, Any], node: dict[str, Any]) -> str:
    place = " ".join(str(part) for part in node["target"])
    why = "; ".join(line.strip() for line in str(node["failureSummary"]).splitlines()[1:])
    return f"{violation['id']} ({violation['impact']}) at {place}: {why}"
