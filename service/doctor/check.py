"""What a check finds."""

from enum import StrEnum
from typing import NamedTuple

from models.errors import ExitCode


class CheckState(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Check(NamedTuple):
    """One thing that was looked at; no value and no secret stands in it.

    Attributes:
        name: What was looked at, in a word.
        state: How it stands.
        what: What was found, in a sentence.
        to_do: What the operator does about it, in a sentence; "" where nothing.
        code: How the command ends if this is wrong.
    """

    name: str
    state: CheckState
    what: str
    to_do: str = ""
    code: ExitCode = ExitCode.USAGE


def wrong(name: str, sentence: str, to_do: str, *, code: ExitCode = ExitCode.USAGE) -> Check:
    """Something that stops the work."""
    return Check(name, CheckState.WRONG, sentence, to_do, code)


def of_error(name: str, error: Exception, *, code: ExitCode) -> Check:
    """An error of ours says after a colon what to do; the rest of its sentence is what was found."""
    found, _, to_do = str(error).rpartition(": ")
    if not found:
        return wrong(name, str(error), "Correct it, and run intake doctor again.", code=code)
    return wrong(name, f"{found}.", f"{to_do[:1].upper()}{to_do[1:]}", code=code)
