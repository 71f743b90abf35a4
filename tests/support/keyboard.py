"""A reviewer who works on real cases in a real browser by keyboard; keys are counted, and waits are timed."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from playwright.sync_api import Page

from fixtures.truth import SAMPLES
from models.policy import LegibilityLimits, Limits, Policy, ReviewSampling
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process
from pipeline.ledger.ledger import open_ledger
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.stores.folder import FolderStore
from pipeline.workers.ocr_pool import OcrPool
from service.options import DeskOptions
from service.settings import Settings
from tests.support.chromium import Chromium, StartChromium, Visit
from tests.support.desk import Desk
from tests.support.hospital import staffed_in
from tests.support.people import PASSWORD
from tests.support.samples import known_children
from tests.support.values import SECRET

DOUBTFUL, KNOWN, DRAWN = "review-hard-name", "returned-4005", "accepted-certificate"
# Where a processor with AMX reads, the doubtful name lies below the usual limit of 0.3, and the case would be returned.
_LENIENT: Final = LegibilityLimits(unreadable=0.2)
_POLICIES: Final = {
    DOUBTFUL: Policy(looks=ReviewSampling(share=0), legibility=_LENIENT),
    KNOWN: Policy(looks=ReviewSampling(share=0)),
    DRAWN: Policy(looks=ReviewSampling(share=1)),
}


class Step(NamedTuple):
    """A step of the reviewer: how many keys it took, and how many seconds the machine."""

    name: str
    keys: int
    seconds: float


def processed_in(folder: Path) -> None:
    """Process the samples of `_POLICIES` as the service does, in a ledger with accounts."""
    staffed_in(folder)
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}", SECRET)
    ledger.children.add(known_children())
    with OcrPool(OcrOptions(threads=1), ReaderOptions(processes=2)) as readers:
        for name, policy in _POLICIES.items():
            context = PipelineContext(ledger, FolderStore(folder / "store"), readers, policy, Limits())
            process(FolderStore(SAMPLES), name, context)
    ledger.close()


@contextmanager
def copied(folder: Path, to: Path, **options: object) -> Iterator[tuple[Desk, str]]:
    """A copy of the processed folder, and a desk that serves it; yields the desk and its address."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    ledger = open_ledger(f"sqlite:///{to / 'ledger.db'}", SECRET)
    settings = Settings(workspace=to, desk=DeskOptions.model_validate({"port": 1} | options))
    desk = Desk(settings, ledger, FolderStore(to / "store"))
    try:
        with desk.answering() as port:
            yield desk, f"http://127.0.0.1:{port}"
    finally:
        ledger.close()


class Reviewer:
    """A reviewer at a browser; every key press is counted."""

    def __init__(
        self, chromium: Chromium, origin: str, name: str = "amy", *, size: tuple[int, int] = (1280, 900)
    ) -> None:
        scale = 1280 / size[0]
        self.visit: Visit = chromium.visit(size={"width": size[0], "height": size[1]}, scale=scale)
        self.page: Page = self.visit.page
        self.origin, self.steps = origin, list[Step]()
        if self._sign_in(name) == HTTPStatus.SERVICE_UNAVAILABLE:  # a ledger on a busy disk: the page asks to try again
            self.visit.complaints.clear()
            self._sign_in(name)
        self.page.wait_for_url("**/queue*")

    def _sign_in(self, name: str) -> int:
        """Fill in the login page and send it; returns the status that answers.

        Raises:
            AssertionError: The account was refused, or the page is not the desk's.
        """
        self.page.goto(f"{self.origin}/login")
        # A page that has loaded may take its first focus a moment later: a letter typed before is lost.
        self.page.wait_for_selector("#name:focus")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.wait_for_selector("#password:focus")
        self.page.keyboard.type(PASSWORD)
        with self.page.expect_response(lambda response: response.request.method == "POST") as sent:
            self.page.keyboard.press("Enter")
        assert sent.value.status in (HTTPStatus.SEE_OTHER, HTTPStatus.SERVICE_UNAVAILABLE), sent.value.status
        return sent.value.status

    @contextmanager
    def _step(self, name: str, keys: tuple[str, ...]) -> Iterator[None]:
        began = time.perf_counter()
        for key in keys:
            self.page.keyboard.press(key)
        yield
        self.steps.append(Step(name, len(keys), time.perf_counter() - began))

    def press(self, name: str, *keys: str, until: str = "") -> None:
        """Press keys, and wait until a selector matches."""
        with self._step(name, keys):
            if until:
                self.page.wait_for_selector(until)

    def open(self, sample: str) -> None:
        """Open the first case of the queue, and wait for its page and its images."""
        self.page.wait_for_selector(".queue .open:focus")
        with self._step("open the case", ("Enter",)):
            self.page.wait_for_url(f"**/cases/sample-{sample}", wait_until="load")
        asked = "performance.getEntriesByType('resource').filter(one => one.name.includes('/pages/')).length"
        assert self.page.evaluate(asked) > 0

    def show(self) -> None:
        """Show the values in clear."""
        with self._step("show values", ("Enter",)):
            self.page.wait_for_selector("#show", state="detached")
            self.page.wait_for_selector("#sheet:focus, #sheet :focus", state="attached")

    def decided(self, name: str, *keys: str) -> None:
        """Press the keys of a decision, and wait for the queue."""
        with self._step(name, keys):
            self.page.wait_for_url("**/queue?done=*")

    @property
    def keys(self) -> int:
        """The number of key presses since the queue was shown."""
        return sum(step.keys for step in self.steps)

    @property
    def seconds(self) -> float:
        """The seconds that the machine took for all steps."""
        return sum(step.seconds for step in self.steps)


@pytest.fixture(scope="session")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The processed folder, which every test copies: reading takes half a minute."""
    folder = tmp_path_factory.mktemp("processed")
    processed_in(folder)
    return folder


@pytest.fixture(scope="module")
def chromium(start_chromium: StartChromium) -> Iterator[Chromium]:
    """A browser for the tests of a file."""
    with start_chromium() as started:
        yield started


@pytest.fixture
def served(processed: Path, tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """A desk with the processed cases, and its address."""
    with copied(processed, tmp_path / "w") as found:
        yield found


@pytest.fixture
def desk(served: tuple[Desk, str]) -> Desk:
    """The desk that answers there."""
    return served[0]


@pytest.fixture
def amy(served: tuple[Desk, str], chromium: Chromium) -> Iterator[Reviewer]:
    """A reviewer at the queue; afterwards no page may have logged an error or requested another host."""
    reviewer = Reviewer(chromium, served[1])
    yield reviewer
    assert reviewer.visit.complaints == []
    assert reviewer.visit.requests_elsewhere(served[1]) == []
