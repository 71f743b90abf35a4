"""What lies in deploy/ is held against the code: settings, metrics, alarms and their page in the runbook."""

import configparser
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.overview import Metrics
from service.settings import unknown_variables
from web.receiver.health import HealthCheck, exported

DEPLOY, RUNBOOK = Path("deploy"), Path("docs/runbook.md").read_text("utf-8")
FIGURES = Metrics(0, None, 0, None, 0, None, 0, None, {"event": 1}, {"accepted": 1}, {"3002": 1}, ())


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


def test_only_loopback_is_published() -> None:
    ports = [port for service in _compose()["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_secret_that_a_service_wants_is_declared_and_every_file_lies_there() -> None:
    compose = _compose()
    for service in compose["services"].values():
        wanted = set(service.get("secrets", ()))
        assert wanted <= set(compose["secrets"])
        files = [str(value) for value in service.get("environment", {}).values() if "/run/secrets/" in str(value)]
        assert {Path(file).name for file in files} <= wanted


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


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_a_unit_restarts_what_dies_and_keeps_files_private(unit: Path) -> None:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(unit)
    service = parsed["Service"]
    assert (service["Restart"], service["UMask"], service["NoNewPrivileges"]) == ("on-failure", "0077", "yes")


def test_the_runbook_names_commands_and_files_that_exist() -> None:
    assert all(Path(name).exists() for name in re.findall(r"`((?:deploy|tests|docs)/[\w./-]+)`", RUNBOOK))
