"""Is this card somebody's whom the manifest or the certificate names? Never a stranger's on a guess."""

from collections.abc import Collection
from typing import Final, NamedTuple

from rapidfuzz.distance import Hamming

from models.documents import Field, Person
from models.id_number import parse_id_number
from models.policy import Policy
from pipeline.judge.field_legibility import Legibility, certain, legibility_of
from pipeline.judge.name_match import match_name
from pipeline.judge.pages import PageView
from pipeline.judge.parties import Likeness, Party

_MISTYPED: Final = 4  # digits of an ID number; two people differ in their birthdays and counties mostly


class NameContext(NamedTuple):
    """What comparing names needs: the characters that the engine could have read, and the limits."""

    alphabet: Collection[str]
    policy: Policy


def likeness(page: PageView, someone: Party, reader: NameContext) -> Likeness:
    """Compare the name and the number of a card with somebody's.

    An equal number is the person, whatever was read of the name; a stranger's is only a card whose name certainly
    differs from one that is known with certainty, or whose number does where the name leaves a doubt.
    """
    if someone.id_number and page.value(Field.ID_NUMBER) == someone.id_number:
        return Likeness.SAME
    name = page.get(Field.NAME)
    looks = legibility_of(name, reader.policy.legibility).legibility
    if name is None or looks is Legibility.UNREADABLE:
        return Likeness.MAYBE
    verdict = match_name(someone.name, name, reader.alphabet, reader.policy.names)
    if verdict.likely >= reader.policy.names.alike:
        return Likeness.SAME
    if _far_apart(certain_number(page, reader.policy), someone.id_number):
        return Likeness.STRANGER
    nothing_alike = looks is Legibility.READ and not set(someone.name) & set(name.text)
    return Likeness.STRANGER if someone.sure and (verdict.equal is False or nothing_alike) else Likeness.MAYBE


def _far_apart(read: str | None, told: str | None) -> bool:
    """Whether two numbers differ in more digits than anybody mistypes."""
    return bool(read and told and len(read) == len(told) and Hamming.distance(read, told) > _MISTYPED)


def certain_number(page: PageView, policy: Policy, person: Person | None = None) -> str | None:
    """The ID number of a card's holder, or of a person whom the page names, if it was read with certainty.

    Every digit was, and its check digit agrees.
    """
    number = parse_id_number(certain(page.get(Field.ID_NUMBER, person), policy.legibility) or "")
    return number.text if number and number.check_digit_right else None
