"""The client of the webhook, which signs messages in the form of Standard Webhooks.

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
from pydantic import AnyHttpUrl, Field, SecretStr
from standardwebhooks.webhooks import Webhook as Signer

from models.base import Model
from models.errors import ExitCode, PipelineError

log = logging.getLogger(__name__)
_LEAST_BYTES: Final = 24  # of a secret, by the specification


class WebhookOptions(Model):
    """The receiver of results, in the form of Standard Webhooks.

    Attributes:
        url: The receiver's address; None to send nothing.
        secrets: Sign each message: `whsec_` and 24 to 64 random bytes in base64; during a change of secrets two, with
            white space between them.
        whole: Send the whole result, which quotes the child's documents; else only ids and codes.
        timeout: Seconds for an answer.
    """

    url: AnyHttpUrl | None = None
    secrets: SecretStr = SecretStr("")
    whole: bool = False
    timeout: float = Field(default=15.0, gt=0)


class WebhookError(PipelineError):
    """A message was not delivered; the text names the kind of failure and quotes no answer."""

    retryable = True


class WebhookOptionsError(PipelineError):
    """The webhook's settings cannot be used."""

    exit_code = ExitCode.USAGE


class Webhook:
    """Sends messages to one URL. Safe to share between threads."""

    def __init__(self, options: WebhookOptions) -> None:
        """Check the options; nothing is sent.

        Raises:
            WebhookOptionsError: There is no secret, or an invalid one.
        """
        self._url = str(options.url)
        self._signers = tuple(_signers(options))
        self._seconds = options.timeout
        # The certificates that SSL_CERT_FILE names, or public ones; no proxy of the environment is asked all the same.
        self._trust = httpx.create_ssl_context(trust_env=True)

    def send(self, message_id: str, body: str) -> None:
        """Send a message once; if the caller retries, the receiver may get it twice under the same id.

        Raises:
            WebhookError: The receiver did not answer with 2xx in time.
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
        """One deadline for everything: a slow answer would delay all other messages."""
        async with (
            asyncio.timeout(self._seconds),
            httpx.AsyncClient(
                follow_redirects=False, trust_env=False, verify=self._trust, timeout=self._seconds
            ) as client,
            client.stream("POST", self._url, content=body, headers=headers) as answer,
        ):
            return answer.status_code  # the body is not read: it has no use, and may be endless


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
