"""People whom a case speaks of, and how sure one can be that a card is theirs."""

from enum import StrEnum
from typing import NamedTuple

from models.documents import Person


class Party(NamedTuple):
    """Who a person is, as far as somebody tells.

    Attributes:
        person: The part in the case.
        name: In normal form.
        id_number: In normal form, if told.
        on_certificate: Whether the birth certificate tells it; else the manifest does.
        sure: Whether the name is known with certainty: typed in, or read so.
    """

    person: Person
    name: str
    id_number: str | None
    on_certificate: bool = False
    sure: bool = True


class Likeness(StrEnum):
    """Whether a card is somebody's."""

    SAME = "same"
    MAYBE = "maybe"
    STRANGER = "stranger"
