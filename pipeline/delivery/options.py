"""Settings of the webhook that receives results."""

from pydantic import AnyHttpUrl, Field, SecretStr

from models.base import Model


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
