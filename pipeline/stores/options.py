"""Settings of the object store: its address, and the keys that encrypt objects."""

import string
from enum import StrEnum
from typing import Final

from pydantic import Field, SecretStr, field_validator

from models.base import Model

_DIGITS: Final = 64  # hexadecimal digits of a key: 32 random bytes


class CipherName(StrEnum):
    """The cipher for objects: 密评 requires SM4; AES is several times as fast."""

    SM4 = "sm4-gcm"
    AES = "aes-256-gcm"


class SealingOptions(Model):
    """Encryption of objects at rest; off without a key.

    Attributes:
        keyring: Keys of 64 random hexadecimal digits each, white space between them: the first encrypts, all decrypt.
        cipher: The cipher for new objects; objects under the other cipher can still be read.
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
    """Address of an S3 server (a folder needs none), and encryption of objects in any store.

    Attributes:
        endpoint: Host and port, without a scheme.
        access_key: Name of the account at the server.
        secret_key: Secret of that account.
        region: The server's region; without it every bucket costs one request more.
        secure: Whether to use https.
        timeout: Seconds without a byte after which the server counts as down.
        retries: Retries of one request, with growing pauses; the caller handles longer outages.
        sealing: Encryption of objects at rest.
    """

    endpoint: str = "127.0.0.1:9000"
    access_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    region: str = "us-east-1"
    secure: bool = True
    timeout: float = Field(default=30.0, gt=0)
    retries: int = Field(default=3, ge=0)
    sealing: SealingOptions = SealingOptions()
