"""Children that the hospital already knows: what 4005 is decided from."""

from datetime import date

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
