"""A secret in a file: for every setting that is one, and for no other."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from models.errors import ExitCode
from service.secret_files import SecretFileError, secret_names
from service.settings import Settings

HELD = {
    "ledger_url": "postgresql://u:canary@h/d",
    "register_secret": "0f" * 32,
    "store__access_key": "canary",
    "store__secret_key": "canary",
    "store__sealing__keyring": f"{'0a' * 32}\n{'0b' * 32}",
    "prefect__auth": "user:canary",
    "prefect__database_url": "postgresql+asyncpg://u:canary@h/d",
    "receiver__tokens": "canary",
    "webhook__secrets": "canary",
}


def test_these_are_the_secrets() -> None:
    assert set(secret_names(Settings)) == set(HELD)


@pytest.mark.parametrize("name", HELD)
def test_a_secret_is_taken_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{HELD[name]}\n")
    monkeypatch.setenv(f"INTAKE_{name.upper()}_FILE", str(file))
    found: object = Settings()
    for part in name.split("__"):
        found = getattr(found, part)
    assert found.get_secret_value() == HELD[name]  # type: ignore[attr-defined]


def test_settings_beside_a_secret_file_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("0f" * 32)
    monkeypatch.setenv("INTAKE_STORE__SEALING__KEYRING_FILE", str(file))
    monkeypatch.setenv("INTAKE_STORE__SEALING__CIPHER", "aes-256-gcm")
    monkeypatch.setenv("INTAKE_STORE__SECRET_KEY_FILE", "")  # as an example file leaves it
    assert Settings().store.sealing.secrets == (b"\x0f" * 32,)
    assert Settings().store.sealing.cipher == "aes-256-gcm"


@pytest.mark.parametrize(
    ("held", "words"),
    [
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param(b"\xff\xfe", "cannot be read", id="no text"),
        pytest.param(b" \n", "is empty", id="nothing in it"),
    ],
)
def test_a_file_without_a_secret_is_refused_by_its_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, held: bytes | None, words: str
) -> None:
    file = tmp_path / "secret"
    if held is not None:
        file.write_bytes(held)
    monkeypatch.setenv("INTAKE_STORE__SECRET_KEY_FILE", str(file))
    with pytest.raises(SecretFileError, match=f"INTAKE_STORE__SECRET_KEY_FILE names .*{words}") as caught:
        Settings()
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_secret_set_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTAKE_REGISTER_SECRET", "0f" * 32)
    monkeypatch.setenv("INTAKE_REGISTER_SECRET_FILE", str(tmp_path))
    with pytest.raises(SecretFileError, match="not both"):
        Settings()


def test_what_is_no_secret_has_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTAKE_STORE__ENDPOINT_FILE", str(tmp_path))
    with pytest.raises(ValidationError, match="endpoint_file"):
        Settings()


def test_a_wrong_secret_in_a_file_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("canary")
    monkeypatch.setenv("INTAKE_STORE__SEALING__KEYRING_FILE", str(file))
    with pytest.raises(ValidationError, match=r"store\.sealing\.keyring") as caught:
        Settings()
    assert "canary" not in str(caught.value)
