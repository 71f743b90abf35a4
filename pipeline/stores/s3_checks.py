"""A look at an S3 server: its clock, and whether a bucket keeps versions."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import urllib3
from urllib3.exceptions import HTTPError

from models.errors import StoreDownError, StoreError
from pipeline.stores.options import StoreOptions
from pipeline.stores.s3 import connect
from pipeline.stores.topics import bucket_errors


class BucketCheck(NamedTuple):
    """What was seen."""

    there: bool
    versioned: bool


def seconds_ahead(options: StoreOptions) -> float:
    """By how much the server's clock is ahead of ours, to a second; without keys, since a wrong clock spoils them.

    Raises:
        StoreDownError: The server did not answer.
        StoreError: It does not tell the time.
    """
    url = f"{'https' if options.secure else 'http'}://{options.endpoint}/"
    try:
        with urllib3.PoolManager(timeout=urllib3.Timeout(connect=3, read=options.timeout), retries=False) as pool:
            before = time.time()
            answer = pool.request("GET", url, redirect=False)
            ours = datetime.fromtimestamp((before + time.time()) / 2, tz=UTC)
    except HTTPError as error:
        raise StoreDownError(
            "The object store did not answer", hint="check that it runs and can be reached."
        ) from error
    try:
        return (parsedate_to_datetime(answer.headers["Date"]) - ours).total_seconds()
    except (KeyError, ValueError, TypeError):
        raise StoreError(
            "The object store does not tell the time", hint="check that its endpoint is an S3 server."
        ) from None


def check_bucket(bucket: str, options: StoreOptions) -> BucketCheck:
    """Whether a bucket is there, and keeps old versions.

    Raises:
        StoreError: The server refused to say.
        StoreDownError: It did not answer.
    """
    client = connect(options, options.endpoint)
    with bucket_errors(bucket):
        there = client.bucket_exists(bucket_name=bucket)
        return BucketCheck(there, there and client.get_bucket_versioning(bucket_name=bucket).status == "Enabled")
