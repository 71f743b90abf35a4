"""The register of known children: two unique keys decide who was first, and the secret alone tells who that is."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from models.id_number import modern_number
from models.register import Birth, ChildNumbers, Delivery, KnownChild, RegisterQuery
from pipeline.ledger.batch_values import Registered
from pipeline.ledger.decision_errors import ChildExistsError
from pipeline.ledger.tables import children, forgotten
from pipeline.ledger.value_encryption import Kind, Seal
from pipeline.ledger.values import ImportCounts

_KEPT = frozenset({"Co", "Cn", "So"})  # rare characters: private use, newer than our tables, drawn as a box
_NUMBERS = ("id_number", "birth_certificate_number", "mother_id_number")
_UNIQUE = ("id_key", "certificate_key")


def register(connection: Connection, seal: Seal, child: KnownChild, submission_id: str, *, now: datetime) -> None:
    """Insert a child, or replace what this submission registered before; raises ChildExistsError.

    A record that says the same is not written again: sealed anew it would touch a page of the ledger for nothing.
    """
    of_submission = children.c.submission_id == submission_id
    before = connection.execute(select(children).where(of_submission)).first()
    if before is not None and _says(seal, before, child):
        return
    values = sealed_values(seal, child, submission_id, now=now)
    try:
        if before is None:
            connection.execute(insert(children).values(**values))
        else:
            connection.execute(update(children).where(of_submission).values(**values))
    except IntegrityError:
        raise ChildExistsError(f"The child of case {submission_id} was registered by another case first.") from None


def records_of(connection: Connection, seal: Seal, submission_ids: Sequence[str]) -> dict[str, Registered]:
    """What submissions have registered, of those that have."""
    rows = connection.execute(select(children).where(children.c.submission_id.in_(submission_ids)))
    return {row.submission_id: Registered(child=_child(seal, row), registered_at=row.registered_at) for row in rows}


def restore(connection: Connection, seal: Seal, submission_id: str, record: Registered | None) -> None:
    """Let a submission have registered this, as of then, or nothing; raises ChildExistsError."""
    if record is None:
        connection.execute(delete(children).where(children.c.submission_id == submission_id))
    else:
        register(connection, seal, record.child, submission_id, now=record.registered_at)


def known(connection: Connection, seal: Seal, soughts: Sequence[RegisterQuery]) -> tuple[tuple[KnownChild, ...], ...]:
    """For each of those sought every record that shares what it is sought by; one look for all."""
    wanted = [frozenset(_wanted(seal, sought)) for sought in soughts]
    keys = frozenset().union(*wanted)
    rows = connection.execute(_having(keys)).all() if keys else ()
    held = {row.id: _child(seal, row) for row in rows}
    having: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for key in _keys_of(row):
            having[key].add(row.id)
    found = [sorted(set().union(*(having.get(key, ()) for key in mine))) for mine in wanted]
    return tuple(
        tuple(held[at] for at in ids if held[at].submission_id != sought.submission_id)
        for sought, ids in zip(soughts, found, strict=True)
    )


def add_new(connection: Connection, seal: Seal, records: Sequence[KnownChild], *, now: datetime) -> ImportCounts:
    """Add records that are not known, as if one after the other; those of forgotten children stay out."""
    _nobody_registers_meanwhile(connection)
    values = [sealed_values(seal, record, record.submission_id, now=now) for record in records]
    keys = frozenset(str(row[key]) for row in values for key in (*_UNIQUE, "birth_key") if row[key])
    there = _Register((dict(row._mapping), _child(seal, row)) for row in connection.execute(_having(keys)))
    gone = set(connection.scalars(select(forgotten.c.key).where(forgotten.c.key.in_(keys))))
    endings, new = [], []
    for row, record in zip(values, map(_normal, records), strict=True):
        ending = "forgotten" if gone & {row[key] for key in _UNIQUE} else there.ending(row, record)
        endings.append(ending)
        if ending == "added":
            there.add(row, record)
            new.append(row)
    if new:
        connection.execute(insert(children), new)
    return ImportCounts(*(endings.count(ending) for ending in ImportCounts._fields))


def page_after(connection: Connection, seal: Seal, row_id: int, size: int) -> tuple[tuple[int, KnownChild], ...]:
    """The next records behind a row id, each with its own."""
    query = select(children).where(children.c.id > row_id).order_by(children.c.id).limit(size)
    return tuple((row.id, _child(seal, row)) for row in connection.execute(query))


def number_keys(seal: Seal, numbers: ChildNumbers) -> frozenset[str]:
    """The keys of somebody's numbers."""
    kinds = ((Kind.ID_NUMBER, numbers.id_numbers), (Kind.CERTIFICATE, numbers.birth_certificate_numbers))
    return frozenset(key for kind, held in kinds for number in held if (key := _key(seal, kind, number)))


def with_keys(connection: Connection, keys: Iterable[str]) -> tuple[tuple[frozenset[str], str | None], ...]:
    """The keys of each record that has one of these, and the case that registered it."""
    query = select(children.c.id_key, children.c.certificate_key, children.c.submission_id).where(_numbered(keys))
    rows = connection.execute(query)
    return tuple((frozenset(filter(None, (row.id_key, row.certificate_key))), row.submission_id) for row in rows)


def erase(connection: Connection, keys: Iterable[str]) -> int:
    """Erase the records that have one of these keys; hands on how many there were."""
    return connection.execute(delete(children).where(_numbered(keys))).rowcount


def name_key(name: str) -> str:
    """A name as it is looked up: without spaces, separators and invisible marks, so that spellings meet."""
    kinds = ((char, unicodedata.category(char)) for char in unicodedata.normalize("NFC", name))
    return "".join(char for char, kind in kinds if kind[0] in "LN" or kind in _KEPT)


def sealed_values(seal: Seal, child: KnownChild, submission_id: str | None, *, now: datetime) -> dict[str, object]:
    """A record's row, all but its number."""
    return {
        **_keys(seal, child),
        "submission_id": submission_id,
        "sealed": seal.sealed(_normal(child).model_dump_json().encode()),
        "registered_at": now,
    }


def _keys(seal: Seal, child: KnownChild) -> dict[str, str | None]:
    """By which a record is found, by column."""
    return {
        "id_key": _key(seal, Kind.ID_NUMBER, child.id_number or ""),
        "certificate_key": _key(seal, Kind.CERTIFICATE, child.birth_certificate_number or ""),
        "birth_key": _birth_key(seal, Birth(child.name, child.sex, child.birth_date)),
        "delivery_key": _delivery_key(seal, Delivery(child.mother_id_number or "", child.birth_date)),
    }


def _says(seal: Seal, row: Row[tuple[object, ...]], child: KnownChild) -> bool:
    """Whether a row says this of a child and is found by it."""
    same_keys = all(getattr(row, column) == key for column, key in _keys(seal, child).items())
    return same_keys and _anybodys(_child(seal, row)) == _normal(child)


class _Register:
    """The part of the register that an import may meet."""

    def __init__(self, held: Iterable[tuple[Mapping[str, object], KnownChild]]) -> None:
        self._numbers: set[object] = set()
        self._records: set[KnownChild] = set()
        for row, record in held:
            self.add(row, record)

    def add(self, row: Mapping[str, object], record: KnownChild) -> None:
        self._numbers |= {row[key] for key in _UNIQUE if row[key]}
        self._records.add(_anybodys(record))

    def ending(self, row: Mapping[str, object], record: KnownChild) -> str:
        if _anybodys(record) in self._records:
            return "unchanged"
        return "conflicting" if {row[key] for key in _UNIQUE} & self._numbers else "added"


def _anybodys(record: KnownChild) -> KnownChild:
    return record.model_copy(update={"submission_id": None})


def _normal(child: KnownChild) -> KnownChild:
    """The record with its numbers in today's form; which case registered it stands beside it, unsealed."""
    numbers = {key: modern_number(getattr(child, key) or "") or None for key in _NUMBERS}
    return child.model_copy(update={**numbers, "submission_id": None})


def _key(seal: Seal, kind: Kind, number: str) -> str | None:
    plain = modern_number(number)
    return seal.key(kind, plain) if plain else None


def _birth_key(seal: Seal, birth: Birth) -> str:
    return seal.key(Kind.BIRTH, f"{name_key(birth.name)}\0{birth.sex}\0{birth.birth_date.isoformat()}")


def _delivery_key(seal: Seal, delivery: Delivery) -> str | None:
    mother = modern_number(delivery.mother_id_number)
    return seal.key(Kind.DELIVERY, f"{mother}\0{delivery.birth_date.isoformat()}") if mother else None


def _wanted(seal: Seal, sought: RegisterQuery) -> Iterable[str]:
    yield from number_keys(seal, ChildNumbers(sought.id_numbers, sought.birth_certificate_numbers))
    yield from (_birth_key(seal, birth) for birth in sought.births)
    yield from filter(None, (_delivery_key(seal, delivery) for delivery in sought.deliveries))


def _having(keys: frozenset[str]) -> Select[tuple[object, ...]]:
    births = or_(children.c.birth_key.in_(keys), children.c.delivery_key.in_(keys))
    return select(children).where(or_(_numbered(keys), births)).order_by(children.c.id)


def _numbered(keys: Iterable[str]) -> ColumnElement[bool]:
    held = tuple(keys)
    return or_(children.c.id_key.in_(held), children.c.certificate_key.in_(held))


def _keys_of(row: Row[tuple[object, ...]]) -> Iterable[str]:
    return filter(None, (row.id_key, row.certificate_key, row.birth_key, row.delivery_key))


def _nobody_registers_meanwhile(connection: Connection) -> None:
    """What is looked at stays true until it was added to. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE children IN SHARE ROW EXCLUSIVE MODE"))


def _child(seal: Seal, row: Row[tuple[object, ...]]) -> KnownChild:
    record = KnownChild.model_validate_json(seal.opened(row.sealed))
    return record.model_copy(update={"submission_id": row.submission_id})
