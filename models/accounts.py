"""Accounts of the review desk, and the rules for their names and passwords."""

import re
import unicodedata
from datetime import datetime
from typing import Final

from models.base import Model
from models.errors import AccountError
from models.review import Role

LEAST_LENGTH: Final = 12  # characters of a password
_LONGEST: Final = 128
_LEAST_DIFFERENT: Final = 5
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class Account(Model):
    """An account, which may sign in unless it is locked or disabled.

    Attributes:
        locked_until: End of the lock after too many wrong passwords in a row, for the address they came from.
        disabled_at: When an operator disabled it; None if not disabled.
    """

    name: str
    role: Role
    made_at: datetime
    locked_until: datetime | None = None
    disabled_at: datetime | None = None


def checked_name(name: str) -> str:
    """Return a name for a new account unchanged, if it is valid.

    Raises:
        AccountError: The name is not valid.
    """
    if not _NAME.fullmatch(name):
        raise AccountError(
            "A name has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins with a letter or a "
            "digit",
            hint="choose another one, such as the number of the employee.",
        )
    return name


def tidied_name(typed: str) -> str:
    """An account's name from what was typed, perhaps in capitals; "" if no account can have it."""
    name = unicodedata.normalize("NFKC", typed).strip().casefold()
    return name if _NAME.fullmatch(name) else ""


def checked_password(name: str, password: str) -> str:
    """A new password in normal form, if it is strong enough.

    Raises:
        AccountError: The password is too weak; the text does not repeat it.
    """
    chosen = tidied_password(password)
    if not LEAST_LENGTH <= len(chosen) <= _LONGEST:
        raise AccountError(f"A password has {LEAST_LENGTH} to {_LONGEST} characters", hint="choose another one.")
    if chosen.casefold() == name or len(set(chosen)) < _LEAST_DIFFERENT:
        raise AccountError(
            "A password is not the name, nor a few characters again and again", hint="choose another one."
        )
    return chosen


def tidied_password(typed: str) -> str:
    """A password in normal form (NFKC): keyboards write one character in more than one way."""
    return unicodedata.normalize("NFKC", typed)
