"""Envelope encryption: each object has its own inner key, which is stored with it, encrypted under an outer key.

    magic 16 | version 1 | cipher 1 | id of the outer key 8 | sealed inner key 60 | print 16 | sealed bytes 28 + n

Decryption detects any alteration, and an object that was moved to another key of the store: each part is authenticated
together with all parts before it and with the object's key.

Source:
    docs/reference/documents.md, Law and security: originals are encrypted per object, SM4-GCM (GB/T 32907), with an
    envelope key.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, algorithms
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from models.errors import StoreError
from pipeline import crypto
from pipeline.stores.base import masked_key
from pipeline.stores.options import CipherName

MAGIC: Final = b"\x8bINTAKE-SEALED\r\n"  # like PNG's: no text, and a transfer that changes line ends breaks it
_VERSION: Final = 1
_ID, _INNER, _PRINT = 8, 32, 16  # bytes
_WRAPPED: Final = _INNER + crypto.ADDED
HEADER: Final = len(MAGIC) + 2 + _ID + _WRAPPED + _PRINT
ADDED: Final = HEADER + crypto.ADDED  # bytes by which an envelope is longer than the plain bytes

_CIPHERS: Final[Mapping[CipherName, Callable[[bytes], BlockCipherAlgorithm]]] = MappingProxyType(
    {CipherName.SM4: lambda key: algorithms.SM4(key[:16]), CipherName.AES: algorithms.AES}
)
_NUMBERS: Final = MappingProxyType({CipherName.SM4: 1, CipherName.AES: 2})  # stored: never renumbered


class DamagedError(StoreError):
    """An envelope that cannot be opened: altered, truncated, or moved here from another key."""


class Header(NamedTuple):
    """The header of an envelope. `print_` is equal for equal plain bytes under one outer key."""

    cipher: CipherName
    key_id: bytes
    wrapped: bytes
    print_: bytes

    @property
    def opening(self) -> bytes:
        """The bytes before the sealed inner key."""
        return MAGIC + bytes([_VERSION, _NUMBERS[self.cipher]]) + self.key_id

    def pack(self) -> bytes:
        """The header as stored bytes."""
        return self.opening + self.wrapped + self.print_

    @classmethod
    def of(cls, data: bytes, key: str) -> Self | None:
        """Parse the header at the start of an object; None for plain bytes; raises DamagedError for a broken header."""
        if not is_sealed(data):
            return None
        at = len(MAGIC)
        version, number = data[at : at + 1], data[at + 1 : at + 2]
        cipher = next((name for name, its in _NUMBERS.items() if bytes([its]) == number), None)
        if len(data) < HEADER or not data.startswith(MAGIC) or version != bytes([_VERSION]) or cipher is None:
            raise damaged(key)
        rest = data[at + 2 : HEADER]
        return cls(cipher, rest[:_ID], rest[_ID : _ID + _WRAPPED], rest[_ID + _WRAPPED :])


def is_sealed(data: bytes) -> bool:
    """Whether bytes are an envelope, even a damaged one: most of the magic is right, or the bytes end within it."""
    if len(data) < len(MAGIC):
        return bool(data) and MAGIC.startswith(data)
    return 2 * sum(one == other for one, other in zip(data, MAGIC, strict=False)) >= len(MAGIC)


class OuterKey:
    """One key of the keyring, with a derived key for each use."""

    def __init__(self, secret: bytes) -> None:
        """Derive the keys from a secret of 32 random bytes."""
        self.id = crypto.derived(secret, b"child-intake store id", _ID)
        self._wrapping = crypto.derived(secret, b"child-intake store keys", _INNER)
        self._printing = HMAC(crypto.derived(secret, b"child-intake store prints", 32), SM3())

    def cipher(self, name: CipherName) -> BlockCipherAlgorithm:
        """The cipher that seals inner keys."""
        return _CIPHERS[name](self._wrapping)

    def print_of(self, data: bytes) -> bytes:
        """A keyed digest: equal for equal bytes, and without the key it tells nothing about them."""
        keyed = self._printing.copy()
        keyed.update(hashlib.sha256(data).digest())
        return keyed.finalize()[:_PRINT]


class Keyring:
    """Outer keys: the first one encrypts, all decrypt."""

    def __init__(self, secrets: Sequence[bytes], cipher: CipherName) -> None:
        """Take at least one secret of 32 random bytes, newest first."""
        self._keys = {key.id: key for key in map(OuterKey, secrets)}
        self._newest, self._cipher = OuterKey(secrets[0]), cipher

    def is_newest(self, header: Header) -> bool:
        """Whether an object is under the newest key and today's cipher."""
        return (header.key_id, header.cipher) == (self._newest.id, self._cipher)

    def seal(self, key: str, data: bytes) -> tuple[Header, bytes]:
        """Encrypt the bytes of an object: the header, and the whole envelope."""
        inner, newest, name = os.urandom(_INNER), self._newest, key.encode()
        blank = Header(self._cipher, newest.id, b"", newest.print_of(data))
        wrapped = crypto.encrypt(newest.cipher(self._cipher), inner, blank.opening + name)
        header = blank._replace(wrapped=wrapped)
        packed = header.pack()
        return header, packed + crypto.encrypt(_CIPHERS[self._cipher](inner), data, packed + name)

    def open(self, key: str, header: Header, envelope: bytes) -> bytes:
        """Decrypt the bytes of an object.

        Raises:
            DamagedError: The envelope was altered, truncated, or moved here from another key.
            StoreError: It was encrypted under a key that is not in the keyring.
        """
        outer, name = self._keys.get(header.key_id), key.encode()
        if outer is None:
            raise StoreError(
                f"The {masked_key(key)} is sealed under a key that is not set (or its header is damaged)",
                hint=f"put key {header.key_id.hex()} back into INTAKE_STORE__SEALING__KEYRING, or restore a backup.",
            )
        try:
            inner = crypto.decrypt(outer.cipher(header.cipher), header.wrapped, header.opening + name)
            data = crypto.decrypt(_CIPHERS[header.cipher](inner), envelope[HEADER:], header.pack() + name)
        except crypto.BrokenError:
            raise damaged(key) from None
        return data


def damaged(key: str) -> DamagedError:
    """The error for an envelope that cannot be opened."""
    return DamagedError(
        f"The sealed {masked_key(key)} was damaged or altered in the store", hint="restore it from a backup."
    )
