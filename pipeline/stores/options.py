"""How to reach a store that is elsewhere."""

from pydantic import Field, SecretStr

from models.base import Model


class StoreOptions(Model):
    """How to reach an S3 server; a folder needs none of it.

    Attributes:
        endpoint: Host and port, without a scheme.
        public_endpoint: Host and port under which a reviewer's browser reaches the same server; the host is signed
            into links. None where it is the same.
        region: Set always, else every bucket costs a question and links cannot be signed offline.
        timeout: Seconds without a byte after which the server counts as down.
        retries: Of one request, at once and with growing pauses; longer outages are for the caller to sit out.
    """

    endpoint: str = "127.0.0.1:9000"
    public_endpoint: str | None = None
    access_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    region: str = "us-east-1"
    secure: bool = True
    timeout: float = Field(default=30.0, gt=0)
    retries: int = Field(default=3, ge=0)
