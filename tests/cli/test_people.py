"""`intake people` as an operator types it: nothing secret in arguments, in what is said, or in the ledger."""

import os
import pwd
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from models.errors import ExitCode
from models.review import Role
from pipeline.ledger.ledger import open_ledger
from service.resources import register_secret
from service.settings import Settings
from tests.cli.test_cli import intake

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "password"
    made.write_text(f"{PASSWORD}\nanother line\n")
    return made


def signs_in(workspace: Path, password: str = PASSWORD) -> bool:
    settings = Settings(workspace=workspace)
    with closing(open_ledger(settings.ledger_at, register_secret(settings))) as ledger:
        return ledger.accounts.sign_in("amy", password) is not None


def test_an_account_from_its_making_to_its_end(tmp_path: Path, file: Path) -> None:
    workspace = tmp_path / "w"

    def told(*arguments: object) -> str:
        done = intake(workspace, "people", *arguments)
        assert (done.returncode, done.stderr) == (ExitCode.ACCEPTED, "")
        assert PASSWORD not in done.stdout
        return done.stdout

    assert (
        told("add", "amy", "--role", "reviewer", "--password-file", file) == "amy signs in as reviewer from now on.\n"
    )
    assert signs_in(workspace)
    assert "must sign in again" in told("role", "amy", "supervisor")
    assert told("disable", "amy") == "amy cannot sign in any more.\n"
    assert all(word in told("list") for word in ("amy", "supervisor", "disabled"))
    assert not signs_in(workspace)
    told("enable", "amy")
    for _ in range(5):
        assert not signs_in(workspace, "a wrong password")
    assert "locked until" in told("list")
    file.write_text("another long password")
    told("password", "amy", "--password-file", file)
    assert "open" in told("list")
    assert signs_in(workspace, "another long password")
    with closing(sqlite3.connect(workspace / "ledger.db")) as database:
        made = database.execute("SELECT details FROM audit WHERE kind = 'account' ORDER BY seq").fetchone()
    assert f'"by":"console:{pwd.getpwuid(os.getuid()).pw_name}"' in made[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["add", "amy", "--role", "reviewer"], "another name", id="one that is there"),
        pytest.param(["add", "Amy!", "--role", "reviewer"], "small letters", id="no name"),
        pytest.param(["add", "bob"], "--role", id="no role"),
        pytest.param(["add", "bob", "--role", "king"], "king", id="a role that is none"),
        pytest.param(["role", "bob", "operator"], "no account bob", id="nobody of the name"),
        pytest.param(["disable", "bob"], "no account bob", id="nobody to disable"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(tmp_path: Path, file: Path, arguments: list[str], words: str) -> None:
    workspace = tmp_path / "w"
    settings = Settings(workspace=workspace)
    with closing(open_ledger(settings.ledger_at, register_secret(settings))) as ledger:
        ledger.accounts.make("amy", Role.REVIEWER, PASSWORD, by="test")
    given = ["--password-file", file] if arguments[0] == "add" else []
    done = intake(workspace, "people", *arguments, *given)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("short-canary", "", id="just long enough"),
        pytest.param("tiny-canary", "12 to 128", id="too short"),
        pytest.param("", "12 to 128", id="empty"),
        pytest.param(None, "cannot be read", id="no file"),
    ],
)
def test_a_password_from_a_file(tmp_path: Path, file: Path, text: str | None, words: str) -> None:
    file.unlink()
    if text is not None:
        file.write_text(text)
    done = intake(tmp_path / "w", "people", "add", "amy", "--role", "operator", "--password-file", file)
    assert done.returncode == (ExitCode.USAGE if words else ExitCode.ACCEPTED)
    assert words in done.stderr
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        pytest.param([PASSWORD, PASSWORD], 2, id="twice the same"),
        pytest.param([PASSWORD, "slipped", PASSWORD, PASSWORD], 4, id="once more after a slip"),
    ],
)
def test_a_password_is_asked_for_twice_and_not_shown(tmp_path: Path, typed: list[str], asked: int) -> None:
    arguments = ["--workspace", str(tmp_path / "w"), "people", "add", "amy", "--role", "reviewer"]
    done = CliRunner().invoke(app, arguments, input="".join(f"{line}\n" for line in typed))
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert signs_in(tmp_path / "w")
