"""The hospital's secret: keys by which records are found, and values that nobody reads without it.

An ID number has so few possible values that a plain hash of it is no secret; a keyed one is. Whoever holds the ledger
and not the secret learns neither who is in the register nor who was forgotten.

Source:
    domain.md, sections 5.2 and 6: HMAC-SM3 (GB/T 32905) for lookup, SM4-GCM (GB/T 32907) at rest.
"""

from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from models.errors import LedgerError
from pipeline import crypto as ciphers
from pipeline.crypto import derived

SECRET_BYTES: Final = 32
_KEY: Final = 16  # bytes
_FOR_KEYS, _FOR_RECORDS = b"child-intake register keys", b"child-intake register records"
_FOR_CHAIN = b"child-intake audit chain"


class Kind(StrEnum):
    """What a key is made of, so that equal digits of two kinds never meet."""

    ID_NUMBER = "id_number"
    CERTIFICATE = "birth_certificate_number"
    BIRTH = "name, sex and birth date"
    DELIVERY = "mother's ID number and birth date"
    SUBMISSION = "submission_id"
    CHECK = "check"  # of nothing: tells whether two secrets are one


class BrokenSealError(LedgerError):
    """What is to be opened was damaged, sealed under another secret, or is another row's."""


class Seal:
    """Makes keys, seals records and opens them, all under one secret."""

    def __init__(self, secret: bytes) -> None:
        """Derive what is needed.

        Args:
            secret: At least 32 random bytes; the same for every machine that uses the ledger.

        Raises:
            LedgerError: It is shorter.
        """
        if len(secret) < SECRET_BYTES:
            raise LedgerError(f"The register's secret must have {SECRET_BYTES} random bytes at least.")
        self._keys = HMAC(derived(secret, _FOR_KEYS, 32), SM3())
        self._chain = HMAC(derived(secret, _FOR_CHAIN, 32), SM3())
        self._cipher = algorithms.SM4(derived(secret, _FOR_RECORDS, 16))

    def key(self, kind: Kind, text: str) -> str:
        """The key of a text: the first 128 bits of its HMAC, in hexadecimal digits; indexes stay half as large."""
        keyed = self._keys.copy()
        keyed.update(f"{kind}\0{text}".encode())
        return keyed.finalize()[:_KEY].hex()

    def chained(self, text: str) -> str:
        """What only the secret makes of a text, in 64 hexadecimal digits."""
        chained = self._chain.copy()
        chained.update(text.encode())
        return chained.finalize().hex()

    def sealed(self, record: bytes, about: str = "") -> bytes:
        """A record that only the secret opens, and only for the same purpose; the same is never sealed alike.

        Args:
            record: Any bytes.
            about: What it is and of which row, see purposes.py; of the register's records nothing.
        """
        return ciphers.sealed(self._cipher, record, about.encode())

    def opened(self, payload: bytes, about: str = "") -> bytes:
        """A record that was sealed; raises BrokenSealError."""
        try:
            return ciphers.opened(self._cipher, payload, about.encode())
        except ciphers.BrokenError:
            raise BrokenSealError("A record of the register is damaged in the ledger: restore a backup.") from None
