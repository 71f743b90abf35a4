import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import make_url

from models.hospital import Hospital, HospitalFacts
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.opening import open_store
from service.drawn_secrets import prefect_auth
from service.options import DeskOptions, PrefectOptions
from service.prefect_server import server_environment
from service.resources import Resources, register_secret
from service.settings import Settings, SettingsError, read_policy
from tests.support.processes import leave
from web.desk.services import open_services


@pytest.mark.parametrize(
    ("name", "text", "look", "expected"),
    [
        pytest.param("INTAKE_LIMITS__PAGES", "7", "limits.pages", 7, id="a limit"),
        pytest.param(
            "INTAKE_STORE__ENDPOINT", "s3.local:9000", "store.endpoint", "s3.local:9000", id="a store's address"
        ),
        pytest.param("INTAKE_WORKER__CASES", "3", "worker.cases", 3, id="a worker's number"),
        pytest.param("INTAKE_LEDGER_URL", "sqlite:///l.db", "ledger_at", "sqlite:///l.db", id="the ledger's place"),
    ],
)
def test_the_environment_decides(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, look: str, expected: object
) -> None:
    monkeypatch.setenv(name, text)
    found: object = Settings()
    for part in look.split("."):
        found = getattr(found, part)
    assert found == expected


def test_a_misspelt_setting_in_a_group_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_LIMITS__PAGE", "7")
    with pytest.raises(ValidationError, match=r"limits\.page"):
        Settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_STORE__SECRET_KEY", "canary")
    monkeypatch.setenv("INTAKE_LEDGER_URL", "postgresql://u:canary@h/d")
    assert "canary" not in repr(Settings()) + Settings().model_dump_json()


def test_everything_lies_in_the_workspace_by_default(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path)
    assert settings.store_at == f"file:{tmp_path}/store"
    assert settings.ledger_at == f"sqlite:///{tmp_path}/ledger.db"
    assert {settings.prefect_home.parent, settings.logs.parent} == {tmp_path}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("names: [", "cannot be read", id="not YAML"),
        pytest.param("newborn_day: 3", "newborn_day", id="a rule that nobody knows"),
        pytest.param("newborn_days: many", "newborn_days", id="a value of the wrong kind"),
        pytest.param("pages: {newborn: [home, blur]}", "pages.newborn", id="a slot that is none"),
    ],
)
def test_a_wrong_policy_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_policy(file)


def test_a_policy_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("name: ours@2\nnewborn_days: 60\n")
    assert read_policy(file) == read_policy(None).model_copy(update={"name": "ours@2", "newborn_days": 60})


def test_the_facts_of_the_hospital_reach_whoever_words_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_HOSPITAL__NAME", "样本医院")
    monkeypatch.setenv("INTAKE_HOSPITAL__EN__SCANNER", "the ground floor")
    facts = Hospital(name="样本医院", en=HospitalFacts(scanner="the ground floor"))
    settings = Settings(workspace=tmp_path)
    with closing(Resources(settings)) as resources:
        context = resources.context()
        desk = open_services(
            settings.model_copy(update={"desk": DeskOptions(port=1)}), context.ledger, context.store, utc_now
        )
        for named in (context.reader, resources.judging().reader, desk.name_context):
            assert named.hospital == facts


def test_the_registers_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path / "w")
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(register_secret, [settings] * 8))
    assert len(made) == 1
    assert len(made.pop()) == 32
    assert [file.name for file in (tmp_path / "w").iterdir()] == ["register.secret"]
    assert oct(settings.secret_file.stat().st_mode & 0o777) == "0o600"


def test_prefects_password_is_drawn_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path / "w")
    with ThreadPoolExecutor(8) as pool:
        drawn = set(pool.map(prefect_auth, [settings] * 8))
    assert drawn == {prefect_auth(settings)}
    user, _, password = str(drawn.pop()).partition(":")
    assert (user, len(password)) == ("intake", 24)
    assert [file.name for file in (tmp_path / "w").iterdir()] == ["prefect.secret"]
    assert oct(settings.prefect_secret_file.stat().st_mode & 0o777) == "0o600"
    assert password != str(prefect_auth(Settings(workspace=tmp_path / "other"))).partition(":")[2]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"auth": "u:p"}, "u:p", id="set"),
        pytest.param({"auth": "u:p", "api_url": "http://p.example/api"}, "u:p", id="set for an external server"),
        pytest.param({"api_url": "http://p.example/api"}, None, id="an external server that asks for none"),
    ],
)
def test_a_password_is_drawn_for_our_own_server_alone(
    tmp_path: Path, options: dict[str, object], expected: str | None
) -> None:
    settings = Settings(workspace=tmp_path, prefect=PrefectOptions.model_validate(options))
    assert prefect_auth(settings) == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("held", [b"", b"no colon", b"intake:", b"\xff:\xff"])
def test_a_file_that_holds_no_password_is_named_and_not_replaced(tmp_path: Path, held: bytes) -> None:
    settings = Settings(workspace=tmp_path)
    settings.prefect_secret_file.write_bytes(held)
    with pytest.raises(SettingsError, match=r"prefect\.secret"):
        prefect_auth(settings)
    assert settings.prefect_secret_file.read_bytes() == held


def test_a_secret_that_is_set_makes_no_file(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path, register_secret=SecretStr("0f" * 32))
    assert register_secret(settings) == b"\x0f" * 32
    assert not settings.secret_file.exists()
    assert "0f0f" not in repr(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"0f" * 31, id="too few digits"),
        pytest.param(b"xy" * 32, id="no digits"),
        pytest.param(b"\xff" * 64, id="no text"),
    ],
)
def test_a_file_that_holds_no_secret_is_named_and_not_replaced(tmp_path: Path, held: bytes) -> None:
    settings = Settings(workspace=tmp_path)
    settings.secret_file.write_bytes(held)
    with pytest.raises(SettingsError, match=r"register\.secret"):
        register_secret(settings)
    assert settings.secret_file.read_bytes() == held


@pytest.mark.parametrize(
    "home",
    [
        pytest.param("/dev/null", id="a home that is no folder, as system accounts have"),
        pytest.param("", id="a home that is set to nothing"),
        pytest.param("relative", id="a home that is no place"),
    ],
)
def test_without_a_home_the_engines_files_stand_in_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("HOME", home)
    assert Settings(workspace=tmp_path).engine.cache == tmp_path / "cache"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user whom the machine does not know")
def test_a_user_whom_the_machine_does_not_know_has_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    pid = os.fork()
    if pid == 0:
        os.setuid(54321)
        leave(iter([Settings(workspace=tmp_path).engine.cache == tmp_path / "cache"]))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.parametrize("name", ["a?b", "a?b=c", "%2e", "a%2Fb", "a#b", "a b;c", "病案"])
def test_whatever_a_workspace_is_called_everything_stands_in_it(tmp_path: Path, name: str) -> None:
    settings = Settings(workspace=tmp_path / name)
    open_ledger(settings.ledger_at, register_secret(settings)).close()
    open_store(settings.store_at).put("a", b"x", content_type="text/plain")
    prefect = make_url(server_environment(settings, 4200)["PREFECT_SERVER_DATABASE_CONNECTION_URL"]).database
    assert prefect == str(tmp_path / name / "prefect" / "prefect.db")
    assert {path.name for path in tmp_path.iterdir()} == {name}
    assert {path.name for path in (tmp_path / name).iterdir()} >= {"ledger.db", "store"}
