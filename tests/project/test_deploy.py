"""What lies in deploy/ is held against the code: settings, metrics, alarms, and what enters the image."""

import fnmatch
import re
import secrets
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pydantic import BaseModel

from models.overview import Heartbeat, Metrics
from service.settings import Settings, unknown_variables
from service.settings_checks import problems
from tests.support.certificates import self_signed
from tests.support.nginx import nginx_command
from tests.support.processes import demand, free_port
from web.receiver.health import HealthCheck, exported

DEPLOY, RUNBOOK = Path("deploy"), Path("docs/runbook.md").read_text("utf-8")
WORKER = Heartbeat("host/1/2.0", datetime.now(tz=UTC), 0)
FIGURES = Metrics(
    0, None, 0, None, 0, None, 0, None, {"event": 1}, {"accepted": 1}, {"3002": 1}, (WORKER,), {"audit": WORKER.seen_at}
)
REQUIRED: Final = "INTAKE_REQUIRE_DEPLOY"
UNITS: Final = pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
MOST_EXPOSED: Final = 4.0  # of 10, as systemd-analyze rates


def _compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def _named_settings() -> set[str]:
    texts = [path.read_text("utf-8") for path in (*DEPLOY.iterdir(), Path("docs/runbook.md")) if path.is_file()]
    return {name for text in texts for name in re.findall(r"\bINTAKE_[A-Z_]+\b", text) if not name.endswith("_")}


def test_every_setting_that_is_named_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    names = _named_settings()
    for name in names:
        monkeypatch.setenv(name, "x")
    # The two are words of the servers that tell us, and of the tests' own lanes.
    theirs = {name for name in names if "NOTIFY" in name}
    assert len(names) > 20
    assert set(unknown_variables()) - theirs == set()


# Of the machinery and of single engines; docs/configuration.md has them.
NOT_FOR_EVERYBODY: Final = {
    "INTAKE_WORKSPACE",  # the units name it
    *(f"INTAKE_LIMITS__{name}" for name in ("SECONDS", "PDF_DPI", "PDF_SECONDS", "PDF_MB")),
    *(f"INTAKE_OCR__{name}" for name in ("MODELS", "CACHE", "DETECTION_SIDE")),
    *(f"INTAKE_READERS__{name}" for name in ("PAGES_PER_PROCESS", "MEMORY_MB", "START_SECONDS")),
    *(f"INTAKE_WORKER__{name}_SECONDS" for name in ("POLL", "EVENT", "LEASE", "PATIENCE")),
}


def _settings(prefix: str, join: str, model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        variable = f"{prefix}{join}{name.upper()}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _settings(variable, "__", field.annotation)
        else:
            yield variable


def test_the_example_of_an_environment_file_has_every_setting() -> None:
    example = (DEPLOY / "child-intake.env.example").read_text("utf-8")
    named = {name.removesuffix("_FILE") for name in re.findall(r"^(?:# )?(INTAKE_\w+)=", example, re.MULTILINE)}
    every = {name.removesuffix("_FILE") for name in _settings("INTAKE", "_", Settings)}
    assert every - named == NOT_FOR_EVERYBODY


def _as_the_shell_reads(folder: Path, content: str) -> "subprocess.CompletedProcess[str]":
    """What deploy/intake.sh would run `intake` with: its environment, as lines, in place of the program."""
    file, words = folder / "child-intake.env", "runuser -u intake -- "
    file.write_text(content, "utf-8")
    text = (DEPLOY / "intake.sh").read_text("utf-8").replace("/etc/child-intake.env", str(file))
    assert words in text
    text = re.sub(r"/srv/child-intake/.*$", "env", text.replace(words, ""), flags=re.MULTILINE)
    return subprocess.run(
        ["sh", "-c", text], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("INTAKE_A=postgresql://h/i?a=b&c=d;e|f", "postgresql://h/i?a=b&c=d;e|f", id="an address"),
        pytest.param("INTAKE_A=Sample Children's Hospital", "Sample Children's Hospital", id="words"),
        pytest.param("INTAKE_A=$(id) `id` $HOME * <x> #1", "$(id) `id` $HOME * <x> #1", id="what a shell would run"),
        pytest.param("INTAKE_A='two  words'", "two  words", id="quotes around all"),
        pytest.param('INTAKE_A="it\'s"', "it's", id="quotes of another kind within"),
        pytest.param("INTAKE_A='a\\b'", "a\\b", id="a backslash within single quotes"),
        pytest.param("  INTAKE_A = x \r\n", "x", id="white space around"),
        pytest.param("# INTAKE_A=1\n; INTAKE_A=2\n\nINTAKE_A=3\n# INTAKE_A=4", "3", id="comments"),
        pytest.param("INTAKE_A=1\nINTAKE_A=", "", id="the last one counts"),
        pytest.param("INTAKE_A=a\\b", None, id="a backslash, which systemd takes away"),
        pytest.param("INTAKE_A='two\nlines'", None, id="a value of several lines"),
        pytest.param("INTAKE_A='a'b'", None, id="a quote within quotes"),
        pytest.param("export INTAKE_A=1", None, id="words of a shell"),
        pytest.param("INTAKE_A", None, id="no value"),
    ],
)
def test_the_shell_reads_settings_as_systemd_does_or_says_which_line_it_cannot(
    tmp_path: Path, content: str, expected: str | None
) -> None:
    told = _as_the_shell_reads(tmp_path, content)
    if expected is None:
        assert (told.returncode, told.stdout) == (2, "")
        assert "intake: line 1 of" in told.stderr
        return
    assert (told.returncode, told.stderr) == (0, "")
    assert [line for line in told.stdout.splitlines() if line.startswith("INTAKE_")] == [f"INTAKE_A={expected}"]


def test_the_examples_of_environment_files_are_understood_with_every_line_in_force(tmp_path: Path) -> None:
    for file in DEPLOY.glob("*.env.example"):
        assigned = re.findall(r"^(?:# )?([A-Z][A-Z_]+=.*)$", file.read_text("utf-8"), re.MULTILINE)
        told = _as_the_shell_reads(tmp_path, "\n".join(assigned))
        assert (told.returncode, told.stderr) == (0, "")
        assert set(assigned) <= set(told.stdout.splitlines())


def test_only_loopback_is_published() -> None:
    ports = [port for service in _compose()["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


OURS: Final = sorted(name for name, service in _compose()["services"].items() if service["image"] == "child-intake")


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_the_compose_file_would_start(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    self_signed(tmp_path)
    contents = {"store_keyring": secrets.token_hex(32), "register_secret": secrets.token_hex(32)}
    contents |= {"receiver_tokens": secrets.token_hex(24), "prefect_auth": "intake:of-our-own"}
    contents |= {"ledger_url": "postgresql://intake:x@postgres/intake", "webhook_secrets": "whsec_eA=="}
    contents |= {"prefect_database_url": "postgresql+asyncpg://intake:x@postgres/prefect", "store_secret_key": "x"}
    for secret, content in contents.items():
        (tmp_path / secret).write_text(content)
    told = _compose()["services"][name]
    for variable, value in told["environment"].items():
        place = value.replace("/run/secrets", str(tmp_path)).replace("/certs/ca.pem", f"{tmp_path}/certificate.pem")
        monkeypatch.setenv(variable, place)
    read = Settings(workspace=tmp_path / "workspace")
    alone = {"prefect": read.prefect.model_copy(update={"api_url": None})} if told.get("command") == ["prefect"] else {}
    assert problems(read.model_copy(update=alone)) == ()
    assert told["read_only"] is True
    assert any(volume.rpartition(":")[2] == "/var/lib/child-intake" for volume in told["volumes"]), "or it cannot write"


def test_the_compose_file_is_taken_by_old_and_new_programs() -> None:
    compose = _compose()
    assert "name" not in compose, "docker-compose of Debian 12 refuses it"
    images = [service["image"] for service in compose["services"].values()]
    assert [image for image in images if image.endswith(":latest")] == []
    watched = {name for name, service in compose["services"].items() if "healthcheck" in service}
    assert {"postgres", "prefect", "receiver"} <= watched
    assert [name for name in OURS if compose["services"][name]["environment"].get("INTAKE_DESK__PORT")] == ["receiver"]


def test_every_secret_that_a_service_wants_is_declared_and_every_file_lies_there() -> None:
    compose = _compose()
    for service in compose["services"].values():
        wanted = set(service.get("secrets", ()))
        assert wanted <= set(compose["secrets"])
        files = [str(value) for value in service.get("environment", {}).values() if "/run/secrets/" in str(value)]
        assert {Path(file).name for file in files} <= wanted


def _enters(path: str) -> bool:
    """Whether a file enters the image: the last pattern that fits it, or a folder above it, decides."""
    enters = True
    above = [path, *(str(folder) for folder in Path(path).parents if str(folder) != ".")]
    for line in Path(".dockerignore").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        loose = pattern.removeprefix("**/")
        names = [Path(one).name for one in above] if loose != pattern else above
        if any(fnmatch.fnmatchcase(name, loose) for name in names):
            enters = line.startswith("!")
    return enters


@pytest.mark.parametrize(
    ("path", "enters"),
    [
        ("service/settings.py", True),
        ("web/desk/static/desk.css", True),
        ("pyproject.toml", True),
        ("deploy/requirements.lock", True),
        ("workspace/register.secret", False),
        ("workspace/ledger.db", False),
        ("deploy/secrets/ledger_url", False),
        ("deploy/certs/private.key", False),
        ("deploy/child-intake.env", False),
        ("deploy/compose.yaml", False),
        ("service/mine.secret", False),
        (".venv/bin/python", False),
        (".git/config", False),
        ("ledger.db", False),
        ("prefect.secret", False),
    ],
)
def test_what_enters_the_image(path: str, enters: bool) -> None:
    assert _enters(path) is enters


def test_all_that_the_image_is_built_from_enters_it() -> None:
    packages = {path.parts[0] for path in Path().glob("*/__init__.py")} - {"bench", "tests"}
    assert {str(path) for name in packages for path in Path(name).rglob("*.py") if not _enters(str(path))} == set()


def _rules() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))
    return [rule for group in loaded["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule["alert"]) for rule in _rules()])
def test_an_alarm_asks_for_metrics_that_exist_and_has_its_page(rule: dict[str, Any]) -> None:
    families = exported(HealthCheck(FIGURES, ()), datetime.now(tz=UTC))
    told = {sample.name for family in families for sample in family.samples}
    asked = set(re.findall(r"\bintake_[a-z_]+", rule["expr"]))
    assert asked
    assert asked <= told
    assert f"### {rule['alert']}\n" in RUNBOOK


@UNITS
def test_a_unit_is_exposed_little(unit: Path) -> None:
    demand(["systemd-analyze"], REQUIRED, "systemd")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    rated = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
    assert rated, told.stderr
    assert float(rated[1]) <= MOST_EXPOSED


@UNITS
def test_a_unit_is_understood_whole(unit: Path) -> None:
    demand(["systemd-analyze"], REQUIRED, "systemd")
    told = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    complaints = [line for line in told.stderr.splitlines() if unit.name in line and "is not executable" not in line]
    assert complaints == []
    assert {"Restart=on-failure", "UMask=0077"} <= set(unit.read_text("utf-8").splitlines())


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    demand(["nginx"], REQUIRED, "nginx-light")
    self_signed(tmp_path, "desk.hospital.example")
    command = nginx_command(tmp_path, tmp_path / "certificate.pem", tls=free_port(), ports={})
    told = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False, timeout=30)
    assert told.returncode == 0, told.stderr


def test_the_runbook_names_commands_and_files_that_exist() -> None:
    assert all(Path(name).exists() for name in re.findall(r"`((?:deploy|tests|docs)/[\w./-]+)`", RUNBOOK))
