"""The outcome of a check."""

from enum import StrEnum
from typing import NamedTuple

from models.errors import ExitCode, PipelineError


class CheckState(StrEnum):
    """Whether the checked thing can be used."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Check(NamedTuple):
    """One outcome; it holds no value and no secret.

    Attributes:
        name: The thing that was checked, in a word.
        state: Whether it can be used.
        what: What was found, in a sentence.
        to_do: What the operator should do, in a sentence; "" if nothing.
        code: Exit code of the command if this is wrong.
    """

    name: str
    state: CheckState
    what: str
    to_do: str = ""
    code: ExitCode = ExitCode.USAGE


def wrong(name: str, sentence: str, to_do: str, *, code: ExitCode = ExitCode.USAGE) -> Check:
    """A fault that stops the service."""
    return Check(name, CheckState.WRONG, sentence, to_do, code)


def of_error(name: str, error: PipelineError, *, code: ExitCode) -> Check:
    """A fault that an error reports; its hint is what the operator should do."""
    if not error.hint:
        return wrong(name, error.what, "Correct it, and run intake doctor again.", code=code)
    return wrong(name, f"{error.what}.", f"{error.hint[:1].upper()}{error.hint[1:]}", code=code)
