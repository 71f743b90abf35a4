"""Children that the hospital already knows: what 4005 is decided from."""

from datetime import date
from typing import NamedTuple

from models.base import Model
from models.submission import Sex


class KnownChild(Model):
    """A registered child. `submission_id` is the case that registered it; None for an imported record."""

    name: str
    sex: Sex
    birth_date: date
    id_number: str | None = None
    birth_certificate_number: str | None = None
    mother_id_number: str | None = None
    submission_id: str | None = None
    withdrawn: bool = False


class Birth(NamedTuple):
    """Who was born when: what most tells children without a number apart."""

    name: str
    sex: Sex
    birth_date: date


class Delivery(NamedTuple):
    """Who gave birth on which day: what a child without a name of its own is known by."""

    mother_id_number: str
    birth_date: date


class RegisterQuery(Model):
    """Whom to look for in the register, as typed in and as read; records of `submission_id` itself are left out."""

    submission_id: str
    id_numbers: tuple[str, ...] = ()
    birth_certificate_numbers: tuple[str, ...] = ()
    births: tuple[Birth, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


class ChildNumbers(NamedTuple):
    """Numbers that are one child's."""

    id_numbers: tuple[str, ...] = ()
    birth_certificate_numbers: tuple[str, ...] = ()
