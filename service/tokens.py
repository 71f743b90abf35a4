"""Bearer tokens of the receiver: two at a time, so that one can be replaced without a gap."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from hashlib import sha256

from service.options import ReceiverOptions
from service.settings import SettingsError

LEAST_LENGTH = 32  # characters of a token
_AT_ONCE = 2


class Tokens:
    """The tokens in force; a comparison takes the same time for every input and every token."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._digests = tuple(_digest(token) for token in tokens)

    def admit(self, shown: Iterable[str]) -> bool:
        """Whether one of these secrets is a token in force."""
        matches = [hmac.compare_digest(_digest(one), digest) for one in shown for digest in self._digests]
        return any(matches)


def tokens_in_force(options: ReceiverOptions) -> Tokens:
    """The tokens that the settings name.

    Raises:
        SettingsError: There are none or more than two; or one is short, or is not ASCII.
    """
    found = tuple(dict.fromkeys(options.tokens.get_secret_value().split()))
    if not 0 < len(found) <= _AT_ONCE:
        raise SettingsError(
            f"The receiver has {len(found)} tokens",
            hint="give it one, or two while the first is changed for the second, "
            "by INTAKE_RECEIVER__TOKENS or INTAKE_RECEIVER__TOKENS_FILE.",
        )
    if any(len(token) < LEAST_LENGTH or not token.isascii() for token in found):
        raise SettingsError(f"A token must have at least {LEAST_LENGTH} ASCII letters", hint="draw it at random.")
    return Tokens(found)


def shown_by(authorization: str) -> tuple[str, ...]:
    """The secret of an `Authorization` header: a bearer's token, or the password of a user of any name."""
    scheme, _, rest = authorization.strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return (rest.strip(),)
        case "basic":
            return _password(rest.strip())
        case _:
            return ()


def _password(encoded: str) -> tuple[str, ...]:
    try:
        _, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ()
    return (password,) if colon else ()


def _digest(text: str) -> bytes:
    return sha256(text.encode(errors="replace")).digest()
