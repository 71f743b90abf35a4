"""What the service needs at an object store, made at a real Ceph RGW.

MinIO, Silo, RustFS and AWS cannot run here: what would be sent to them is recorded and held against what their
documentation asks for. No such server has seen it.
"""

import uuid
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from xml.etree.ElementTree import tostring

import pytest
from pydantic import SecretStr

from models.errors import StoreDownError, StoreError
from pipeline.events.notification import Told, tokens_of, told
from pipeline.stores.bucket_rules import facts, merged, parsed
from pipeline.stores.opening import open_store
from pipeline.stores.options import StoreOptions
from pipeline.stores.plan import Events, Plan, State, server_lines
from pipeline.stores.provision import provision, provision_folder
from tests.support.listener import Listener, listening
from tests.support.processes import free_port
from tests.support.recording_s3 import Recorder, recording_s3
from tests.support.rgw import Gateway

TOKEN = "canary-" + "t" * 32
URL = "http://intake.hospital.example:8099/s3-events"
NOTIFICATION, LIFECYCLE = "notification", "lifecycle"
FIRST_EVENT_SECONDS = 40.0


def plan(**chosen: object) -> Plan:
    return Plan.model_validate(
        {"bucket": f"t-{uuid.uuid4().hex[:12]}", "events": Events.RGW, "receiver": URL, "token": SecretStr(TOKEN)}
        | chosen
    )


def states(wanted: Plan, options: StoreOptions, *, dry_run: bool = False) -> set[State]:
    return {step.state for step in provision(wanted, options, dry_run=dry_run)}


def upload(gateway: Gateway, bucket: str, key: str) -> None:
    open_store(f"s3://{bucket}", gateway.options).put(key, b"{}", content_type="application/json")


def wait_for_one(listener: Listener, seconds: float) -> None:
    end = monotonic() + seconds
    while not listener.heard:
        assert monotonic() < end, "nothing was told"
        sleep(0.05)


@pytest.mark.s3
def test_from_nothing_to_provisioned_and_a_second_time_nothing_changes(gateway: Gateway) -> None:
    wanted = plan(inbox_days=90)
    assert states(wanted, gateway.options, dry_run=True) == {State.WOULD_DO}
    assert not gateway.client.bucket_exists(wanted.bucket)
    assert states(wanted, gateway.options) == {State.DONE}
    assert states(wanted, gateway.options) == {State.UNCHANGED}
    assert states(wanted, gateway.options, dry_run=True) == {State.UNCHANGED}


@pytest.mark.s3
def test_versions_and_their_end_are_really_set(gateway: Gateway) -> None:
    wanted = plan(inbox_days=90, old_version_days=12, broken_upload_days=3)
    provision(wanted, gateway.options)
    assert gateway.client.get_bucket_versioning(wanted.bucket).status == "Enabled"
    rules = {rule.findtext("ID"): dict(facts(rule)) for rule in parsed(gateway.rules(wanted.bucket, LIFECYCLE))}
    assert rules["intake-old-versions"]["NoncurrentDays"] == "12"
    assert rules["intake-broken-uploads"]["DaysAfterInitiation"] == "3"
    assert (rules["intake-inbox"]["Days"], rules["intake-inbox"]["Prefix"]) == ("90", "inbox/")
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}


@pytest.mark.s3
def test_the_inbox_expires_only_for_as_long_as_that_is_asked_for(gateway: Gateway) -> None:
    wanted = plan(events=Events.NONE, inbox_days=90)
    provision(wanted, gateway.options)
    steps = provision(wanted.model_copy(update={"inbox_days": None}), gateway.options)
    assert [step.what for step in steps if step.state is State.DONE] == ["the rule intake-inbox is gone"]
    rules = parsed(gateway.rules(wanted.bucket, LIFECYCLE))
    assert {rule.findtext("ID") for rule in rules} == {"intake-old-versions", "intake-broken-uploads"}


@pytest.mark.s3
def test_a_manifest_that_arrives_is_told_with_the_token_and_nothing_else_is(gateway: Gateway) -> None:
    with listening() as listener:
        wanted = plan(receiver=f"{listener.url}s3-events", persistent=False)
        provision(wanted, gateway.options)
        for key in ("inbox/x/1.jpg", "elsewhere/x/submission.json", "inbox/x/submission.json"):
            upload(gateway, wanted.bucket, key)
        wait_for_one(listener, 10)
    assert [told(one.body.encode()) for one in listener.heard] == [(Told(wanted.bucket, "inbox/x/submission.json"),)]
    assert TOKEN in tokens_of(listener.heard[0].body.encode())
    assert listener.heard[0].path == "/s3-events"


@pytest.mark.s3
def test_an_event_waits_for_a_receiver_that_is_busy(gateway: Gateway) -> None:
    with listening() as listener:
        listener.answers += [503]
        wanted = plan(receiver=listener.url)
        provision(wanted, gateway.options)
        upload(gateway, wanted.bucket, "inbox/x/submission.json")
        end = monotonic() + FIRST_EVENT_SECONDS  # of a new topic the first event takes up to 30 seconds
        while len(listener.heard) < 2:
            assert monotonic() < end, "the event was lost"
            sleep(0.1)
    assert told(listener.heard[0].body.encode()) == told(listener.heard[1].body.encode())


@pytest.mark.s3
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"token": SecretStr("another-" + "u" * 32)}, id="another token"),
        pytest.param({"receiver": "http://other.example/s3-events"}, id="another receiver"),
        pytest.param({"persistent": False}, id="events that are not kept"),
    ],
)
def test_a_topic_that_is_to_be_otherwise_is_made_again_with_its_rule(
    gateway: Gateway, change: dict[str, object]
) -> None:
    first = plan()
    provision(first, gateway.options)
    second = first.model_copy(update=change)
    done = [step.what for step in provision(second, gateway.options) if step.state is State.DONE]
    assert done == ["the topic", "inbox/*/submission.json is told to the receiver"]
    assert states(second, gateway.options) == {State.UNCHANGED}


@pytest.mark.s3
def test_rules_of_other_people_stay(gateway: Gateway) -> None:
    wanted = plan()
    provision(wanted, gateway.options)
    bucket = wanted.bucket
    others = {
        NOTIFICATION: f"<TopicConfiguration><Id>theirs</Id><Topic>arn:aws:sns:default::intake-{bucket}</Topic>"
        "<Event>s3:ObjectCreated:*</Event><Filter><S3Metadata><FilterRule><Name>x-amz-meta-a</Name><Value>b</Value>"
        "</FilterRule></S3Metadata></Filter></TopicConfiguration>",
        LIFECYCLE: "<Rule><ID>theirs</ID><Filter><Prefix>x/</Prefix></Filter><Status>Disabled</Status><Expiration>"
        "<Days>5</Days></Expiration></Rule>",
    }
    tags = {NOTIFICATION: "Id", LIFECYCLE: "ID"}
    for kind, rule in others.items():
        held = parsed(gateway.rules(bucket, kind))
        both = merged(held, [parsed(rule.encode())], id_tag=tags[kind], ours={"theirs"})
        gateway.set_rules(bucket, kind, tostring(both))
    provision(wanted.model_copy(update={"old_version_days": 5, "receiver": "http://other.example/"}), gateway.options)
    for kind, rule in others.items():
        held = parsed(gateway.rules(bucket, kind))
        theirs = [facts(one) for one in held if one.findtext(tags[kind]) == "theirs"]
        assert theirs == [facts(parsed(rule.encode()))]
        assert len(held) > 1


@pytest.mark.s3
@pytest.mark.parametrize("events", [Events.RGW, Events.NONE])
def test_a_wrong_secret_key_is_our_error_and_is_not_repeated(gateway: Gateway, events: Events) -> None:
    options = gateway.options.model_copy(update={"secret_key": SecretStr("canary-wrong")})
    with pytest.raises(StoreError, match="INTAKE_STORE__SECRET_KEY") as caught:
        provision(plan(events=events), options)
    assert "canary" not in str(caught.value)


def test_a_server_that_is_not_there_is_our_error() -> None:
    options = StoreOptions(endpoint=f"127.0.0.1:{free_port()}", secure=False, retries=0)
    with pytest.raises(StoreDownError, match="did not answer"):
        provision(plan(), options)


EMPTY: dict[str, tuple[int, str]] = {
    "GET versioning": (200, "<VersioningConfiguration/>"),
    "GET lifecycle": (404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>"),
    "GET notification": (200, "<NotificationConfiguration/>"),
}
SAID = (
    '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><QueueConfiguration><Id>intake</Id>'
    "<Queue>{arn}</Queue><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name>"
    "<Value>inbox/</Value></FilterRule><FilterRule><Name>suffix</Name><Value>submission.json</Value></FilterRule>"
    "</S3Key></Filter></QueueConfiguration></NotificationConfiguration>"
)
SQS = "arn:aws:sqs:eu-central-1:123456789012:intake"
QUEUES = [
    pytest.param(Events.MINIO, "arn:minio:sqs::INTAKE:webhook", {"old-versions"}, id="MinIO and Silo"),
    pytest.param(Events.RUSTFS, "arn:rustfs:sqs:us-east-1:primary:webhook", {"old-versions"}, id="RustFS"),
    pytest.param(Events.AWS, SQS, {"old-versions", "broken-uploads"}, id="AWS"),
]


def recorded(recorder: Recorder) -> StoreOptions:
    keys = {"access_key": SecretStr("a"), "secret_key": SecretStr("s")}
    return StoreOptions(endpoint=recorder.endpoint, secure=False, retries=0, **keys)


@pytest.mark.parametrize(("events", "arn", "rules"), QUEUES)
def test_what_is_sent_to_servers_with_queues(events: Events, arn: str, rules: set[str]) -> None:
    with recording_s3(EMPTY) as recorder:
        provision(plan(events=events, queue=SQS), recorded(recorder))
        assert recorder.put("notification") == SAID.format(arn=arn)
        ends = parsed(recorder.put("lifecycle").encode())
        assert {rule.findtext("ID") for rule in ends} == {f"intake-{name}" for name in rules}
        assert "<Status>Enabled</Status>" in recorder.put("versioning")
        assert TOKEN not in "".join(one.body for one in recorder.asked)


@pytest.mark.parametrize(("events", "arn", "rules"), QUEUES)
def test_queues_of_other_people_stay_and_ours_that_are_right_are_not_sent_again(
    events: Events, arn: str, rules: set[str]
) -> None:
    theirs = (
        "<CloudFunctionConfiguration><Id>theirs</Id><CloudFunction>arn:x</CloudFunction></CloudFunctionConfiguration>"
    )
    held = SAID.format(arn=arn).replace("<QueueConfiguration>", f"{theirs}<QueueConfiguration>")
    with recording_s3(EMPTY | {"GET notification": (200, held)}) as recorder:
        provision(plan(events=events, queue=SQS), recorded(recorder))
        assert "notification" not in [one.query for one in recorder.asked if one.method == "PUT"]
    other = held.replace("submission.json", "other.json")
    with recording_s3(EMPTY | {"GET notification": (200, other)}) as recorder:
        provision(plan(events=events, queue=SQS), recorded(recorder))
        assert theirs in recorder.put("notification")
        assert "other.json" not in recorder.put("notification")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("InvalidArgument", "environment names the receiver", id="a target that the server does not know"),
        pytest.param("NotImplemented", "choose other --events", id="a server without events"),
        pytest.param("AccessDenied", "INTAKE_STORE__ACCESS_KEY", id="keys that may not do it"),
    ],
)
def test_a_rule_that_is_refused_says_what_to_do(code: str, words: str) -> None:
    refused = {"PUT notification": (400, f"<Error><Code>{code}</Code></Error>")}
    with recording_s3(EMPTY | refused) as recorder, pytest.raises(StoreError, match=words):
        provision(plan(events=Events.MINIO), recorded(recorder))


def test_a_server_without_topics_is_told_as_one() -> None:
    with recording_s3(EMPTY | {"POST ": (405, "<html>")}) as recorder, pytest.raises(StoreError, match="HTTP 405"):
        provision(plan(), recorded(recorder))


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        pytest.param(
            Events.MINIO,
            {
                "MINIO_NOTIFY_WEBHOOK_ENABLE_INTAKE=on",
                f"MINIO_NOTIFY_WEBHOOK_ENDPOINT_INTAKE={URL}",
                "MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_INTAKE=<the receiver's token>",
            },
            id="MinIO and Silo",
        ),
        pytest.param(
            Events.RUSTFS,
            {
                "RUSTFS_NOTIFY_ENABLE=true",
                f"RUSTFS_NOTIFY_WEBHOOK_ENDPOINT_PRIMARY={URL}",
                "RUSTFS_OUTBOUND_ALLOW_ORIGINS=http://intake.hospital.example:8099",
            },
            id="RustFS",
        ),
        pytest.param(Events.RGW, set(), id="Ceph needs none"),
    ],
)
def test_the_lines_for_the_servers_environment_hold_no_token(events: Events, lines: set[str]) -> None:
    said = server_lines(plan(events=events))
    assert lines <= set(said)
    assert TOKEN not in "".join(said)


@pytest.mark.parametrize(
    ("prepare", "state"),
    [
        pytest.param(lambda folder: None, State.DONE, id="nothing there"),
        pytest.param(lambda folder: folder.mkdir(), State.UNCHANGED, id="there"),
    ],
)
def test_a_folder_is_made(tmp_path: Path, prepare: Callable[[Path], None], state: State) -> None:
    folder = tmp_path / "store"
    prepare(folder)
    assert provision_folder(folder).state is state
    assert folder.is_dir()


def test_a_folder_whose_place_is_taken_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match="clear the way"):
        provision_folder(tmp_path / "store" / "below")
