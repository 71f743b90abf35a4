"""Where results go besides the store."""

from pydantic import AnyHttpUrl, Field, SecretStr

from models.base import Model


class WebhookOptions(Model):
    """Whom to tell that a case was concluded, in the form of Standard Webhooks.

    Attributes:
        url: Where to; None to tell nobody.
        secrets: Sign what is sent: `whsec_` and 24 to 64 random bytes in base64; two, with white space between them,
            while the first is changed for the second.
        whole: Send the whole result, which says what the child's documents say; else only its ids and codes.
        timeout: Seconds for an answer.
    """

    url: AnyHttpUrl | None = None
    secrets: SecretStr = SecretStr("")
    whole: bool = False
    timeout: float = Field(default=15.0, gt=0)
