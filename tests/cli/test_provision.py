"""`intake provision` as an operator sees it."""

from pathlib import Path

import pytest

from models.errors import ExitCode
from tests.cli.test_cli import intake
from tests.support.processes import free_port
from tests.support.rgw import SECRET_KEY, Gateway

TOKEN = "canary-" + "t" * 32
RGW = ("provision", "--events", "rgw", "--receiver", "http://127.0.0.1:8099/s3-events")


def reach(endpoint: str, bucket: str, **more: str) -> dict[str, str]:
    return {
        "INTAKE_STORE_URL": f"s3://{bucket}",
        "INTAKE_STORE__ENDPOINT": endpoint,
        "INTAKE_STORE__SECURE": "false",
        "INTAKE_STORE__RETRIES": "0",
        "INTAKE_STORE__ACCESS_KEY": "devaccess",
        "INTAKE_STORE__SECRET_KEY": SECRET_KEY,
    } | more


def token_file(folder: Path) -> Path:
    file = folder / "tokens"
    file.write_text(f"{TOKEN}\n")
    return file


@pytest.mark.s3
def test_a_bucket_is_provisioned_and_then_left_alone(tmp_path: Path, gateway: Gateway) -> None:
    there = reach(gateway.options.endpoint, "t-cli-provision")
    words = (*RGW, "--token-file", token_file(tmp_path), "--expire-inbox", 90)
    told = [intake(tmp_path / "w", *words, *more, **there) for more in (["--dry-run"], [], [])]
    assert {done.returncode for done in told} == {ExitCode.ACCEPTED}
    for done, state in zip(told, ("would be done", "done", "unchanged"), strict=True):
        rows = [row.split("│")[2].strip() for row in done.stdout.splitlines() if row.startswith("│")]
        assert (len(rows), set(rows)) == (6, {state})
        assert "canary" not in done.stdout + done.stderr


@pytest.mark.s3
@pytest.mark.parametrize(
    "change", [{"INTAKE_STORE__SECRET_KEY": "canary-wrong"}, {"INTAKE_STORE__ACCESS_KEY": "nobody"}]
)
def test_wrong_keys_end_with_5_and_a_sentence(tmp_path: Path, gateway: Gateway, change: dict[str, str]) -> None:
    done = intake(tmp_path / "w", "provision", **reach(gateway.options.endpoint, "t-wrong", **change))
    assert (done.returncode, done.stdout) == (ExitCode.STORE, "")
    assert "INTAKE_STORE__SECRET_KEY" in done.stderr
    assert "canary" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_ends_with_5(tmp_path: Path) -> None:
    done = intake(tmp_path / "w", "provision", **reach(f"127.0.0.1:{free_port()}", "t-absent"))
    assert (done.returncode, done.stdout) == (ExitCode.STORE, "")
    assert "did not answer" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(RGW, "--token-file", id="no token"),
        pytest.param((*RGW, "--token-file", "nowhere"), "cannot be read", id="a token's file that is not there"),
        pytest.param(("provision", "--events", "minio"), "--receiver", id="no receiver"),
        pytest.param(
            ("provision", "--events", "minio", "--receiver", "http://u:canary@h/"),
            "--receiver",
            id="a password in a URL",
        ),
        pytest.param(("provision", "--events", "aws"), "--queue", id="no queue"),
        pytest.param(("provision", "--events", "carrier-pigeon"), "carrier-pigeon", id="events that nobody knows"),
    ],
)
def test_what_is_missing_is_asked_for_before_anything_is_done(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = intake(tmp_path / "w", *words, **reach("127.0.0.1:1", "t-usage"))
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert said in done.stderr
    assert "canary" not in done.stderr


def test_a_folder_is_made_and_needs_nothing_else(tmp_path: Path) -> None:
    told = [intake(tmp_path / "w", "provision", *more) for more in (["--dry-run"], [], [])]
    assert ["would be done" in done.stdout for done in told] == [True, False, False]
    assert "unchanged" in told[2].stdout
    assert (tmp_path / "w" / "store").is_dir()
    assert all("needs nothing else" in done.stdout for done in told)
