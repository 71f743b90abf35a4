"""Topics of Ceph RGW, by the requests of SNS, which the minio SDK does not know; and errors that speak of a bucket."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element

import urllib3
from minio.credentials.credentials import Credentials
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from minio.signer import sign_v4_sts
from urllib3.exceptions import HTTPError

from models.errors import StoreDownError, StoreError
from pipeline.stores.bucket_rules import parsed
from pipeline.stores.options import StoreOptions

_OK: Final = 200
_REFUSED_KEYS: Final = frozenset({"AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId"})
_NO_EVENTS: Final = frozenset({"NotImplemented", "MethodNotAllowed"})


def topic_matches(options: StoreOptions, name: str, wanted: Mapping[str, str]) -> tuple[str, bool]:
    """The ARN of a topic, "" where there is none, and whether it is as wanted.

    Raises:
        StoreError: The server refused to say; it does not answer, or is no Ceph RGW.
    """
    answer = _asked(options, {"Action": "ListTopics", "Version": "2010-03-31"})
    for topic in answer.iter():
        if topic.findtext("Name") == name:
            told = (
                topic.findtext(path) or "" for path in ("EndPoint/EndpointAddress", "EndPoint/Persistent", "OpaqueData")
            )
            address, persistent, token = told
            found = {"push-endpoint": address, "persistent": persistent.lower(), "OpaqueData": token}
            return topic.findtext("TopicArn") or "", found == wanted
    return "", False


def make_topic(options: StoreOptions, name: str, wanted: Mapping[str, str]) -> str:
    """Make a topic or exchange what it says; hands on its ARN.

    Raises:
        StoreError: The server refused it.
    """
    asked = {"Action": "CreateTopic", "Name": name, "Version": "2010-03-31"}
    for number, (key, value) in enumerate(wanted.items(), start=1):
        asked |= {f"Attributes.entry.{number}.key": key, f"Attributes.entry.{number}.value": value}
    return next(_asked(options, asked).iter("TopicArn"), Element("")).text or ""


def _asked(options: StoreOptions, pairs: Mapping[str, str]) -> Element:
    url = f"{'https' if options.secure else 'http'}://{options.endpoint}/"
    body, now = urlencode(pairs), datetime.now(UTC)
    digest = hashlib.sha256(body.encode()).hexdigest()
    headers = sign_v4_sts(
        method="POST",
        url=urlsplit(url),
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
    timeout = urllib3.Timeout(connect=3, read=options.timeout)
    with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
        answer = pool.request("POST", url, body=body, headers={name: str(value) for name, value in headers.items()})
    if answer.status != _OK:
        raise StoreError(
            f"The object store makes no topics (HTTP {answer.status})",
            hint="check that it is Ceph RGW, that its "
            "rgw_enable_apis has notifications, and that the keys may use them; else choose other --events.",
        )
    return parsed(answer.data)


@contextmanager
def bucket_errors(bucket: str) -> Iterator[None]:
    """Turn foreign errors into ours, with what to do."""
    try:
        yield
    except S3Error as error:
        raise StoreError(_named(bucket, error.code or "unknown")) from error
    except (HTTPError, ServerError, InvalidResponseError) as error:
        raise StoreDownError(
            "The object store did not answer", hint="check that it runs and can be reached."
        ) from error
    except (MinioException, ValueError) as error:
        raise StoreError(
            f"The bucket {bucket} could not be set up", hint="check its name and the store's settings."
        ) from error


def _named(bucket: str, code: str) -> str:
    if code in _REFUSED_KEYS:
        return (
            f"The object store refused our keys for the bucket {bucket} ({code}): check INTAKE_STORE__ACCESS_KEY, "
            "INTAKE_STORE__SECRET_KEY, and what they may do."
        )
    if code in _NO_EVENTS:
        return f"The object store does not offer what was asked for ({code}): choose other --events, or none."
    return (
        f"The object store refused a rule for the bucket {bucket} ({code}): check that its environment names the "
        "receiver and that it was started again since, and that no other rule is for the same objects."
    )
