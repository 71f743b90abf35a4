"""What the service needs at an object store, made at a real Ceph RGW."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from xml.etree.ElementTree import tostring

import pytest
from pydantic import SecretStr

from models.errors import StoreDownError, StoreError
from pipeline.events.notification import CreatedObject, created_objects, tokens_of
from pipeline.stores.opening import open_store
from pipeline.stores.options import StoreOptions
from pipeline.stores.provision import provision, provision_folder
from pipeline.stores.provisioning import Events, Plan, StepState
from pipeline.stores.s3_admin import facts, merged, parsed
from tests.support.listener import Listener, listening
from tests.support.plans import TOKEN, plan
from tests.support.processes import free_port
from tests.support.rgw import Gateway

NOTIFICATION, LIFECYCLE = "notification", "lifecycle"
FIRST_EVENT_SECONDS = 40.0


def states(wanted: Plan, options: StoreOptions, *, dry_run: bool = False) -> set[StepState]:
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
    assert states(wanted, gateway.options, dry_run=True) == {StepState.WOULD_DO}
    assert not gateway.client.bucket_exists(wanted.bucket)
    assert states(wanted, gateway.options) == {StepState.DONE}
    assert states(wanted, gateway.options) == {StepState.UNCHANGED}
    assert states(wanted, gateway.options, dry_run=True) == {StepState.UNCHANGED}


@pytest.mark.s3
def test_versions_and_their_end_are_really_set(gateway: Gateway) -> None:
    wanted = plan(inbox_days=90, old_version_days=12, broken_upload_days=3)
    provision(wanted, gateway.options)
    assert gateway.client.get_bucket_versioning(wanted.bucket).status == "Enabled"
    rules = {rule.findtext("ID"): dict(facts(rule)) for rule in parsed(gateway.rules(wanted.bucket, LIFECYCLE))}
    upkeep = rules["intake-upkeep"]
    assert (upkeep["NoncurrentDays"], upkeep["DaysAfterInitiation"]) == ("12", "3")
    assert (rules["intake-inbox"]["Days"], rules["intake-inbox"]["Prefix"]) == ("90", "inbox/")
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}


@pytest.mark.s3
def test_the_inbox_expires_only_for_as_long_as_that_is_asked_for(gateway: Gateway) -> None:
    wanted = plan(events=Events.NONE, inbox_days=90)
    provision(wanted, gateway.options)
    steps = provision(wanted.model_copy(update={"inbox_days": None}), gateway.options)
    assert [step.what for step in steps if step.state is StepState.DONE] == ["the rule intake-inbox is gone"]
    rules = parsed(gateway.rules(wanted.bucket, LIFECYCLE))
    assert {rule.findtext("ID") for rule in rules} == {"intake-upkeep"}


@pytest.mark.s3
def test_a_manifest_that_arrives_is_told_with_the_token_and_nothing_else_is(gateway: Gateway) -> None:
    with listening() as listener:
        wanted = plan(receiver=f"{listener.url}s3-events", persistent=False)
        provision(wanted, gateway.options)
        for key in ("inbox/x/1.jpg", "elsewhere/x/submission.json", "inbox/x/submission.json"):
            upload(gateway, wanted.bucket, key)
        wait_for_one(listener, 10)
    assert [created_objects(one.body.encode()) for one in listener.heard] == [
        (CreatedObject(wanted.bucket, "inbox/x/submission.json"),)
    ]
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
    assert created_objects(listener.heard[0].body.encode()) == created_objects(listener.heard[1].body.encode())


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
    done = [step.what for step in provision(second, gateway.options) if step.state is StepState.DONE]
    assert done == ["the topic", "notifications of inbox/*/submission.json go to the receiver"]
    assert states(second, gateway.options) == {StepState.UNCHANGED}


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


@pytest.mark.parametrize(
    ("prepare", "state"),
    [
        pytest.param(lambda folder: None, StepState.DONE, id="nothing there"),
        pytest.param(lambda folder: folder.mkdir(), StepState.UNCHANGED, id="there"),
    ],
)
def test_a_folder_is_made(tmp_path: Path, prepare: Callable[[Path], None], state: StepState) -> None:
    folder = tmp_path / "store"
    prepare(folder)
    assert provision_folder(folder).state is state
    assert folder.is_dir()


def test_a_folder_whose_place_is_taken_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match="clear the way"):
        provision_folder(tmp_path / "store" / "below")
