"""The alarms of deploy/alerts.yaml, evaluated by Prometheus itself over made-up series of our metrics."""

import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.support.processes import demand

TOLD: Final = "intake_uploads_total"
QUIET: Final = {"intake_ready": "1x600", 'up{job="child-intake",instance="a"}': "1x600"}


def of(name: str, values: str, **labels: str) -> dict[str, str]:
    """A series: its labels, and its values minute by minute in promtool's own words."""
    written = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return {f"{name}{{{written}}}": values}


def uploads(events: str, listed: str) -> dict[str, str]:
    """The two series of uploads, as each of two machines exports them."""
    told: dict[str, str] = {}
    for machine in ("a", "b"):
        told |= of(TOLD, events, via="event", instance=machine) | of(TOLD, listed, via="reconcile", instance=machine)
    return told


@pytest.mark.parametrize(
    ("series", "minute", "fires"),
    [
        pytest.param({}, 60, set(), id="all is well"),
        pytest.param({"intake_ready": "_x600"}, 60, {"IntakeDown"}, id="nobody answers"),
        pytest.param({"intake_ready": "0x600"}, 60, {"IntakeNotReady"}, id="not ready"),
        pytest.param(
            of("up", "0x600", job="child-intake", instance="b"),
            60,
            {"IntakeMachineDown"},
            id="one of two does not answer",
        ),
        pytest.param(
            of("intake_machine_silent_seconds", "0+60x600", machine="b", instance="a")
            | of("intake_machine_silent_seconds", "5x600", machine="a", instance="a"),
            60,
            {"IntakeMachineDown"},
            id="one of two workers died",
        ),
        pytest.param(
            of("intake_machine_silent_seconds", "0+60x3 5x600", machine="b"), 60, set(), id="a worker that came back"
        ),
        pytest.param(of("intake_uploads_oldest_seconds", "0+60x600"), 60, {"IntakeUploadsWait"}, id="an upload waits"),
        pytest.param(
            of("intake_messages_oldest_seconds", "0+60x600"), 60, {"IntakeResultsNotDelivered"}, id="a result waits"
        ),
        pytest.param(of("intake_reviews_oldest_seconds", "0+60x600"), 300, {"IntakeReviewsWait"}, id="a family waits"),
        pytest.param(uploads("0+1x600", "0x600"), 400, set(), id="every upload is told"),
        pytest.param(uploads("0x600", "0+1x600"), 90, {"IntakeEventsBroken"}, id="none is told, and many come"),
        pytest.param(
            uploads("5x600", "0x360 1x240"), 420, {"IntakeEventsBroken"}, id="none is told, and one came in six hours"
        ),
        pytest.param(uploads("0+2x600", "0+1x600"), 90, {"IntakeEventsBroken"}, id="a third is not told"),
        pytest.param(uploads("0+1x600", "0x300 1x300"), 310, set(), id="one of sixty is not told"),
        pytest.param(uploads("7x600", "0x600"), 500, set(), id="nothing comes at night"),
        pytest.param(
            of("intake_upkeep_seconds", "150000+60x600", flow="retention")
            | of("intake_upkeep_seconds", "60000+60x300 0+60x300", flow="audit"),
            400,
            {"IntakeUpkeepMissed"},
            id="scans are not erased",
        ),
        pytest.param(of("intake_engine_restarts", "0+1x600"), 90, {"IntakeEngineRestarts"}, id="engines die"),
        pytest.param(of("intake_codes_total", "0+1x600", code="系统故障"), 90, {"IntakeOurFault"}, id="our fault"),
    ],
)
def test_which_alarms_fire(tmp_path: Path, series: dict[str, str], minute: int, fires: set[str]) -> None:
    demand(["promtool"], "INTAKE_REQUIRE_DEPLOY", "prometheus")
    rules = Path("deploy/alerts.yaml").absolute()
    shown = [{"series": name, "values": values} for name, values in {**QUIET, **series}.items()]
    names = [rule["alert"] for group in yaml.safe_load(rules.read_text("utf-8"))["groups"] for rule in group["rules"]]
    asked: list[dict[str, Any]] = [
        {"expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) > 0', "eval_time": f"{minute}m"}
        for name in names
    ]
    expected = [
        {**one, "exp_samples": [{"labels": "{}", "value": 1}] if name in fires else []}
        for name, one in zip(names, asked, strict=True)
    ]
    test = {"interval": "1m", "input_series": shown, "promql_expr_test": expected}
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [test]}))
    told = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_prometheus_takes_its_files() -> None:
    demand(["promtool"], "INTAKE_REQUIRE_DEPLOY", "prometheus")
    command = ["promtool", "check", "config", "--syntax-only", "deploy/prometheus.yaml"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
