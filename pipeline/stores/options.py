"""How to reach a store that is elsewhere, and how objects are sealed in it."""

import string
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from models.base import Model

_DIGITS: Final = 64  # of a key: 32 random bytes


class CipherName(StrEnum):
    """By what objects are sealed: SM4 is what 密评 asks for, AES is several times as fast."""

    SM4 = "sm4-gcm"
    AES = "aes-256-gcm"


class SealingOptions(Model):
    """How objects are sealed at rest; without a key they are not.

    Attributes:
        keyring: Keys of 64 random hexadecimal digits each, white space between them: the first seals, all open.
        cipher: Of what is sealed from now on; what was sealed by another opens as well.
    """

    keyring: SecretStr = SecretStr("")
    cipher: CipherName = CipherName.SM4

    @field_validator("keyring")
    @classmethod
    def _of_digits(cls, keyring: SecretStr) -> SecretStr:
        for key in keyring.get_secret_value().split():
            if len(key) != _DIGITS or not set(key) <= set(string.hexdigits):
                raise ValueError(f"each key must have {_DIGITS} hexadecimal digits, with white space between keys")
        return keyring

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The keys, newest first."""
        return tuple(bytes.fromhex(key) for key in self.keyring.get_secret_value().split())


class StoreOptions(Model):
    """How to reach an S3 server, of which a folder needs nothing; how objects are sealed in any store.

    Attributes:
        endpoint: Host and port, without a scheme.
        public_endpoint: Host and port under which a reviewer's browser reaches the same server; the host is signed
            into links. None where it is the same.
        region: Set always, else every bucket costs a question and links cannot be signed offline.
        timeout: Seconds without a byte after which the server counts as down.
        retries: Of one request, at once and with growing pauses; longer outages are for the caller to sit out.
        sealing: Under which keys objects are sealed.
    """

    endpoint: str = "127.0.0.1:9000"
    public_endpoint: str | None = None
    access_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    region: str = "us-east-1"
    secure: bool = True
    timeout: float = Field(default=30.0, gt=0)
    retries: int = Field(default=3, ge=0)
    sealing: SealingOptions = SealingOptions()
