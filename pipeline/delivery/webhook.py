"""Telling others over HTTP, signed in the form of Standard Webhooks.

Source:
    The Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and `webhook-signature`; two secrets are two
    signatures; only 2xx is success; redirects are not followed.
"""

import asyncio
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
        self._seconds = options.timeout

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
            status = asyncio.run(self._post(body.encode(), headers))
        except TimeoutError as error:
            raise WebhookError("no answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WebhookError(type(error).__name__) from error
        if not httpx.codes.is_success(status):
            raise WebhookError(f"status {status}")

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """One deadline for all of it: an answer that comes drop by drop would keep every other message waiting."""
        async with (
            asyncio.timeout(self._seconds),
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=self._seconds) as client,
            client.stream("POST", self._url, content=body, headers=headers) as answer,
        ):
            return answer.status_code  # what else it says is of no use, and may be endless


def _signers(options: WebhookOptions) -> Iterable[Signer]:
    secrets = options.secrets.get_secret_value().split()
    if not secrets:
        raise WebhookOptionsError("A webhook must be signed", hint="set INTAKE_WEBHOOK__SECRETS.")
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
