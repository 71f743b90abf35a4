"""An S3 server behind the store protocol, through the minio SDK."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import UTC
from functools import partial
from io import BytesIO
from typing import TypeVar

import urllib3
from minio import Minio
from minio.datatypes import Object
from minio.error import S3Error
from minio.helpers import check_bucket_name

from models.errors import FileRejectedError, ObjectMissingError, StoreDownError, StoreError
from models.findings import Reason
from pipeline.stores.base import ObjectInfo, checked_key, checked_prefix, masked_key
from pipeline.stores.options import StoreOptions
from pipeline.stores.s3_connection import connect, nonsense, translated_errors

T = TypeVar("T")
_PART_SIZE = 64 * 1024 * 1024  # above every file that is accepted: a single PUT is atomic, and its etag a digest
_CHUNK = 64 * 1024
_DIGEST = "x-amz-meta-sha256"
_MISSING = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchObject"})
_ALL = 200  # HTTP status of a whole object


class S3Store:
    """Objects in one bucket. Safe to share between threads; after a fork the child process builds its own client.

    What reads an object (`get`, `peek`, `stat`) asks a second time before it says that there is none: Ceph RGW calls an
    object missing for a moment while another version of it is written. Once more is enough, and costs a request only
    where there is none; all other tries belong to the connection (`StoreOptions.retries`) and to the flows.
    """

    def __init__(self, bucket: str, options: StoreOptions) -> None:
        """Use a bucket; nothing is sent.

        Raises:
            StoreError: The bucket's name is none, or the endpoint is not HOST:PORT.
        """
        try:
            check_bucket_name(bucket)
        except ValueError:
            raise StoreError("INTAKE_STORE_URL names no bucket", hint="it must be s3://BUCKET.") from None
        self._bucket = bucket
        self._options = options
        self._clients = {os.getpid(): connect(options, options.endpoint)}

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
            info = self._stat(key, version=written.version_id)
            if info.size != len(data):
                raise nonsense(masked_key(key))
            return info

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Stream an object, and stop once it exceeds the limit."""

        def get() -> bytes:
            response = self._client.get_object(bucket_name=self._bucket, object_name=key)
            try:
                return _whole(response, key, limit)
            finally:
                response.close()  # an unread rest must not go back into the pool
                response.release_conn()

        return _read(key, get)

    def peek(self, key: str, /, *, size: int) -> bytes:
        """Request the first bytes only; for an empty object the server calls the range invalid."""

        def peek() -> bytes:
            try:
                response = self._client.get_object(bucket_name=self._bucket, object_name=key, offset=0, length=size)
            except S3Error as error:
                if error.code == "InvalidRange":
                    return b""
                raise
            with response:
                _refuse_foreign(response, key)
                return response.read(size)

        return _read(key, peek)

    def stat(self, key: str, /) -> ObjectInfo:
        """Send a HEAD request, whose refusals have no code; a missing bucket is never reported as a missing object."""
        try:
            return _read(key, lambda: self._stat(key))
        except ObjectMissingError:
            self._confirm_bucket(key)
            raise
        except StoreDownError:
            raise
        except StoreError:
            with _object_errors(key):
                self._is_versioned()  # a GET request: its refusal says why
            raise

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """List page by page; a bucket with versions gives the newest version of each object.

        Raises:
            StoreError: The listing goes round in circles, or has other objects than were asked for.
        """
        checked_prefix(prefix)
        last = ""
        with _object_errors(prefix):
            versioned = self._is_versioned()
            for item in self._client.list_objects(
                bucket_name=self._bucket, prefix=prefix, recursive=True, include_version=versioned
            ):
                if not item.is_delete_marker and (not versioned or item.is_latest == "true"):
                    info = _info(item)
                    if info.key <= last or not info.key.startswith(prefix):
                        raise nonsense("a listing")
                    last = info.key
                    yield info

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
                self._confirm_erased(key)
                return
            listed = self._client.list_objects(
                bucket_name=self._bucket, prefix=key, recursive=True, include_version=True
            )
            for item in [item for item in listed if item.object_name == key]:
                self._client.remove_object(bucket_name=self._bucket, object_name=key, version_id=item.version_id)
            self._confirm_erased(key)

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

    def _confirm_erased(self, key: str) -> None:
        """What took the request for its own may have deleted nothing."""
        try:
            self._client.stat_object(bucket_name=self._bucket, object_name=key)
        except S3Error as error:
            if error.code in _MISSING:
                return
            raise
        raise nonsense(masked_key(key))

    def _confirm_bucket(self, key: str) -> None:
        with _object_errors(key):
            if not self._client.bucket_exists(bucket_name=self._bucket):
                raise StoreError(f"There is no bucket {self._bucket!r}", hint="create it, or name the right one.")


def _read(key: str, ask: Callable[[], T]) -> T:
    """What a question about an object gives; a missing one is asked for a second time."""
    checked_key(key)
    with suppress(ObjectMissingError), _object_errors(key):
        return ask()
    with _object_errors(key):
        return ask()


def _whole(response: urllib3.BaseHTTPResponse, key: str, limit: int | None) -> bytes:
    """The bytes of an object, whose SHA-256 is checked if we uploaded it."""
    _refuse_foreign(response, key)
    announced = int(response.headers.get("content-length", 0))
    chunks, size = [], 0
    for chunk in response.stream(_CHUNK) if limit is None or announced <= limit else ():
        chunks.append(chunk)
        size += len(chunk)
        if limit is not None and size > limit:
            break
    if limit is not None and max(size, announced) > limit:
        raise FileRejectedError(Reason.TOO_LARGE)
    data = b"".join(chunks)
    if response.status != _ALL or response.headers.get(_DIGEST, digest := hashlib.sha256(data).hexdigest()) != digest:
        raise nonsense(masked_key(key))
    return data


def _refuse_foreign(response: urllib3.BaseHTTPResponse, key: str) -> None:
    """Every object of S3 comes with its ETag, and a page of HTML with S3's headers too; one of a portal does not."""
    headers = response.headers
    is_page = headers.get("content-type", "").startswith("text/html")
    if not headers.get("etag") or (is_page and not any(name.lower().startswith("x-amz-") for name in headers)):
        raise nonsense(masked_key(key))


def _info(item: Object) -> ObjectInfo:
    """The same values from a listing and from HEAD: only one of them has fractions of a second."""
    version = None if item.version_id in {None, "", "null"} else item.version_id
    if not item.etag or item.last_modified is None or item.size is None or item.size < 0:
        raise nonsense(masked_key(item.object_name or ""))
    return ObjectInfo(
        key=item.object_name or "",
        size=item.size,
        etag=item.etag.strip('"'),
        version=version,
        modified=item.last_modified.astimezone(UTC).replace(microsecond=0),
    )


def _object_errors(key: str) -> AbstractContextManager[None]:
    return translated_errors(partial(_explained, key), masked_key(key))


def _explained(key: str, code: str) -> StoreError:
    if code in _MISSING:
        return ObjectMissingError(f"There is no {masked_key(key)}.")
    return StoreError(f"The object store refused {masked_key(key)} ({code})", hint="check its keys, bucket and policy.")
