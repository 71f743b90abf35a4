"""Sealed bytes as they lie in a store: each object under a key of its own, which lies beside it, sealed as well.

    magic 16 | version 1 | cipher 1 | id of the outer key 8 | sealed inner key 60 | print 16 | sealed bytes 28 + n

Nothing of it can be altered, and no object moved under another's name, without being noticed at the opening: each part
is authenticated with all parts before it and with the object's key in the store.

Source:
    domain.md, section 6: originals are encrypted per object, SM4-GCM (GB/T 32907), envelope key.
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
ADDED: Final = HEADER + crypto.ADDED  # bytes by which an object in its envelope is longer than its plain bytes

_CIPHERS: Final[Mapping[CipherName, Callable[[bytes], BlockCipherAlgorithm]]] = MappingProxyType(
    {CipherName.SM4: lambda key: algorithms.SM4(key[:16]), CipherName.AES: algorithms.AES}
)
_NUMBERS: Final = MappingProxyType({CipherName.SM4: 1, CipherName.AES: 2})  # stored: never renumbered


class DamagedError(StoreError):
    """An envelope that cannot be opened: altered, cut short, or moved here from elsewhere."""


class Header(NamedTuple):
    """What stands before the sealed bytes. `print_` is equal for equal plain bytes under one outer key."""

    cipher: CipherName
    key_id: bytes
    wrapped: bytes
    print_: bytes

    @property
    def opening(self) -> bytes:
        """All that stands before the sealed inner key."""
        return MAGIC + bytes([_VERSION, _NUMBERS[self.cipher]]) + self.key_id

    def pack(self) -> bytes:
        """As it is stored."""
        return self.opening + self.wrapped + self.print_

    @classmethod
    def of(cls, data: bytes, key: str) -> Self | None:
        """The header with which an object begins; None for plain bytes; raises DamagedError for half a header."""
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
    """Whether bytes are an envelope, perhaps a damaged one: most of the magic is there, or only its beginning."""
    if len(data) < len(MAGIC):
        return bool(data) and MAGIC.startswith(data)
    return 2 * sum(one == other for one, other in zip(data, MAGIC, strict=False)) >= len(MAGIC)


class OuterKey:
    """What one key of the ring is used for, derived from it, so that no two uses share a key."""

    def __init__(self, secret: bytes) -> None:
        """Derive it from 32 random bytes."""
        self.id = crypto.derived(secret, b"child-intake store id", _ID)
        self._wrapping = crypto.derived(secret, b"child-intake store keys", _INNER)
        self._printing = HMAC(crypto.derived(secret, b"child-intake store prints", 32), SM3())

    def cipher(self, name: CipherName) -> BlockCipherAlgorithm:
        """What seals inner keys."""
        return _CIPHERS[name](self._wrapping)

    def print_of(self, data: bytes) -> bytes:
        """Equal for equal bytes, and tells nothing of them to whoever has not the key."""
        keyed = self._printing.copy()
        keyed.update(hashlib.sha256(data).digest())
        return keyed.finalize()[:_PRINT]


class Keyring:
    """Outer keys: the first seals, all open."""

    def __init__(self, secrets: Sequence[bytes], cipher: CipherName) -> None:
        """Hold keys of 32 random bytes each, newest first; at least one."""
        self._keys = {key.id: key for key in map(OuterKey, secrets)}
        self._newest, self._cipher = OuterKey(secrets[0]), cipher

    def is_newest(self, header: Header) -> bool:
        """Whether something is sealed as it would be sealed today."""
        return (header.key_id, header.cipher) == (self._newest.id, self._cipher)

    def seal(self, key: str, data: bytes) -> tuple[Header, bytes]:
        """Put the bytes of an object into an envelope: its header, and the whole."""
        inner, newest, name = os.urandom(_INNER), self._newest, key.encode()
        blank = Header(self._cipher, newest.id, b"", newest.print_of(data))
        wrapped = crypto.encrypt(newest.cipher(self._cipher), inner, blank.opening + name)
        header = blank._replace(wrapped=wrapped)
        packed = header.pack()
        return header, packed + crypto.encrypt(_CIPHERS[self._cipher](inner), data, packed + name)

    def open(self, key: str, header: Header, envelope: bytes) -> bytes:
        """The bytes of an object.

        Raises:
            DamagedError: They were altered, cut short, or are another object's.
            StoreError: They were sealed under a key that is not in the ring.
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
    """The error for an object that does not open."""
    return DamagedError(
        f"The sealed {masked_key(key)} was damaged or altered in the store", hint="restore it from a backup."
    )
