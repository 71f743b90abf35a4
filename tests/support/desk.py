"""The review desk for tests: the real application on a real ledger, with accounts and HTTP clients that sign in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import pytest
from starlette.testclient import TestClient

from models.review import Role
from pipeline.ledger.ledger import Ledger
from pipeline.stores.folder import FolderStore
from service.options import DeskOptions
from service.settings import Settings
from tests.support.door import answering
from tests.support.ledgers import new_ledger
from tests.support.people import PASSWORD
from tests.support.processes import free_port
from web.desk.app import ROUTES, application
from web.desk.guard import RouteSpec

PORT: Final = 8098
HERE: Final = f"http://127.0.0.1:{PORT}"
NAMES: Final = {Role.REVIEWER: "amy", Role.SUPERVISOR: "sue", Role.OPERATOR: "otto"}
TLS: Final = "https://desk.hospital.example"


class Desk(NamedTuple):
    """A desk: its settings, ledger and store."""

    settings: Settings
    ledger: Ledger
    store: FolderStore

    def browser(
        self, base: str = HERE, routes: Sequence[RouteSpec] = ROUTES, headers: Mapping[str, str] = MappingProxyType({})
    ) -> TestClient:
        """A client without a session; it sends the headers of a browser and follows no redirect."""
        usual = {"Origin": base, "Sec-Fetch-Site": "same-origin", **headers}
        app = application(self.settings, self.ledger, self.store, routes=routes)
        return TestClient(app, base_url=base, headers=usual, follow_redirects=False)

    def signed_in(self, role: Role | None, routes: Sequence[RouteSpec] = ROUTES) -> TestClient:
        """A client that signed in with a role; without a role, a client without a session."""
        browser = self.browser(routes=routes)
        if role is not None:
            answer = browser.post("/login", data={"name": NAMES[role], "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return browser

    @contextmanager
    def answering(self) -> Iterator[int]:
        """Listen on a real port, for requests that no client library sends; yields the port."""
        port = free_port()
        options = self.settings.desk.model_copy(update={"port": port})
        settings = self.settings.model_copy(update={"desk": options})
        with answering(application(settings, self.ledger, self.store), port):
            yield port


def desk_in(folder: Path, ledger: Ledger, **options: object) -> Desk:
    """A desk with one account of each role."""
    there = {account.name for account in ledger.accounts.list()}
    for role, name in NAMES.items():
        if name not in there:
            ledger.accounts.make(name, role, PASSWORD, by="test")
    settings = Settings(workspace=folder, desk=DeskOptions.model_validate({"port": PORT} | options))
    return Desk(settings, ledger, FolderStore(folder / "store"))


def csrf_of(browser: TestClient) -> str:
    """The CSRF token in the forms of a session."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', browser.get("/", follow_redirects=True).text)
    assert found
    return found[1]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger in a file, with one account of each role."""
    opened = new_ledger(tmp_path / "ledger.db", staff=tuple((name, role) for role, name in NAMES.items()))
    yield opened
    opened.close()


@pytest.fixture
def desk(tmp_path: Path, ledger: Ledger) -> Desk:
    """A desk on a loopback address."""
    return desk_in(tmp_path, ledger)
