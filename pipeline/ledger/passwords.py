"""Passwords, of which the ledger keeps no more than Argon2id makes of them.

Source:
    OWASP, Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes and one lane, which two cores can stand.
"""

import secrets
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_MEMORY_KB: Final = 19 * 1024


def hashed(password: str) -> str:
    """What is kept of a password, in PHC form."""
    argon = Argon2id(
        salt=secrets.token_bytes(_SALT_BYTES), length=_HASH_BYTES, iterations=2, lanes=1, memory_cost=_MEMORY_KB
    )
    return argon.derive_phc_encoded(password.encode("utf-8", "surrogatepass"))


def is_password(password: str, kept: str | None) -> bool:
    """Whether this is the password of which that is kept; where nothing is kept the answer takes as long."""
    try:
        Argon2id.verify_phc_encoded(password.encode("utf-8", "surrogatepass"), kept or _of_nobody())
    except (InvalidKey, ValueError):
        return False
    return kept is not None


@cache
def _of_nobody() -> str:
    return hashed(secrets.token_hex(_HASH_BYTES))
