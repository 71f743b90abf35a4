"""A desk with accounts that are signed in already; every test copies it, since checking a password is slow."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import pytest
from starlette.testclient import TestClient

from models.review import Role
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.folder import FolderStore
from service.options import DeskOptions
from service.settings import Settings
from tests.support.desk import HERE, PORT, Desk
from tests.support.people import PASSWORD, signed_in
from tests.support.values import SECRET
from web.desk.app import application

STAFF: Final = {"amy": Role.REVIEWER, "ann": Role.REVIEWER, "sue": Role.SUPERVISOR}
HELD_SECONDS: Final = 300.0
_LEDGER: Final = "ledger.db"
_INPUTS, _DECIDES = "inputs", "decides-"  # the forms of a case's page


class Clock:
    """A clock that a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def forward(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


class Hospital(NamedTuple):
    """A desk, the session secrets of its accounts, and its clock."""

    desk: Desk
    secrets: Mapping[str, str]
    clock: Clock

    @property
    def ledger(self) -> Ledger:
        """The ledger of the desk."""
        return self.desk.ledger

    def browser(self, name: str) -> TestClient:
        """A client of an account that is signed in, on an application of its own, as after a restart."""
        app = application(self.desk.settings, self.ledger, self.desk.store, clock=self.clock)
        headers = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
        browser = TestClient(app, base_url=HERE, headers=headers, follow_redirects=False)
        browser.cookies.set("desk", self.secrets[name], domain="127.0.0.1")
        return browser


class Staffed(NamedTuple):
    """A folder with a ledger, and the session secret of each account."""

    folder: Path
    secrets: Mapping[str, str]


def staffed_in(folder: Path) -> Staffed:
    """Make all accounts, and sign in with each."""
    ledger = open_ledger(f"sqlite:///{folder / _LEDGER}", SECRET)
    for name, role in STAFF.items():
        ledger.accounts.make(name, role, PASSWORD, by="test")
    secrets = {name: signed_in(ledger, name) for name in STAFF}
    ledger.close()
    return Staffed(folder, secrets)


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Staffed:
    """The folder that every test copies."""
    return staffed_in(tmp_path_factory.mktemp("staffed"))


@pytest.fixture
def hospital(tmp_path: Path, staffed: Staffed) -> Iterator[Hospital]:
    """A desk with accounts and without cases."""
    shutil.copytree(staffed.folder, tmp_path, dirs_exist_ok=True)
    clock = Clock()
    ledger = open_ledger(f"sqlite:///{tmp_path / _LEDGER}", SECRET, clock=clock)
    settings = Settings(workspace=tmp_path, desk=DeskOptions(port=PORT, hold_seconds=HELD_SECONDS))
    yield Hospital(Desk(settings, ledger, FolderStore(tmp_path / "store")), staffed.secrets, clock)
    ledger.close()


class Form(HTMLParser):
    """What a case's page holds, as a browser would send it back untouched.

    Attributes:
        fields: What was entered so far, and the token of the session.
        options: What may be chosen, by field.
        buttons: What each button that decides adds: the fields of its form, and its own token.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self.buttons: dict[str, dict[str, str]] = {}
        self._form = ""
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = said.get("id", "")
        form = said.get("form", self._form)
        name, value = said.get("name", ""), said.get("value", "")
        if name == "csrf":
            self.fields[name] = value
        elif form.startswith(_DECIDES) and name:
            self.buttons.setdefault(form.removeprefix(_DECIDES), {})[name] = value
        elif form == _INPUTS and "disabled" not in said:
            self._entered(tag, said)

    def _entered(self, tag: str, said: Mapping[str, str]) -> None:
        name, value = said.get("name", self._select), said.get("value", "")
        if tag == "select":
            self._select = name
        if tag == "option" or said.get("type") in ("radio", "checkbox"):
            self.options.setdefault(name, []).append(value)
        chosen = "checked" in said or "selected" in said
        if chosen or (tag == "input" and said.get("type") in ("hidden", "text")):
            self.fields[name] = value


def form_of(text: str, filled: Mapping[str, str] = MappingProxyType({}), button: str = "") -> dict[str, str]:
    """What a page sends when a reviewer fills it in and presses a button: that of the outcome, if none is named."""
    form = Form(text)
    pressed = form.buttons.get(button or filled.get("outcome", ""), {})
    return {**form.fields, **pressed, **filled}
