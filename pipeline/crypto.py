"""Authenticated encryption: what was altered, or moved to another place, is not decrypted.

Source:
    NIST SP 800-38D: a nonce of 96 bits drawn at random serves 2^32 messages under one key. RFC 5869: one secret serves
    several purposes by a key for each.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE: Final = 12  # bytes, as GCM wants them
_TAG: Final = 16
ADDED: Final = _NONCE + _TAG  # bytes by which encryption makes a message longer


class BrokenError(Exception):
    """The message was altered, or encrypted under another key or for another purpose."""


def encrypt(cipher: BlockCipherAlgorithm, message: bytes, about: bytes) -> bytes:
    """Encrypt a message; the same message never gives the same bytes twice.

    Args:
        cipher: With its key.
        message: Any bytes.
        about: What the message is, or where it stands; not stored, and needed again to decrypt it.
    """
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(cipher, modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(about)
    return b"".join((nonce, encryptor.update(message), encryptor.finalize(), encryptor.tag))


def decrypt(cipher: BlockCipherAlgorithm, payload: bytes, about: bytes) -> bytes:
    """The message; raises BrokenError."""
    nonce, record, tag = payload[:_NONCE], payload[_NONCE:-_TAG], payload[-_TAG:]
    try:
        decryptor = Cipher(cipher, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(about)
        return decryptor.update(record) + decryptor.finalize()
    except (InvalidTag, ValueError, TypeError):  # also: truncated, or text after a repair by hand
        raise BrokenError from None


def derived(secret: bytes, purpose: bytes, length: int) -> bytes:
    """Derive a key of `length` bytes for a purpose from a secret."""
    return HKDF(SM3(), length, salt=None, info=purpose).derive(secret)
