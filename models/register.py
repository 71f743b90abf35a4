"""The register of known children, and queries to it; the basis of 4005."""

from datetime import date
from typing import NamedTuple

from models.base import Model
from models.submission import Sex


class KnownChild(Model):
    """A registered child; `submission_id` is the case that registered it, None for an imported record."""

    name: str
    sex: Sex
    birth_date: date
    id_number: str | None = None
    birth_certificate_number: str | None = None
    mother_id_number: str | None = None
    submission_id: str | None = None
    withdrawn: bool = False


class Birth(NamedTuple):
    """Name, sex and birth date: they tell most children without a number apart."""

    name: str
    sex: Sex
    birth_date: date


class Delivery(NamedTuple):
    """The mother and the day of birth: they identify a child without a name of its own."""

    mother_id_number: str
    birth_date: date


class RegisterQuery(Model):
    """The keys of a case, as entered and as read, to look up in the register; its own records are left out."""

    submission_id: str
    id_numbers: tuple[str, ...] = ()
    birth_certificate_numbers: tuple[str, ...] = ()
    births: tuple[Birth, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


class ChildNumbers(NamedTuple):
    """The numbers of one child."""

    id_numbers: tuple[str, ...] = ()
    birth_certificate_numbers: tuple[str, ...] = ()
