"""The way to an S3 server: timeouts, retries, and a name for whatever it answers.

Faults that pass (no answer, busy, full) are StoreDownError. Settings that are wrong, and answers that S3 does not
promise, are StoreError: a page of a proxy or portal must never become a file, a listing, or a deletion.

Source:
    Amazon S3 API, "Error responses"; RFC 9110, section 15.
"""

import re
import ssl
import threading
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from typing import Any, Final

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import DecodeError, HTTPError, MaxRetryError, NameResolutionError, SSLError

from models.errors import StoreDownError, StoreError
from pipeline.stores.options import StoreOptions

CONFLICT: Final = 409  # of an object: somebody else writes it; of a bucket: it is there
_RETRIED: Final = (408, 425, 429, 500, 502, 503, 504, 507, 509)
BUSY: Final = frozenset({408, CONFLICT, 425, 429, *range(500, 600)}) - {501, 505}
_FULL: Final = 507
_OK: Final = 200  # S3 answers a deletion 204
_REDIRECTS: Final = range(300, 400)
_LISTING: Final = re.compile(r"[?&](list-type=2|versions=)")
_BUSY_CODES: Final = frozenset(
    "SlowDown ServiceUnavailable InternalError RequestTimeout XMinioServerNotInitialized OperationAborted Throttling "
    "ConditionalRequestConflict TooManyRequests ThrottlingException RequestLimitExceeded ResourceConflict".split()
)
_FULL_CODES: Final = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity"})
_CLOCK_CODES: Final = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
_REGION_CODES: Final = frozenset(
    {"AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException", "InvalidRegion"}
)
_SDK_STUMBLES: Final = (MinioException, ValueError, TypeError, AttributeError, LookupError, SyntaxError)


def connect(options: StoreOptions, endpoint: str, *, busy: Set[int] = BUSY) -> Minio:
    """Build a client with our timeouts and retries; it sends nothing yet, and asks no proxy of the environment.

    Args:
        options: Keys, region, timeouts.
        endpoint: HOST:PORT.
        busy: HTTP statuses for which trying again helps.

    Raises:
        StoreError: The endpoint is not HOST:PORT.
    """
    retry = urllib3.Retry(
        total=options.retries,
        backoff_factor=0.2,
        status_forcelist=set(_RETRIED),
        raise_on_status=False,
        respect_retry_after_header=False,  # or a server could let us sleep for hours
    )
    timeout = urllib3.Timeout(connect=3, read=options.timeout)
    try:
        return Minio(
            endpoint=endpoint,
            access_key=options.access_key.get_secret_value(),
            secret_key=options.secret_key.get_secret_value(),
            secure=options.secure,
            region=options.region,
            http_client=_Pool(busy, maxsize=16, timeout=timeout, retries=retry),
        )
    except ValueError:
        raise StoreError("The object store's endpoint must be HOST:PORT, without a scheme or a path.") from None


class _Pool(urllib3.PoolManager):
    """Connections that follow no redirect, which would carry a child's pages elsewhere, and name busy servers."""

    def __init__(self, busy: Set[int], **named: Any) -> None:
        super().__init__(**named)
        self._busy = busy
        self._before = threading.local()  # the listing that was asked for last, in each thread

    def urlopen(  # type: ignore[override] # urllib3's base class names arguments that its own classes hand on
        self,
        method: str,
        url: str,
        redirect: bool = True,  # noqa: ARG002, FBT001, FBT002 - urllib3's signature
        **named: Any,
    ) -> Any:
        """Send a request.

        Raises:
            StoreDownError: The server is busy or full.
            StoreError: It redirects, calls a deletion anything but done, or continues a listing where it began.
        """
        listing = url if method == "GET" and _LISTING.search(url) else None
        if listing is not None and listing == getattr(self._before, "listing", None):
            raise nonsense("a listing")  # or the SDK would ask for ever
        self._before.listing = listing
        answer = super().urlopen(method, url, redirect=False, **named)
        fault = self._fault(method, answer.status)
        if fault is not None:
            answer.close()
            raise fault
        return answer

    def _fault(self, method: str, status: int) -> StoreError | None:
        if status in self._busy:
            return _busy(f"HTTP {status}")
        if status in _REDIRECTS:
            return _redirected(status)
        return nonsense("a deletion") if method == "DELETE" and status == _OK else None


@contextmanager
def translated_errors(explain: Callable[[str], StoreError], what: str) -> Iterator[None]:
    """Translate errors of the SDK and of HTTP into ours; what the block itself raises as ours passes.

    Args:
        explain: Makes the error for a code of S3 that says nothing about the server's or the network's state.
        what: What was asked for, for messages.
    """
    try:
        yield
    except S3Error as error:
        raise _of_code(error.code or "unknown") or explain(error.code or "unknown") from error
    except HTTPError as error:
        raise transport_error(error) from error
    except _SDK_STUMBLES as error:  # over an answer that it did not foresee: no XML, no ETag, no length, no key
        raise nonsense(what) from error


def nonsense(what: str) -> StoreError:
    """The error for an answer that S3 does not promise."""
    return StoreError(
        f"The object store answered a request for {what} as no S3 server does",
        hint="check INTAKE_STORE__ENDPOINT and INTAKE_STORE__SECURE, and that no proxy or portal stands in between.",
    )


def transport_error(error: BaseException) -> StoreError:
    """The error for a request without an answer."""
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
    if isinstance(reason, SSLError):
        return _of_tls(reason)
    if isinstance(reason, NameResolutionError):
        return StoreDownError(
            "The object store's host has no address", hint="check INTAKE_STORE__ENDPOINT and name resolution."
        )
    if isinstance(reason, DecodeError):
        return nonsense("an object")
    return StoreDownError("The object store did not answer", hint="check that it runs and can be reached.")


def _of_tls(error: SSLError) -> StoreError:
    """Without our certificates trying again does not help."""
    cause = next((one for one in (*error.args, error.__cause__) if isinstance(one, ssl.SSLError)), None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return StoreError(
            f"The object store's TLS certificate is not trusted ({cause.verify_message})",
            hint="let SSL_CERT_FILE name the certificates of its CA, and check the certificate's names and dates and "
            "this machine's clock.",
        )
    return StoreError(
        f"The object store does not speak TLS as we do ({getattr(cause, 'reason', None) or 'no reason given'})",
        hint="check the port in INTAKE_STORE__ENDPOINT; a server without TLS needs INTAKE_STORE__SECURE=false.",
    )


def _of_code(code: str) -> StoreError | None:
    if code in _BUSY_CODES:
        return _busy(code)
    if code in _FULL_CODES:
        return StoreDownError(f"The object store is full ({code})", hint="free or add space; trying again helps then.")
    if code in _CLOCK_CODES:
        return StoreError(
            f"The clocks of this machine and of the object store differ too much ({code})",
            hint="set both by the same time server: signatures depend on it.",
        )
    if code in _REGION_CODES:
        return StoreError(
            f"The object store's bucket is in another region ({code})",
            hint="correct INTAKE_STORE__REGION and INTAKE_STORE__ENDPOINT.",
        )
    return None


def _busy(why: str) -> StoreDownError:
    if why == f"HTTP {_FULL}":
        return StoreDownError(f"The object store is full ({why})", hint="free or add space; trying again helps then.")
    return StoreDownError(f"The object store is busy ({why})", hint="trying again helps.")


def _redirected(status: int) -> StoreError:
    return StoreError(
        f"The object store sends us elsewhere (HTTP {status}), and nothing is sent after it",
        hint="correct INTAKE_STORE__ENDPOINT and INTAKE_STORE__REGION; no portal may stand in between.",
    )
