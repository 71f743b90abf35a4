"""The register of known children: two unique numbers decide who was first."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from models.children import KnownChild
from models.identity import normal_number
from pipeline.ledger.base import ChildExistsError
from pipeline.ledger.database import insert_new
from pipeline.ledger.tables import children
from pipeline.ledger.values import ImportCounts, Sought

_KEPT = frozenset({"Co", "Cn", "So"})  # rare characters: private use, newer than our tables, drawn as a box
_NUMBERS = ("id_number", "birth_certificate_number", "mother_id_number")


def register(connection: Connection, child: KnownChild, submission_id: str, *, now: datetime) -> None:
    """Insert a child, or replace what this submission registered before; raises ChildExistsError."""
    values = _values(child, submission_id, now)
    try:
        changed = connection.execute(update(children).where(children.c.submission_id == submission_id).values(**values))
        if changed.rowcount == 0:
            connection.execute(insert(children).values(**values))
    except IntegrityError:
        # The driver's text quotes the number.
        raise ChildExistsError(f"The child of case {submission_id} was registered by another case first.") from None


def known(connection: Connection, sought: Sought) -> tuple[KnownChild, ...]:
    """Every record that shares a number, or name, sex and birth date."""
    mine = children.c.submission_id == sought.submission_id
    alike = or_(
        children.c.id_number.in_([normal_number(number) for number in sought.id_numbers]),
        children.c.birth_certificate_number.in_([normal_number(number) for number in sought.birth_certificate_numbers]),
        *(
            and_(children.c.birth_date == born, children.c.name_key == name_key(name), children.c.sex == sex)
            for name, sex, born in sought.births
        ),
    )
    others = or_(children.c.submission_id.is_(None), ~mine)
    return tuple(
        _child(row) for row in connection.execute(select(children).where(others, alike).order_by(children.c.id))
    )


def add_new(connection: Connection, records: tuple[KnownChild, ...], *, now: datetime) -> ImportCounts:
    """Add records that are not known, one after the other."""
    endings = [_add(connection, record, now) for record in records]
    return ImportCounts(*(endings.count(ending) for ending in ImportCounts._fields))


def page_after(connection: Connection, row_id: int, size: int) -> tuple[tuple[int, KnownChild], ...]:
    """The next records behind a row id, each with its own."""
    query = select(children).where(children.c.id > row_id).order_by(children.c.id).limit(size)
    return tuple((row.id, _child(row)) for row in connection.execute(query))


def forget(connection: Connection, number: str) -> int:
    """Erase the records with this number; hands on how many there were."""
    return connection.execute(delete(children).where(_numbered(normal_number(number), normal_number(number)))).rowcount


def name_key(name: str) -> str:
    """A name as it is looked up: without spaces, separators and invisible marks, so that spellings meet."""
    kinds = ((char, unicodedata.category(char)) for char in unicodedata.normalize("NFC", name))
    return "".join(char for char, kind in kinds if kind[0] in "LN" or kind in _KEPT)


def _add(connection: Connection, record: KnownChild, now: datetime) -> str:
    values = _values(record, record.submission_id, now)
    numbered = values["id_number"] or values["birth_certificate_number"]
    if numbered and insert_new(connection, children, values):
        return "added"
    there = connection.execute(select(children).where(_same(values))).first()
    if there is None and not numbered:
        connection.execute(insert(children).values(**values))
        return "added"
    return "conflicting" if there is None else "unchanged"


def _same(values: Mapping[str, object]) -> ColumnElement[bool]:
    compared = ("name", "sex", "birth_date", *_NUMBERS, "withdrawn")
    return and_(*(children.c[key].is_not_distinct_from(values[key]) for key in compared))


def _numbered(id_number: str, certificate: str) -> ColumnElement[bool]:
    return or_(children.c.id_number == id_number, children.c.birth_certificate_number == certificate)


def _values(child: KnownChild, submission_id: str | None, now: datetime) -> dict[str, object]:
    numbers = {key: normal_number(getattr(child, key) or "") or None for key in _NUMBERS}
    rest = {"name_key": name_key(child.name), "submission_id": submission_id, "registered_at": now}
    return child.model_dump(exclude={*_NUMBERS, "submission_id"}) | numbers | rest


def _child(row: Row[tuple[object, ...]]) -> KnownChild:
    return KnownChild.model_validate({key: row._mapping[key] for key in KnownChild.model_fields})
