"""What would be sent to MinIO, Silo, RustFS and AWS, which cannot run here.

It is recorded and held against what their documentation asks for. No such server has seen it.
"""

import pytest
from pydantic import SecretStr

from models.errors import StoreError
from pipeline.stores.options import StoreOptions
from pipeline.stores.provision import provision
from pipeline.stores.provisioning import Events, server_lines
from pipeline.stores.s3_admin import parsed
from tests.support.plans import TOKEN, URL, plan
from tests.support.recording_s3 import Recorder, recording_s3

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
    pytest.param(Events.MINIO, "arn:minio:sqs::INTAKE:webhook", id="MinIO and Silo"),
    pytest.param(Events.RUSTFS, "arn:rustfs:sqs:us-east-1:primary:webhook", id="RustFS"),
    pytest.param(Events.AWS, SQS, id="AWS"),
]


def recorded(recorder: Recorder) -> StoreOptions:
    keys = {"access_key": SecretStr("a"), "secret_key": SecretStr("s")}
    return StoreOptions(endpoint=recorder.endpoint, secure=False, retries=0, **keys)


def queue(events: Events) -> str:
    return SQS if events is Events.AWS else ""


@pytest.mark.parametrize(("events", "arn"), QUEUES)
def test_what_is_sent_to_servers_with_queues(events: Events, arn: str) -> None:
    with recording_s3(EMPTY) as recorder:
        provision(plan(events=events, queue=queue(events)), recorded(recorder))
        assert recorder.put("notification") == SAID.format(arn=arn)
        ends = parsed(recorder.put("lifecycle").encode())
        assert [rule.findtext("ID") for rule in ends] == ["intake-upkeep"]
        assert "<Status>Enabled</Status>" in recorder.put("versioning")
        assert TOKEN not in "".join(one.body for one in recorder.asked)


@pytest.mark.parametrize(("events", "arn"), QUEUES)
def test_queues_of_other_people_stay_and_ours_that_are_right_are_not_sent_again(events: Events, arn: str) -> None:
    theirs = (
        "<CloudFunctionConfiguration><Id>theirs</Id><CloudFunction>arn:x</CloudFunction></CloudFunctionConfiguration>"
    )
    held = SAID.format(arn=arn).replace("<QueueConfiguration>", f"{theirs}<QueueConfiguration>")
    with recording_s3(EMPTY | {"GET notification": (200, held)}) as recorder:
        provision(plan(events=events, queue=queue(events)), recorded(recorder))
        assert "notification" not in [one.query for one in recorder.asked if one.method == "PUT"]
    other = held.replace("submission.json", "other.json")
    with recording_s3(EMPTY | {"GET notification": (200, other)}) as recorder:
        provision(plan(events=events, queue=queue(events)), recorded(recorder))
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


def test_a_target_whose_region_is_named_is_asked_for_by_its_own_name() -> None:
    arn = "arn:minio:sqs:cn-north-1:INTAKE:webhook"
    with recording_s3(EMPTY) as recorder:
        provision(plan(events=Events.MINIO, queue=arn), recorded(recorder))
        assert recorder.put("notification") == SAID.format(arn=arn)


@pytest.mark.parametrize("events", [Events.MINIO, Events.NONE])
def test_a_server_that_passes_over_part_of_a_rule_has_it_nevertheless(events: Events) -> None:
    with recording_s3(EMPTY) as recorder:
        provision(plan(events=events), recorded(recorder))
        sent = recorder.put("lifecycle")
    told = sent.replace("<DaysAfterInitiation>7</DaysAfterInitiation>", "")
    assert told != sent
    with recording_s3(EMPTY | {"GET lifecycle": (200, told)}) as recorder:
        provision(plan(events=events), recorded(recorder))
        assert "lifecycle" not in [one.query for one in recorder.asked if one.method == "PUT"]
