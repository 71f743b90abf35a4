"""Telling others over HTTP, signed in the form of Standard Webhooks.

Source:
    The Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and `webhook-signature`; two secrets are two
    signatures; only 2xx is success; redirects are not followed.
"""

import binascii
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import httpx
from standardwebhooks.webhooks import Webhook as Signer

from models.errors import ExitCode, PipelineError
from pipeline.delivery.options import WebhookOptions

log = logging.getLogger(__name__)
_LEAST_BYTES: Final = 24  # of a secret, as the specification wants


class WebhookError(PipelineError):
    """A webhook did not arrive; the text is a word that quotes nobody."""

    retryable = True


class WebhookOptionsError(PipelineError):
    """The webhook's settings cannot be used."""

    exit_code = ExitCode.USAGE


class Webhook:
    """Sends messages to one place. Safe to share between threads."""

    def __init__(self, options: WebhookOptions) -> None:
        """Connect to nothing yet.

        Raises:
            WebhookOptionsError: There is a URL and no secret, or a secret that is none.
        """
        self._url = str(options.url)
        self._signers = tuple(_signers(options))
        self._client = httpx.Client(timeout=options.timeout, follow_redirects=False, trust_env=False)

    def send(self, message_id: str, body: str) -> None:
        """Send once; the receiver may get it twice, under the same id.

        Raises:
            WebhookError: It was not taken.
        """
        moment = datetime.now(tz=UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": "child-intake",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": " ".join(signer.sign(message_id, moment, body) for signer in self._signers),
        }
        try:
            with self._client.stream("POST", self._url, content=body.encode(), headers=headers) as answer:
                status = answer.status_code  # what else it says is of no use, and may be endless
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WebhookError(type(error).__name__) from error
        if not httpx.codes.is_success(status):
            raise WebhookError(f"status {status}")

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()


def _signers(options: WebhookOptions) -> Iterable[Signer]:
    secrets = options.secrets.get_secret_value().split()
    if not secrets:
        raise WebhookOptionsError("A webhook must be signed: set INTAKE_WEBHOOK__SECRETS.")
    for secret in secrets:
        yield _signer(secret)


def _signer(secret: str) -> Signer:
    try:
        size = len(binascii.a2b_base64(secret.removeprefix("whsec_"), strict_mode=True))
    except binascii.Error:
        size = 0
    if size < _LEAST_BYTES:
        raise WebhookOptionsError(f"A webhook's secret must be whsec_ and {_LEAST_BYTES} random bytes in base64.")
    return Signer(secret)
