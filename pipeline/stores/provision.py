"""Provision an S3 server as planned; the only place that knows how servers differ.

Other rules of the bucket stay unchanged: the rules are read as XML, ours are replaced by their ids, and all others are
sent back as they came, which the SDK's own values do not guarantee.

Source:
    docs/reference/object-stores.md, Provisioning: recorded from Ceph RGW; the names of the others from their
    documentation; what MinIO takes for a rule from its internal/bucket/lifecycle/rule.go.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from minio import Minio
from minio.commonconfig import ENABLED
from minio.error import S3Error
from minio.helpers import md5sum_hash
from minio.versioningconfig import VersioningConfig

from models.errors import StoreError
from models.submission import INBOX, MANIFEST_NAME
from pipeline.stores.folder import make_private_folder
from pipeline.stores.options import StoreOptions
from pipeline.stores.provisioning import Events, Plan, Step, StepState
from pipeline.stores.s3_admin import (
    Facts,
    administered,
    facts,
    make_topic,
    merged,
    parsed,
    topic_matches,
)

_RULE: Final = "intake"
_QUEUES: Final[Mapping[Events, str]] = MappingProxyType(
    {Events.MINIO: "arn:minio:sqs::INTAKE:webhook", Events.RUSTFS: "arn:rustfs:sqs:us-east-1:primary:webhook"}
)
_UPKEEP, _INBOX = "intake-upkeep", "intake-inbox"
_IGNORED: Final = "DaysAfterInitiation"  # by MinIO and its forks, which clear incomplete uploads by themselves


class _Site(NamedTuple):
    """The server and the plan, and whether this is a dry run."""

    client: Minio
    plan: Plan
    options: StoreOptions
    there: bool
    dry_run: bool

    def step(self, what: str, do: Callable[[], object], *, right: bool) -> Step:
        """Do the step unless it is right already, or this is a dry run."""
        if not right and not self.dry_run:
            do()
        return self.outcome(what, right=right)

    def outcome(self, what: str, *, right: bool) -> Step:
        """The outcome of a step that was right before, or was done, or would be done."""
        if right:
            return Step(what, StepState.UNCHANGED)
        return Step(what, StepState.WOULD_DO if self.dry_run else StepState.DONE)

    def rules(self, kind: str, root: str) -> Element:
        """The bucket's rules of a kind (`lifecycle`, `notification`); none if the bucket does not exist yet."""
        if self.dry_run and not self.there:
            return Element(root)
        try:
            # Not by the SDK's own values: see the module's docstring.
            answer = self.client._execute("GET", self.plan.bucket, query_params={kind: ""})
        except S3Error as error:
            if error.code == "NoSuchLifecycleConfiguration":
                return Element(root)
            raise
        return parsed(answer.data)

    def set_rules(self, kind: str, rules: Element) -> None:
        """Replace the bucket's rules of a kind."""
        body = tostring(rules)
        self.client._execute(
            "PUT",
            self.plan.bucket,
            body=body,
            headers={"Content-MD5": md5sum_hash(body) or ""},
            query_params={kind: ""},
        )


def provision(plan: Plan, options: StoreOptions, *, dry_run: bool = False) -> tuple[Step, ...]:
    """Create what is missing and correct what differs from the plan; a second call changes nothing.

    Raises:
        StoreError: The server refused a step; the steps before it stay done.
        StoreDownError: The server did not answer.
    """
    with administered(plan.bucket, options) as client:
        there = client.bucket_exists(bucket_name=plan.bucket)
        site = _Site(client, plan, options, there, dry_run)
        made = site.step(f"the bucket {plan.bucket}", lambda: client.make_bucket(bucket_name=plan.bucket), right=there)
        return (made, _versioning(site), *_lifecycle(site), *_events(site))


def is_notified(bucket: str, options: StoreOptions) -> bool:
    """Whether a bucket has our rule of notifications.

    Raises:
        StoreError: The server refused to answer.
        StoreDownError: The server did not answer.
    """
    with administered(bucket, options) as client:
        answer = client._execute("GET", bucket, query_params={"notification": ""})
    return any(rule.findtext("Id") == _RULE for rule in parsed(answer.data))


def provision_folder(folder: Path, *, dry_run: bool = False) -> Step:
    """Create the folder of a folder store, which needs nothing else.

    Raises:
        StoreError: The folder cannot be created.
    """
    state = StepState.UNCHANGED if folder.is_dir() else StepState.WOULD_DO if dry_run else StepState.DONE
    try:
        if state is StepState.DONE:
            make_private_folder(folder)
    except OSError as error:
        raise StoreError(
            f"The store's folder cannot be made ({type(error).__name__})", hint="clear the way to it."
        ) from error
    return Step("the store's folder", state)


def _versioning(site: _Site) -> Step:
    bucket, client = site.plan.bucket, site.client
    unknown = site.dry_run and not site.there
    on = not unknown and client.get_bucket_versioning(bucket_name=bucket).status == ENABLED
    wanted = VersioningConfig(status=ENABLED)
    return site.step(
        "old versions are kept", lambda: client.set_bucket_versioning(bucket_name=bucket, config=wanted), right=on
    )


def _lifecycle(site: _Site) -> tuple[Step, ...]:
    current = site.rules("lifecycle", "LifecycleConfiguration")
    wanted = _lifecycle_rules(site.plan)
    ours = {rule.findtext("ID"): facts(rule) for rule in current if rule.findtext("ID") in {_UPKEEP, _INBOX}}
    rights = {id_: _agrees(ours.pop(id_, ()), facts(rule)) for id_, (_, rule) in wanted.items()}
    if not site.dry_run and (ours or not all(rights.values())):
        rules = [rule for _, rule in wanted.values()]
        site.set_rules("lifecycle", merged(current, rules, id_tag="ID", ours={_UPKEEP, _INBOX}))
    steps = [site.outcome(what, right=rights[id_]) for id_, (what, _) in wanted.items()]
    return (*steps, *(site.outcome(f"the rule {id_} is gone", right=False) for id_ in ours))


def _agrees(current: Facts, wanted: Facts) -> bool:
    return current in {wanted, tuple(fact for fact in wanted if fact[0] != _IGNORED)}


def _lifecycle_rules(plan: Plan) -> dict[str, tuple[str, Element]]:
    """By id: the rule in words, and as XML."""
    old, broken = str(plan.old_version_days), str(plan.broken_upload_days)
    # One rule for both: MinIO refuses a rule with the second action alone, and ignores it beside the first.
    upkeep = _rule(_UPKEEP, "", ("NoncurrentVersionExpiration", "NoncurrentDays", old))
    SubElement(SubElement(upkeep, "AbortIncompleteMultipartUpload"), _IGNORED).text = broken
    rules = {_UPKEEP: (f"old versions expire after {old} days, uploads that broke off after {broken}", upkeep)}
    if plan.inbox_days is not None:
        days = str(plan.inbox_days)
        inbox = _rule(_INBOX, INBOX, ("Expiration", "Days", days))
        rules[_INBOX] = (f"objects below {INBOX} expire after {days} days", inbox)
    return rules


def _rule(id_: str, prefix: str, action: tuple[str, str, str]) -> Element:
    rule, (kind, unit, days) = Element("Rule"), action
    SubElement(rule, "ID").text = id_
    SubElement(SubElement(rule, "Filter"), "Prefix").text = prefix
    SubElement(rule, "Status").text = ENABLED
    SubElement(SubElement(rule, kind), unit).text = days
    return rule


def _events(site: _Site) -> Sequence[Step]:
    match site.plan.events:
        case Events.NONE:
            return ()
        case Events.RGW:
            return _topic_and_rule(site)
        case Events.AWS | Events.MINIO | Events.RUSTFS:
            return (_notification(site, "Queue", site.plan.queue or _QUEUES[site.plan.events]),)


def _topic_and_rule(site: _Site) -> Sequence[Step]:
    name, plan = f"intake-{site.plan.bucket}", site.plan
    wanted = {
        "push-endpoint": plan.receiver,
        "persistent": str(plan.persistent).lower(),
        "OpaqueData": plan.token.get_secret_value(),
    }
    arn, right = topic_matches(site.options, name, wanted)
    made: list[str] = [arn]
    topic = site.step("the topic", lambda: made.append(make_topic(site.options, name, wanted)), right=right)
    # A rule holds a copy of its topic, so a topic that changed needs its rule set again.
    return (topic, _notification(site, "Topic", made[-1], again=not right))


def _notification(site: _Site, kind: str, arn: str, *, again: bool = False) -> Step:
    current = site.rules("notification", "NotificationConfiguration")
    wanted = Element(f"{kind}Configuration")
    for tag, text in (("Id", _RULE), (kind, arn), ("Event", "s3:ObjectCreated:*")):
        SubElement(wanted, tag).text = text
    within = SubElement(SubElement(wanted, "Filter"), "S3Key")
    for name, value in (("prefix", INBOX), ("suffix", MANIFEST_NAME)):
        rule = SubElement(within, "FilterRule")
        SubElement(rule, "Name").text, SubElement(rule, "Value").text = name, value
    ours = [facts(rule) for rule in current if rule.findtext("Id") == _RULE]
    everything = merged(current, [wanted], id_tag="Id", ours={_RULE})
    right = ours == [facts(wanted)] and not again
    what = f"notifications of {INBOX}*/{MANIFEST_NAME} go to the receiver"
    return site.step(what, lambda: site.set_rules("notification", everything), right=right)
