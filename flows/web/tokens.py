"""Who may speak to us: two tokens at a time, so that one can be changed for the next without a gap."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from hashlib import sha256

from flows.settings import ReceiverOptions, SettingsError

LEAST_LENGTH = 32  # characters of a token
_AT_ONCE = 2


class Tokens:
    """The tokens in force; a comparison takes as long whatever is shown, and with whichever token it agrees."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._digests = tuple(_digest(token) for token in tokens)

    def admit(self, shown: Iterable[str]) -> bool:
        """Whether one of what is shown is a token."""
        matches = [hmac.compare_digest(_digest(one), held) for one in shown for held in self._digests]
        return any(matches)


def tokens_in_force(options: ReceiverOptions) -> Tokens:
    """The tokens that the settings name, and those of the tokens' file, a line each.

    Raises:
        SettingsError: There are none or more than two, one is short or holds blanks, or the file cannot be read.
    """
    named = [token.get_secret_value() for token in (options.token, options.second_token) if token is not None]
    found = tuple(dict.fromkeys([*named, *_of_file(options)]))
    if not 0 < len(found) <= _AT_ONCE:
        raise SettingsError(
            f"The receiver has {len(found)} tokens: give it one, or two while the first is changed for the second, "
            "by INTAKE_RECEIVER__TOKEN or INTAKE_RECEIVER__TOKENS_FILE."
        )
    if any(len(token) < LEAST_LENGTH or len(token.split()) != 1 or not token.isascii() for token in found):
        raise SettingsError(
            f"A token must be one word of {LEAST_LENGTH} letters and digits at least: draw it at random."
        )
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


def _of_file(options: ReceiverOptions) -> list[str]:
    if options.tokens_file is None:
        return []
    try:
        lines = options.tokens_file.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The tokens' file {options.tokens_file} cannot be read: {type(error).__name__}."
        ) from error
    return [line.strip() for line in lines if line.strip()]


def _digest(text: str) -> bytes:
    return sha256(text.encode(errors="replace")).digest()
