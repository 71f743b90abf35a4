"""Sealing with an authenticated cipher: what was altered, or stands elsewhere than it was put, does not open.

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
ADDED: Final = _NONCE + _TAG  # bytes by which sealing makes a message longer


class BrokenError(Exception):
    """What is to be opened was not sealed so."""


def sealed(cipher: BlockCipherAlgorithm, message: bytes, about: bytes) -> bytes:
    """A message that only the cipher's key opens, and only for the same purpose; never twice alike.

    Args:
        cipher: With its key.
        message: Any bytes.
        about: What the message is, or where it stands; not kept, and asked for at the opening.
    """
    nonce = os.urandom(_NONCE)
    sealing = Cipher(cipher, modes.GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(about)
    return b"".join((nonce, sealing.update(message), sealing.finalize(), sealing.tag))


def opened(cipher: BlockCipherAlgorithm, payload: bytes, about: bytes) -> bytes:
    """The message; raises BrokenError if it was altered, sealed under another key or for another purpose."""
    nonce, record, tag = payload[:_NONCE], payload[_NONCE:-_TAG], payload[-_TAG:]
    try:
        opening = Cipher(cipher, modes.GCM(nonce, tag)).decryptor()
        opening.authenticate_additional_data(about)
        return opening.update(record) + opening.finalize()
    except (InvalidTag, ValueError, TypeError):  # also: cut short, or text where somebody mended a database by hand
        raise BrokenError from None


def derived(secret: bytes, purpose: bytes, length: int) -> bytes:
    """The key of so many bytes that a secret has for a purpose."""
    return HKDF(SM3(), length, salt=None, info=purpose).derive(secret)
