"""The hospital's secret: keyed hashes by which records are found, and the encryption of values.

An ID number has so few possible values that a plain hash of it is no secret; a keyed one is. The ledger
without the secret tells neither who is in the register nor who was erased.

Source:
    docs/reference/documents.md, Law and security: HMAC-SM3 (GB/T 32905) for lookup, SM4-GCM (GB/T 32907)
    at rest.
"""

from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from models.errors import LedgerError
from pipeline import crypto

SECRET_BYTES: Final = 32
_KEY: Final = 16  # bytes
_FOR_KEYS, _FOR_RECORDS = b"child-intake register keys", b"child-intake register records"
_FOR_CHAIN = b"child-intake audit chain"


class Kind(StrEnum):
    """What a key is made of, so that equal digits of two kinds give different keys."""

    ID_NUMBER = "id_number"
    CERTIFICATE = "birth_certificate_number"
    BIRTH = "name, sex and birth date"
    DELIVERY = "mother's ID number and birth date"
    SUBMISSION = "submission_id"
    CHECK = "check"  # of the empty text: shows whether two secrets are the same


class DecryptionError(LedgerError):
    """The value was damaged, encrypted under another secret, or belongs to another row."""


class Seal:
    """Makes keys and MACs, encrypts and decrypts values, all under one secret."""

    def __init__(self, secret: bytes) -> None:
        """Derive a key for each use.

        Args:
            secret: At least 32 random bytes; the same for every machine that uses the ledger.

        Raises:
            LedgerError: It is shorter.
        """
        if len(secret) < SECRET_BYTES:
            raise LedgerError(f"The register's secret must have {SECRET_BYTES} random bytes at least.")
        self._keys = HMAC(crypto.derived(secret, _FOR_KEYS, 32), SM3())
        self._chain = HMAC(crypto.derived(secret, _FOR_CHAIN, 32), SM3())
        self._cipher = algorithms.SM4(crypto.derived(secret, _FOR_RECORDS, 16))

    def key(self, kind: Kind, text: str) -> str:
        """The key of a text: the first 128 bits of its HMAC, as 32 hexadecimal digits; short, for small indexes."""
        keyed = self._keys.copy()
        keyed.update(f"{kind}\0{text}".encode())
        return keyed.finalize()[:_KEY].hex()

    def mac(self, text: str) -> str:
        """The MAC of a text of the audit chain, as 64 hexadecimal digits."""
        chained = self._chain.copy()
        chained.update(text.encode())
        return chained.finalize().hex()

    def encrypt(self, value: bytes, about: str = "") -> bytes:
        """Encrypt a value; the same value never gives the same bytes twice.

        Args:
            value: Any bytes.
            about: What it is and of which row, see AssociatedData; empty for records of the register.
        """
        return crypto.encrypt(self._cipher, value, about.encode())

    def decrypt(self, payload: bytes, about: str = "") -> bytes:
        """The value that was encrypted with the same `about`; raises DecryptionError."""
        try:
            return crypto.decrypt(self._cipher, payload, about.encode())
        except crypto.BrokenError:
            raise DecryptionError(
                "A record of the register is damaged in the ledger", hint="restore a backup."
            ) from None


class AssociatedData:
    """What each encrypted value is, and of which row: authenticated with the value, so that none passes for another."""

    @staticmethod
    def of_case(column: str, submission_id: str, revision: int) -> str:
        """Of a column of a case."""
        return _joined(f"cases.{column}", submission_id, str(revision))

    @staticmethod
    def of_run(submission_id: str, revision: int, ordinal: int) -> str:
        """Of the result of a run."""
        return _joined("runs.result", submission_id, str(revision), str(ordinal))

    @staticmethod
    def of_reading(key: str) -> str:
        """Of a reading."""
        return _joined("readings.payload", key)

    @staticmethod
    def of_content(submission_id: str, revision: int, engine: str, version: str) -> str:
        """Of the content of a case."""
        return _joined("contents.payload", submission_id, str(revision), engine, version)

    @staticmethod
    def of_verdict(submission_id: str, revision: int, decision_id: str) -> str:
        """Of a reviewer's decision."""
        return _joined("reviews.verdict", submission_id, str(revision), decision_id)

    @staticmethod
    def of_batch_item(batch_id: str, number: int, submission_id: str) -> str:
        """Of what is kept of an item of a batch."""
        return _joined("batch_items.payload", batch_id, str(number), submission_id)


def _joined(*parts: str) -> str:
    return "\0".join(parts)
