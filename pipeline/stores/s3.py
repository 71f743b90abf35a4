"""An S3 server behind the store protocol, through the minio SDK."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO

import urllib3
from minio import Minio
from minio.datatypes import Object
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError

from models.errors import FileRejectedError, ObjectMissingError, StoreDownError, StoreError
from models.findings import Reason
from pipeline.stores.base import ObjectInfo, checked_key, checked_prefix, masked_key
from pipeline.stores.options import StoreOptions

_PART_SIZE = 64 * 1024 * 1024  # above every file that is accepted: a single PUT is atomic, and its etag a digest
_CHUNK = 64 * 1024
_MISSING = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchObject"})
_PASSING = frozenset(
    {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "XMinioServerNotInitialized"}
)


class S3Store:
    """Objects in one bucket. Safe to share between threads; after a fork the child process builds its own client."""

    def __init__(self, bucket: str, options: StoreOptions) -> None:
        self._bucket = bucket
        self._options = options
        self._clients: dict[int, Minio] = {}
        self._signer = connect(options, options.public_endpoint or options.endpoint)

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        """Upload in one request with the SHA-256 in the metadata; a HEAD request then gives the object's info."""
        checked_key(key)
        with _object_errors(key):
            written = self._client.put_object(
                bucket_name=self._bucket,
                object_name=key,
                data=BytesIO(data),
                length=len(data),
                content_type=content_type,
                metadata={"sha256": hashlib.sha256(data).hexdigest()},
                part_size=_PART_SIZE,
            )
            return self._stat(key, version=written.version_id)

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Stream an object, and stop once it exceeds the limit."""
        checked_key(key)
        with _object_errors(key):
            response = self._client.get_object(bucket_name=self._bucket, object_name=key)
            try:
                return _limited(response, limit)
            finally:
                response.close()  # an unread rest must not go back into the pool
                response.release_conn()

    def peek(self, key: str, /, *, size: int) -> bytes:
        """Request the first bytes only; for an empty object the server calls the range invalid."""
        checked_key(key)
        with _object_errors(key):
            try:
                response = self._client.get_object(bucket_name=self._bucket, object_name=key, offset=0, length=size)
            except S3Error as error:
                if error.code == "InvalidRange":
                    return b""
                raise
            with response:
                return response.read(size)

    def stat(self, key: str, /) -> ObjectInfo:
        """Send a HEAD request; a missing bucket is never reported as a missing object."""
        checked_key(key)
        try:
            with _object_errors(key):
                return self._stat(key)
        except ObjectMissingError:
            self._confirm_bucket(key)
            raise

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """List page by page; a bucket with versions gives the newest version of each object."""
        checked_prefix(prefix)
        with _object_errors(prefix):
            versioned = self._is_versioned()
            for item in self._client.list_objects(
                bucket_name=self._bucket, prefix=prefix, recursive=True, include_version=versioned
            ):
                if not item.is_delete_marker and (not versioned or item.is_latest == "true"):
                    yield _info(item)

    def delete(self, key: str, /) -> None:
        """Remove an object; in a bucket with versions this only hides the newest version."""
        checked_key(key)
        with _object_errors(key):
            self._client.remove_object(bucket_name=self._bucket, object_name=key)

    def erase(self, key: str, /) -> None:
        """Remove every version and every delete marker; in a bucket without versions the object."""
        checked_key(key)
        with _object_errors(key):
            if not self._is_versioned():
                self._client.remove_object(bucket_name=self._bucket, object_name=key)
                return
            listed = self._client.list_objects(
                bucket_name=self._bucket, prefix=key, recursive=True, include_version=True
            )
            for item in [item for item in listed if item.object_name == key]:
                self._client.remove_object(bucket_name=self._bucket, object_name=key, version_id=item.version_id)

    def url_for(self, key: str, /, *, seconds: int) -> str:
        """Sign a link without a request to the server."""
        return self._signer.presigned_get_object(
            bucket_name=self._bucket, object_name=checked_key(key), expires=timedelta(seconds=seconds)
        )

    @property
    def _client(self) -> Minio:
        """The client of this process: sockets shared across a fork would mix up answers."""
        return self._clients.get(os.getpid()) or self._clients.setdefault(
            os.getpid(), connect(self._options, self._options.endpoint)
        )

    def _is_versioned(self) -> bool:
        return bool(self._client.get_bucket_versioning(bucket_name=self._bucket).status != "Off")

    def _stat(self, key: str, *, version: str | None = None) -> ObjectInfo:
        return _info(self._client.stat_object(bucket_name=self._bucket, object_name=key, version_id=version))

    def _confirm_bucket(self, key: str) -> None:
        with _object_errors(key):
            if not self._client.bucket_exists(bucket_name=self._bucket):
                raise StoreError(f"There is no bucket {self._bucket!r}", hint="create it, or name the right one.")


def connect(options: StoreOptions, endpoint: str) -> Minio:
    """Build a client with our timeouts and retries; it sends nothing yet.

    Raises:
        StoreError: The endpoint is not HOST:PORT.
    """
    retry = urllib3.Retry(total=options.retries, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))
    timeout = urllib3.Timeout(connect=3, read=options.timeout)
    try:
        return Minio(
            endpoint=endpoint,
            access_key=options.access_key.get_secret_value(),
            secret_key=options.secret_key.get_secret_value(),
            secure=options.secure,
            region=options.region,
            http_client=urllib3.PoolManager(maxsize=16, timeout=timeout, retries=retry),
        )
    except ValueError as error:
        raise StoreError("The object store's endpoint must be HOST:PORT, without a scheme or a path.") from error


def _limited(response: urllib3.BaseHTTPResponse, limit: int | None) -> bytes:
    announced = int(response.headers.get("content-length", 0))
    chunks, size = [], 0
    for chunk in response.stream(_CHUNK) if limit is None or announced <= limit else ():
        chunks.append(chunk)
        size += len(chunk)
        if limit is not None and size > limit:
            break
    if limit is not None and max(size, announced) > limit:
        raise FileRejectedError(Reason.TOO_LARGE)
    return b"".join(chunks)


def _info(item: Object) -> ObjectInfo:
    """The same values from a listing and from HEAD: only one of them has fractions of a second."""
    version = None if item.version_id in {None, "", "null"} else item.version_id
    return ObjectInfo(
        key=item.object_name or "",
        size=item.size or 0,
        etag=(item.etag or "").strip('"'),
        version=version,
        modified=(item.last_modified or datetime.fromtimestamp(0, tz=UTC)).astimezone(UTC).replace(microsecond=0),
    )


@contextmanager
def translated_errors(explain: Callable[[str], StoreError], refused: StoreError) -> Iterator[None]:
    """Translate errors of the SDK and of HTTP into ours.

    Args:
        explain: Makes the error for a code of S3.
        refused: The error for any other refusal.
    """
    try:
        yield
    except S3Error as error:
        raise explain(error.code or "unknown") from error
    except (HTTPError, ServerError, InvalidResponseError) as error:
        raise no_answer() from error
    except (MinioException, ValueError) as error:
        raise refused from error


def no_answer() -> StoreDownError:
    """The error for a server that does not answer."""
    return StoreDownError("The object store did not answer", hint="check that it runs and can be reached.")


def _object_errors(key: str) -> AbstractContextManager[None]:
    refused = StoreError(f"The object store refused {masked_key(key)}", hint="check the store's settings.")
    return translated_errors(partial(_explained, key), refused)


def _explained(key: str, code: str) -> StoreError:
    if code in _MISSING:
        return ObjectMissingError(f"There is no {masked_key(key)}.")
    if code in _PASSING:
        return StoreDownError(f"The object store is busy ({code})", hint="trying again helps.")
    return StoreError(f"The object store refused {masked_key(key)} ({code})", hint="check its keys, bucket and policy.")
