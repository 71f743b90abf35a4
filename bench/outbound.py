"""Requests that leave the machine while it works and is looked at: `python -m bench.outbound [--full]`.

The whole service (`intake serve`: worker, Prefect, receiver, desk) and a browser are in a network whose only way out
ends in a pit, where every packet is seen; so is every question to a resolver on loopback. Samples are uploaded and
decided; meanwhile an operator opens the pages of Prefect in both versions and of the desk again and again, a reviewer
the queue and cases. `intake doctor` runs at last.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import cycle, product
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import JsonValue, SecretStr

from bench.machine import ROOT
from bench.metrics import Figure, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from fixtures.truth import SAMPLES
from models.review import Role
from models.submission import MANIFEST_NAME
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.folder import FolderStore
from service.options import DeskOptions, PrefectOptions, ReceiverOptions
from service.settings import Settings
from tests.support.chromium import Chromium, Visit, running_chromium
from tests.support.guarded import Guarded, guarded_by, sign_in
from tests.support.own_network import WAYS, Sent, own_network, ways_seen
from tests.support.people import PASSWORD
from tests.support.privileges import why_no_network
from tests.support.processes import answers, environment, free_port, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

BENCH: Final = Bench("outbound", __doc__, 0, "minutes", small=1, full=10)
_START_SECONDS: Final = 600.0
_END_SECONDS: Final = 300.0
_PATIENCE_MS: Final = 180_000.0  # for a page, on a busy machine
_UPLOAD_SECONDS: Final = 20.0  # from one upload to the next
_SHOWN_MS: Final = 500.0  # what a page asks for once it is shown
_TOKEN: Final = "t" * 40
_SECRET: Final = bytes(range(32))  # one of zeros is refused as an example
_UPLOADED: Final = ("returned-name", "review-hard-name", "accepted-phone", "returned-missing-emblem")
_OF_PREFECT: Final = (
    *("/dashboard", "/runs", "/flows", "/deployments", "/work-pools", "/blocks", "/variables", "/automations"),
    *("/events", "/concurrency-limits", "/settings"),
)
_VERSIONS: Final = ("", "/v2")
_OF_OPERATORS: Final = ("/dashboard", "/dashboard?days=7", "/batches")
_OF_REVIEWERS: Final = ("/queue", "/queue?view=all", f"/cases/{_UPLOADED[1]}-1", f"/cases/{_UPLOADED[0]}-0")
_PEOPLE: Final = {"amy": Role.REVIEWER, "otto": Role.OPERATOR}
_DESK: Final = {"amy": _OF_REVIEWERS, "otto": _OF_OPERATORS}


class _Service(NamedTuple):
    settings: Settings
    ledger: Ledger

    @property
    def guarded(self) -> Guarded:
        """Prefect, with the password that the service drew."""
        return guarded_by(self.settings, f"http://127.0.0.1:{self.settings.prefect.port}/api")

    @property
    def desk(self) -> str:
        """Where the desk is."""
        return f"http://127.0.0.1:{self.settings.desk.port}"

    def decided(self) -> int:
        """How many uploads have a result."""
        return sum(self.ledger.operations.metrics().decisions.values())


class _Opened(NamedTuple):
    """How many pages were opened, and the requests that went to another host than the page's own."""

    pages: int
    elsewhere: list[str]


def measure(minutes: int) -> Measured:
    """Work and look for so many minutes, and count what leaves."""
    if why_not := why_no_network():
        return Measured((), skipped=(f"the service in a network of its own: {why_not}",))
    with own_network() as sent:
        with tempfile.TemporaryDirectory(prefix="outbound-") as folder, _serving(_settings(Path(folder))) as service:
            by_the_service = sent()
            with running_chromium() as chromium:
                uploads, opened = _looked(chromium, service, time.monotonic() + 60 * minutes)
            decided = service.decided()
            subprocess.run(
                _intake("doctor"), cwd=ROOT, env=_variables(service.settings), capture_output=True, check=False
            )
        left = by_the_service + sent()
        ways = ways_seen(sent)
    figures = (
        Figure(name="packets to other machines", value=len(left), unit="count"),
        Figure(name="requests of pages to others than their own server", value=len(opened.elsewhere), unit="count"),
        Figure(name=f"ways out of a control that are seen, of {len(WAYS)}", value=ways, unit="count"),
        Figure(name="pages opened", value=opened.pages, unit="count"),
        share("uploads decided meanwhile", decided, uploads),
    )
    return Measured(figures, {"who was asked": tuple(_rows(left, opened.elsewhere))})


def _rows(left: list[Sent], elsewhere: list[str]) -> Iterator[Mapping[str, JsonValue]]:
    yield from (_row(one.to, one.protocol, times) for one, times in Counter(left).items())
    yield from (_row(url, "by a page", times) for url, times in Counter(elsewhere).items())


def _row(to: str, protocol: int | str, times: int) -> Mapping[str, JsonValue]:
    return {"to": to, "protocol": protocol, "times": times}


def _settings(folder: Path) -> Settings:
    return Settings(
        workspace=folder,
        register_secret=SecretStr(_SECRET.hex()),
        prefect=PrefectOptions(port=free_port()),
        desk=DeskOptions(port=free_port()),
        receiver=ReceiverOptions(port=free_port(), tokens=SecretStr(_TOKEN)),
    )


@contextmanager
def _serving(settings: Settings) -> Iterator[_Service]:
    """Run the service as an operator does, with people who may sign in at its desk."""
    with closing(open_ledger(settings.ledger_at, _SECRET)) as ledger:
        for name, role in _PEOPLE.items():
            ledger.accounts.make(name, role, PASSWORD, by="bench")
        with (settings.workspace / "serve.log").open("wb") as log:
            running = subprocess.Popen(_intake("serve"), cwd=ROOT, env=_variables(settings), stdout=log, stderr=log)
        try:
            ports = [options.port or 0 for options in (settings.prefect, settings.desk, settings.receiver)]
            wait_until(lambda: all(map(answers, ports)), "the service", _START_SECONDS)
            yield _Service(settings, ledger)
        finally:
            running.terminate()
            running.wait(_END_SECONDS)


def _intake(*words: str) -> list[str]:
    return [sys.executable, "-m", "cli.main", *words]


def _variables(settings: Settings) -> dict[str, str]:
    return environment(
        WORKSPACE=str(settings.workspace),
        REGISTER_SECRET=_SECRET.hex(),
        PREFECT__PORT=str(settings.prefect.port),
        DESK__PORT=str(settings.desk.port),
        RECEIVER__PORT=str(settings.receiver.port),
        RECEIVER__TOKENS=_TOKEN,
    )


def _looked(chromium: Chromium, service: _Service, end: float) -> tuple[int, _Opened]:
    """Upload and open pages until the end, and wait for the last decision; gives the uploads, and what was opened."""
    looks = [_signed_in_to_prefect(chromium, service)]
    looks += [_signed_in_to_desk(chromium, service, name, paths) for name, paths in _DESK.items()]
    uploads, pages, due = 0, 0, 0.0
    turn = cycle(looks)
    while time.monotonic() < end or service.decided() < uploads:
        if time.monotonic() >= due and time.monotonic() < end:
            _upload(service.settings, uploads)
            uploads, due = uploads + 1, time.monotonic() + _UPLOAD_SECONDS
        pages += next(turn).all()
    return uploads, _Opened(pages, [url for look in looks for url in look.elsewhere])


class _Look(NamedTuple):
    """A browser window that opens the same pages again and again."""

    visit: Visit
    origin: str
    paths: tuple[str, ...]
    more: Callable[["Page"], int]

    def all(self) -> int:
        """Open every page once; gives how many."""
        for path in self.paths:
            self.visit.page.goto(f"{self.origin}{path}", wait_until="load")
            self.visit.page.wait_for_timeout(_SHOWN_MS)
        return len(self.paths) + self.more(self.visit.page)

    @property
    def elsewhere(self) -> list[str]:
        """Requests of its pages to others than their own server."""
        return self.visit.requests_elsewhere(self.origin)


def _visit(chromium: Chromium) -> Visit:
    visit = chromium.visit()
    visit.page.set_default_timeout(_PATIENCE_MS)
    visit.page.set_default_navigation_timeout(_PATIENCE_MS)
    return visit


def _signed_in_to_prefect(chromium: Chromium, service: _Service) -> _Look:
    visit, guarded = _visit(chromium), service.guarded
    sign_in(visit.page, guarded, "/runs")
    paths = tuple(f"{version}{path}" for version in _VERSIONS for path in _OF_PREFECT)
    return _Look(visit, guarded.origin, paths, lambda page: _newest_run(page, guarded.origin))


def _newest_run(page: "Page", origin: str) -> int:
    """The page of the newest run in both versions, with its artifacts; gives how many pages there were."""
    page.goto(f"{origin}/runs")
    page.wait_for_timeout(_SHOWN_MS)
    links = page.locator("a[href*='/runs/flow-run/']")
    paths = [str(link.get_attribute("href")) for link in links.all()[:1]]  # none before the first upload was begun
    for version, path in product(_VERSIONS, paths):
        page.goto(f"{origin}{version}{path}")
        page.get_by_text("Artifacts", exact=True).first.click()
        page.wait_for_timeout(_SHOWN_MS)
    return 1 + len(_VERSIONS) * len(paths)


def _signed_in_to_desk(chromium: Chromium, service: _Service, name: str, paths: tuple[str, ...]) -> _Look:
    visit = _visit(chromium)
    visit.page.goto(f"{service.desk}/login")
    visit.page.fill("#name", name)
    visit.page.fill("#password", PASSWORD)
    visit.page.click("main button[type=submit]")
    visit.page.wait_for_url(lambda url: "/login" not in url)
    return _Look(visit, service.desk, paths, lambda _page: 0)


def _upload(settings: Settings, number: int) -> None:
    """The next sample under a new id."""
    sample, store = SAMPLES / _UPLOADED[number % len(_UPLOADED)], FolderStore(settings.workspace / "store")
    manifest = json.loads((sample / MANIFEST_NAME).read_bytes()) | {"submission_id": f"{sample.name}-{number}"}
    for file in manifest["files"]:
        store.put(f"inbox/{number}/{file['path']}", (sample / file["path"]).read_bytes(), content_type="image/jpeg")
    data = json.dumps(manifest, ensure_ascii=False).encode()
    store.put(f"inbox/{number}/{MANIFEST_NAME}", data, content_type="application/json")


if __name__ == "__main__":
    run_bench(BENCH, measure)
