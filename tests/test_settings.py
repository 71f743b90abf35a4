from pathlib import Path

import pytest
from pydantic import ValidationError

from flows.settings import Settings, SettingsError, read_policy


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
