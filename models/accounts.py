"""People who sign in: who they are to us, and what a name and a password must be."""

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
    """Somebody who may sign in, unless it is locked or disabled.

    Attributes:
        locked_until: After too many wrong passwords in a row.
        disabled_at: By an operator; None where it is not.
    """

    name: str
    role: Role
    made_at: datetime
    locked_until: datetime | None = None
    disabled_at: datetime | None = None


def checked_name(name: str) -> str:
    """A name for a new account, as it is.

    Raises:
        AccountError: It is none.
    """
    if not _NAME.fullmatch(name):
        raise AccountError(
            "A name has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins with a letter or a "
            "digit",
            hint="choose another one, such as the number of the employee.",
        )
    return name


def tidied_name(typed: str) -> str:
    """A name as somebody types it, who may have used capitals; "" if no account can have it."""
    name = unicodedata.normalize("NFKC", typed).strip().casefold()
    return name if _NAME.fullmatch(name) else ""


def checked_password(name: str, password: str) -> str:
    """A new password, in the form in which passwords are compared.

    Raises:
        AccountError: It is too easy; the text does not repeat it.
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
    """A password as it is compared: keyboards write one character in more than one way."""
    return unicodedata.normalize("NFKC", typed)
