"""Administration of an S3 server: rules of a bucket as XML, topics of Ceph RGW, and checks of clock and bucket."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

import urllib3
from minio import Minio
from minio.credentials.credentials import Credentials
from minio.signer import sign_v4_sts
from urllib3.exceptions import HTTPError

from models.errors import StoreError
from pipeline.stores.options import StoreOptions
from pipeline.stores.s3_connection import BUSY, CONFLICT, connect, nonsense, translated_errors, transport_error

_NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"
_OK: Final = 200
_REFUSED_KEYS: Final = frozenset({"AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId"})
_NO_EVENTS: Final = frozenset({"NotImplemented", "MethodNotAllowed"})

Facts = tuple[tuple[str, str], ...]


class BucketCheck(NamedTuple):
    """Whether a bucket exists, and whether it keeps old versions."""

    there: bool
    versioned: bool


def seconds_ahead(options: StoreOptions) -> float:
    """How many seconds the server's clock is ahead of ours, to a second.

    The request is not signed, because a wrong clock makes signatures invalid.

    Raises:
        StoreDownError: The server did not answer.
        StoreError: The answer has no time.
    """
    try:
        with urllib3.PoolManager(timeout=_timeout(options), retries=False) as pool:
            before = time.time()
            answer = pool.request("GET", _url(options), redirect=False)
            ours = datetime.fromtimestamp((before + time.time()) / 2, tz=UTC)
    except HTTPError as error:
        raise transport_error(error) from error
    try:
        return (parsedate_to_datetime(answer.headers["Date"]) - ours).total_seconds()
    except (KeyError, ValueError, TypeError):
        raise nonsense("the time") from None


@contextmanager
def administered(bucket: str, options: StoreOptions) -> Iterator[Minio]:
    """A client for a bucket and its rules, where a conflict means that the bucket is there; errors give advice.

    Raises:
        StoreError: The server refused something.
        StoreDownError: The server did not answer.
    """
    client = connect(options, options.endpoint, busy=BUSY - {CONFLICT})
    with translated_errors(partial(_explained, bucket), f"the bucket {bucket}"):
        yield client


def check_bucket(bucket: str, options: StoreOptions) -> BucketCheck:
    """Check that a bucket exists and keeps old versions.

    Raises:
        StoreError: The server refused to answer.
        StoreDownError: The server did not answer.
    """
    with administered(bucket, options) as client:
        there = client.bucket_exists(bucket_name=bucket)
        return BucketCheck(there, there and client.get_bucket_versioning(bucket_name=bucket).status == "Enabled")


def parsed(body: bytes) -> Element:
    """Parse a server's answer and drop XML namespaces, which differ between servers.

    Raises:
        StoreError: The answer is not XML.
    """
    try:
        root = fromstring(body.decode())  # noqa: S314 - of the operator's own store; expat limits what entities can do
    except (ParseError, UnicodeDecodeError) as error:
        raise nonsense("a rule") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def facts(rule: Element) -> Facts:
    """The non-empty leaves of a rule as sorted (tag, text): servers return rules in another order and nesting."""
    leaves = ((leaf.tag, (leaf.text or "").strip()) for leaf in rule.iter() if not len(leaf))
    return tuple(sorted(pair for pair in leaves if pair[1]))


def merged(current: Element, wanted: Iterable[Element], *, id_tag: str, ours: Set[str]) -> Element:
    """Replace the rules with our ids by those wanted; rules of others stay unchanged."""
    whole = Element(current.tag, xmlns=_NAMESPACE)
    whole.extend(rule for rule in current if rule.findtext(id_tag) not in ours)
    whole.extend(wanted)
    return whole


def topic_matches(options: StoreOptions, name: str, wanted: Mapping[str, str]) -> tuple[str, bool]:
    """The ARN of a Ceph RGW topic ("" if it does not exist), and whether its attributes are those wanted.

    Raises:
        StoreError: The server refused to answer, or is no Ceph RGW.
    """
    answer = _sns_request(options, {"Action": "ListTopics", "Version": "2010-03-31"})
    for topic in answer.iter():
        if topic.findtext("Name") == name:
            found = {
                "push-endpoint": topic.findtext("EndPoint/EndpointAddress") or "",
                "persistent": (topic.findtext("EndPoint/Persistent") or "").lower(),
                "OpaqueData": topic.findtext("OpaqueData") or "",
            }
            return topic.findtext("TopicArn") or "", found == wanted
    return "", False


def make_topic(options: StoreOptions, name: str, wanted: Mapping[str, str]) -> str:
    """Create a Ceph RGW topic or replace its attributes, and return its ARN.

    Raises:
        StoreError: The server refused it.
    """
    fields = {"Action": "CreateTopic", "Name": name, "Version": "2010-03-31"}
    for number, (key, value) in enumerate(wanted.items(), start=1):
        fields |= {f"Attributes.entry.{number}.key": key, f"Attributes.entry.{number}.value": value}
    return next(_sns_request(options, fields).iter("TopicArn"), Element("")).text or ""


def _sns_request(options: StoreOptions, fields: Mapping[str, str]) -> Element:
    """Send a signed SNS request, which the minio SDK has no call for."""
    body, now = urlencode(fields), datetime.now(UTC)
    digest = hashlib.sha256(body.encode()).hexdigest()
    headers = sign_v4_sts(
        method="POST",
        url=urlsplit(_url(options)),
        region=options.region,
        headers={
            "Host": options.endpoint,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Amz-Date": now.strftime("%Y%m%dT%H%M%SZ"),
            "x-amz-content-sha256": digest,
        },
        credentials=Credentials(options.access_key.get_secret_value(), options.secret_key.get_secret_value()),
        content_sha256=digest,
        date=now,
    )
    texts = {name: str(value) for name, value in headers.items()}
    try:
        with urllib3.PoolManager(timeout=_timeout(options), retries=False) as pool:
            answer = pool.request("POST", _url(options), body=body, headers=texts, redirect=False)
    except HTTPError as error:
        raise transport_error(error) from error
    if answer.status != _OK:
        raise StoreError(
            f"The object store makes no topics (HTTP {answer.status})",
            hint="check that it is Ceph RGW, that its rgw_enable_apis has notifications, and that the keys may use "
            "them; else choose other --events.",
        )
    return parsed(answer.data)


def _url(options: StoreOptions) -> str:
    return f"{'https' if options.secure else 'http'}://{options.endpoint}/"


def _timeout(options: StoreOptions) -> urllib3.Timeout:
    return urllib3.Timeout(connect=3, read=options.timeout)


def _explained(bucket: str, code: str) -> StoreError:
    if code in _REFUSED_KEYS:
        return StoreError(
            f"The object store refused our keys for the bucket {bucket} ({code})",
            hint="check INTAKE_STORE__ACCESS_KEY, INTAKE_STORE__SECRET_KEY, and what they may do.",
        )
    if code in _NO_EVENTS:
        return StoreError(
            f"The object store does not offer what was asked for ({code})", hint="choose other --events, or none."
        )
    return StoreError(
        f"The object store refused a rule for the bucket {bucket} ({code})",
        hint="check that its environment names the receiver and that it was started again since, and that no other "
        "rule is for the same objects.",
    )
