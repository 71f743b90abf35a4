"""Each thing broken on purpose is found, said in a sentence, and stops no other check."""

import json
import sqlite3
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest
from pydantic import SecretStr

from models.errors import LedgerError
from models.hospital import Hospital
from models.review import Role
from pipeline.delivery.webhook import WebhookOptions
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.schema import OldestItem, check_ledger
from pipeline.ledger.values import UploadEvent, Via
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.stores.options import SealingOptions, StoreOptions
from pipeline.stores.provision import provision
from pipeline.stores.provisioning import Events, Plan
from service.doctor import machine, results_and_events, services
from service.doctor.check import Check, CheckState
from service.doctor.examination import CHECKS, OneCheck, exit_code, guarded
from service.options import DeskOptions, PrefectOptions, ReceiverOptions
from service.resources import register_secret
from service.settings import Settings
from tests.support.broken import (
    KEYS,
    Broken,
    a_bad_policy,
    a_file_above_the_store,
    a_file_where_the_store_is,
    a_flipped_bit,
    a_ledger,
    a_ledger_and_another_secret,
    a_ledger_of,
    a_ledger_that_is_none,
    a_ledger_without_its_secret,
    a_password_for_everybody,
    a_secret_for_everybody,
    a_secret_that_is_none,
    a_store_of_no_kind,
    an_empty_folder,
    an_engine_of_no_name,
    models_of_another_family,
    models_of_another_size,
    no_prefect,
    no_server,
    nothing,
)
from tests.support.ledgers import new_ledger
from tests.support.listener import listening
from tests.support.recording_s3 import recording_s3
from tests.support.rgw import Gateway
from tests.support.values import SECRET


def found(check: OneCheck, folder: Path, change: dict[str, object]) -> list[Check]:
    return list(guarded(check, Settings(workspace=folder).model_copy(update=change)))


def worst(checks: list[Check]) -> Check:
    return max(checks, key=lambda check: list(CheckState).index(check.state))


def rule(name: str) -> OneCheck:
    return next(check for check in CHECKS if check.__name__ == name)


SERVICES = [
    pytest.param(services.models, nothing, CheckState.OK, 0, "unaltered", id="models that are well"),
    pytest.param(services.models, an_empty_folder, CheckState.WRONG, 4, "inference.onnx is missing", id="no models"),
    pytest.param(services.models, a_flipped_bit, CheckState.WRONG, 4, "is altered", id="a bit of a model flipped"),
    pytest.param(services.models, models_of_another_family, CheckState.WARNING, 0, "not learned", id="other models"),
    pytest.param(services.models, models_of_another_size, CheckState.WRONG, 4, "does not do", id="models not ours"),
    pytest.param(
        services.models,
        models_of_another_size,
        CheckState.WRONG,
        4,
        "Set INTAKE_OCR__ENGINE=paddleocr.",
        id="a way out",
    ),
    pytest.param(services.models, an_engine_of_no_name, CheckState.WRONG, 4, "no engine", id="an engine of no name"),
    pytest.param(services.store, nothing, CheckState.OK, 0, "can be made", id="a store not made yet"),
    pytest.param(services.store, a_file_where_the_store_is, CheckState.WRONG, 5, "refused", id="a file in its place"),
    pytest.param(
        services.store, a_file_above_the_store, CheckState.WRONG, 5, "cannot be made", id="a file above its place"
    ),
    pytest.param(services.store, a_store_of_no_kind, CheckState.WRONG, 5, "URL", id="a store of no kind"),
    pytest.param(services.store, no_server, CheckState.WRONG, 5, "did not answer", id="an S3 server that is not there"),
    pytest.param(services.ledger, nothing, CheckState.OK, 0, "no ledger yet", id="no ledger yet"),
    pytest.param(services.ledger, a_ledger, CheckState.OK, 0, "durable commit took", id="a ledger"),
    pytest.param(
        services.ledger, a_ledger_of("9999"), CheckState.WRONG, 5, "newer version", id="a ledger from tomorrow"
    ),
    pytest.param(
        services.ledger, a_ledger_of("0001"), CheckState.WARNING, 0, "older version", id="a ledger of yesterday"
    ),
    pytest.param(
        services.ledger, a_ledger_and_another_secret, CheckState.WRONG, 5, "another secret", id="another secret"
    ),
    pytest.param(services.ledger, a_ledger_without_its_secret, CheckState.WRONG, 5, "secret", id="no secret"),
    pytest.param(
        services.ledger, a_secret_that_is_none, CheckState.WRONG, 2, "hexadecimal", id="a secret that is none"
    ),
    pytest.param(
        services.ledger, a_ledger_that_is_none, CheckState.WRONG, 5, "not a ledger", id="a file that is no ledger"
    ),
    pytest.param(
        services.prefect, no_prefect, CheckState.WRONG, 2, "does not answer", id="a Prefect that is not there"
    ),
    pytest.param(machine.modes, nothing, None, 0, "", id="no files yet"),
    pytest.param(machine.modes, a_ledger, CheckState.OK, 0, "owner's alone", id="files of their owner"),
    pytest.param(
        machine.modes, a_secret_for_everybody, CheckState.WRONG, 2, "can be read", id="a secret for everybody"
    ),
    pytest.param(
        machine.modes, a_password_for_everybody, CheckState.WRONG, 2, "Prefect's password", id="a password for all"
    ),
    pytest.param(rule("_policy"), a_bad_policy, CheckState.WRONG, 2, "newborn_dais", id="a rule that nobody knows"),
    pytest.param(rule("_policy"), nothing, CheckState.OK, 0, "can be used", id="the rules as they come"),
    pytest.param(rule("_hospital"), nothing, CheckState.WARNING, 0, "HOSPITAL__NAME", id="a hospital without a name"),
    pytest.param(
        rule("_hospital"),
        lambda _: {"hospital": Hospital(name="样本医院")},
        CheckState.OK,
        0,
        "signature",
        id="a hospital with one",
    ),
]


@pytest.mark.parametrize(("check", "broken", "state", "code", "words"), SERVICES)
def test_what_is_broken_is_found(
    tmp_path: Path, check: OneCheck, broken: Broken, state: CheckState | None, code: int, words: str
) -> None:
    checks = found(check, tmp_path, broken(tmp_path))
    if state is None:
        assert checks == []
        return
    one = worst(checks)
    assert (one.state, exit_code(checks)) == (state, code)
    assert words in one.what + one.to_do
    assert one.what.endswith(".")
    assert bool(one.to_do) is (state is not CheckState.OK)
    assert "canary" not in one.what + one.to_do


TOKENS = SecretStr("t" * 32)
RULE = "<NotificationConfiguration><TopicConfiguration><Id>intake</Id></TopicConfiguration></NotificationConfiguration>"


@pytest.mark.parametrize(
    ("rules", "heard", "state", "words"),
    [
        pytest.param(RULE, {Via.EVENT: 5, Via.RECONCILE: 1}, CheckState.OK, "5 of 6", id="most are told"),
        pytest.param(RULE, {}, CheckState.OK, "0 of 0", id="nothing came yet"),
        pytest.param(RULE, {Via.RECONCILE: 2}, CheckState.WARNING, "Of 2 uploads", id="none is told"),
        pytest.param(RULE, {Via.EVENT: 3, Via.RECONCILE: 1}, CheckState.WARNING, "Of 4", id="one of four is not"),
        pytest.param("<NotificationConfiguration/>", {}, CheckState.WARNING, "intake provision", id="no rule"),
    ],
)
def test_whether_notifications_arrive(
    tmp_path: Path, rules: str, heard: dict[Via, int], state: CheckState, words: str
) -> None:
    with closing(new_ledger(tmp_path / "ledger.db")) as ledger:
        for via, count in heard.items():
            for number in range(count):
                ledger.inbox.add_upload(UploadEvent(bucket="b", key=f"{via}/{number}", etag="e", via=via))
    with recording_s3({"GET notification": (200, rules)}) as server:
        settings = Settings(
            workspace=tmp_path,
            store_url="s3://bucket",
            store=StoreOptions(endpoint=server.endpoint, secure=False, **KEYS),
            receiver=ReceiverOptions(port=1, tokens=TOKENS),
            register_secret=SecretStr(SECRET.hex()),
        )
        (check,) = guarded(results_and_events.events, settings)
    assert check.state is state
    assert words in check.what + check.to_do


@pytest.mark.parametrize("scheme", ["s3", "file"])
def test_where_nothing_notifies_nothing_is_said_of_it(tmp_path: Path, scheme: str) -> None:
    settings = Settings(workspace=tmp_path, store_url=f"{scheme}:bucket")
    assert list(results_and_events.events(settings)) == []


@pytest.mark.parametrize(
    ("keyring", "url", "whole", "states"),
    [
        pytest.param("0f" * 32, "https://app.example/", False, [CheckState.WARNING], id="names what is encrypted"),
        pytest.param("0f" * 32, "https://app.example/", True, [CheckState.OK], id="carries it"),
        pytest.param("", "https://app.example/", False, [CheckState.OK], id="names what is not encrypted"),
        pytest.param("0f" * 32, None, False, [], id="no webhook"),
    ],
)
def test_who_gets_results_can_read_them(keyring: str, url: str | None, whole: bool, states: list[CheckState]) -> None:
    webhook = WebhookOptions.model_validate({"url": url, "whole": whole})
    store = StoreOptions(sealing=SealingOptions(keyring=SecretStr(keyring)))
    assert [check.state for check in results_and_events.results(Settings(webhook=webhook, store=store))] == states


EVERYWHERE = ReceiverOptions(port=1, host="0.0.0.0", tokens=TOKENS)


@pytest.mark.parametrize(
    ("settings", "state", "words"),
    [
        pytest.param(
            {"prefect": PrefectOptions(host="0.0.0.0")}, CheckState.WRONG, "PREFECT__HOST", id="Prefect for all"
        ),
        pytest.param({"receiver": ReceiverOptions(port=1, tokens=TOKENS)}, CheckState.OK, "", id="a receiver here"),
        pytest.param(
            {"receiver": ReceiverOptions(port=1, host="0.0.0.0", tokens=TOKENS)},
            CheckState.WARNING,
            "TLS",
            id="one for all",
        ),
        pytest.param({"readers": ReaderOptions(processes=999)}, CheckState.OK, "", id="what is no matter of safety"),
    ],
)
def test_unsafe_settings_are_found(tmp_path: Path, settings: dict[str, object], state: CheckState, words: str) -> None:
    one = worst(found(rule("_settings"), tmp_path, settings))
    assert one.state is state
    assert words in one.what + one.to_do


@pytest.mark.parametrize(
    ("mode", "state"), [(0o600, CheckState.OK), (0o640, CheckState.WRONG), (0o604, CheckState.WRONG)]
)
def test_a_secret_in_a_file_is_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, state: CheckState
) -> None:
    (tmp_path / "tokens").write_text("canary")
    (tmp_path / "tokens").chmod(mode)
    monkeypatch.setenv("INTAKE_RECEIVER__TOKENS_FILE", str(tmp_path / "tokens"))
    assert [check.state for check in found(machine.modes, tmp_path, {})] == [state]


@pytest.mark.parametrize("check", [machine.memory, machine.cores])
@pytest.mark.parametrize(("processes", "state"), [(1, CheckState.OK), (999, CheckState.WARNING)])
def test_more_processes_than_the_machine_carries_are_found(
    tmp_path: Path, check: OneCheck, processes: int, state: CheckState
) -> None:
    assert worst(found(check, tmp_path, {"readers": ReaderOptions(processes=processes)})).state is state


@pytest.mark.parametrize(
    ("gigabytes", "state"),
    [
        pytest.param(1.99, CheckState.WRONG, id="nearly full"),
        pytest.param(2.0, CheckState.WARNING, id="just not wrong"),
        pytest.param(9.99, CheckState.WARNING, id="little"),
        pytest.param(10.0, CheckState.OK, id="just enough"),
    ],
)
def test_a_full_disk_is_found(gigabytes: float, state: CheckState) -> None:
    assert machine.disk_check("the workspace", int(gigabytes * (1 << 30))).state is state


def test_a_disk_is_told_once(tmp_path: Path) -> None:
    assert len(found(machine.disks, tmp_path, {})) == 1


@pytest.mark.parametrize(
    ("status", "body", "state", "words"),
    [
        pytest.param(200, json.dumps(metadata.version("prefect")), CheckState.OK, "answers", id="the same version"),
        pytest.param(200, '"2.20.0"', CheckState.WARNING, "another version", id="another version"),
        pytest.param(401, "", CheckState.WRONG, "INTAKE_PREFECT__AUTH", id="one that asks for a password"),
        pytest.param(404, "", CheckState.WRONG, "no Prefect API", id="something else"),
    ],
)
def test_a_prefect_of_somebody_else(tmp_path: Path, status: int, body: str, state: CheckState, words: str) -> None:
    with recording_s3({"GET ": (status, body)}) as server:
        options = PrefectOptions(api_url=f"http://{server.endpoint}/api")
        one = worst(found(services.prefect, tmp_path, {"prefect": options}))
    assert one.state is state
    assert words in one.what + one.to_do


def test_a_port_in_use_is_found(tmp_path: Path) -> None:
    with listening() as other:
        options = PrefectOptions(port=int(other.url.rstrip("/").rpartition(":")[2]))
        one = worst(found(services.prefect, tmp_path, {"prefect": options}))
    assert (one.state, "Another program" in one.what) == (CheckState.WARNING, True)


@pytest.mark.parametrize(
    ("ahead", "state"),
    [
        (0, CheckState.OK),
        (50, CheckState.OK),
        (90, CheckState.WRONG),
        (-90, CheckState.WRONG),
        (4000, CheckState.WRONG),
    ],
)
def test_a_clock_that_goes_wrong_is_found(tmp_path: Path, ahead: float, state: CheckState) -> None:
    with recording_s3({}) as server:
        server.ahead = ahead
        options = StoreOptions(endpoint=server.endpoint, secure=False, retries=0, **KEYS)
        checks = found(services.store, tmp_path, {"store_url": "s3://bucket", "store": options})
    assert next(check.state for check in checks if check.name == "clock") is state


@pytest.mark.s3
def test_a_bucket_is_looked_at(tmp_path: Path, gateway: Gateway) -> None:
    def states(bucket: str, options: StoreOptions = gateway.options) -> dict[str, CheckState]:
        checks = found(services.store, tmp_path, {"store_url": f"s3://{bucket}", "store": options})
        return {check.name: check.state for check in checks}

    plain, whole = gateway.new_bucket(), gateway.new_bucket()
    provision(Plan(bucket=whole, events=Events.NONE), gateway.options)
    assert states(plain) == {"clock": CheckState.OK, "versions": CheckState.WARNING, "store": CheckState.OK}
    assert states(whole) == {"clock": CheckState.OK, "versions": CheckState.OK, "store": CheckState.OK}
    assert states("t-not-there") == {"clock": CheckState.OK, "store": CheckState.WRONG}
    wrong_key = gateway.options.model_copy(update={"secret_key": SecretStr("canary")})
    assert states(whole, wrong_key) == {"clock": CheckState.OK, "store": CheckState.WRONG}
    for bucket in (plain, whole):
        assert list(gateway.client.list_objects(bucket, include_version=True)) == []


@pytest.mark.postgres
def test_a_ledger_in_postgresql_is_looked_at(postgres_url: str) -> None:
    assert check_ledger(postgres_url, None).age is OldestItem.ABSENT
    open_ledger(postgres_url, SECRET).close()
    look = check_ledger(postgres_url, SECRET)
    assert look.age is OldestItem.TODAYS
    assert look.commit_seconds
    with pytest.raises(LedgerError, match="another secret"):
        check_ledger(postgres_url, bytes(32))


@pytest.mark.parametrize(
    ("disabled", "state", "words"),
    [
        pytest.param(None, CheckState.WARNING, "intake people add", id="nobody"),
        pytest.param(True, CheckState.WARNING, "0 people", id="somebody who is disabled"),
        pytest.param(False, CheckState.OK, "1 people", id="somebody"),
    ],
)
def test_a_review_desk_where_nobody_can_sign_in_is_found(
    tmp_path: Path, disabled: bool | None, state: CheckState, words: str
) -> None:
    a_ledger(tmp_path)
    settings = Settings(workspace=tmp_path)
    with closing(open_ledger(settings.ledger_at, register_secret(settings))) as ledger:
        if disabled is not None:
            ledger.accounts.make("amy", Role.REVIEWER, "canary in a mine", by="test")
        if disabled:
            ledger.accounts.disable("amy", by="test")
    checks = found(services.ledger, tmp_path, {"desk": DeskOptions(port=8098)})
    (one,) = (check for check in checks if check.name == "people")
    assert (one.state, words in one.what + one.to_do) == (state, True)
    assert "people" not in {check.name for check in found(services.ledger, tmp_path, {})}, "the desk is off"


def test_looking_at_a_ledger_leaves_nothing_in_it(tmp_path: Path) -> None:
    a_ledger(tmp_path)
    found(services.ledger, tmp_path, {})
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        assert connection.execute("SELECT count(*) FROM workers").fetchone() == (0,)
