"""The register of known children: two unique keys decide who was first; only the secret tells who a record is of."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from models.errors import ChildExistsError
from models.id_number import modern_number
from models.register import Birth, ChildNumbers, Delivery, KnownChild, RegisterQuery
from pipeline.ledger.batch_values import Registered
from pipeline.ledger.repositories.base import AuditEntry, Repository
from pipeline.ledger.tables import children, forgotten
from pipeline.ledger.value_encryption import Kind, Seal
from pipeline.ledger.values import AuditKind, ImportCounts, Imported

_PAGE: Final = 2000  # records of one transaction, so that an import does not block others until its end
_KEPT: Final = frozenset({"Co", "Cn", "So"})  # rare characters: private use, newer than our tables, drawn as a box
_NUMBERS: Final = ("id_number", "birth_certificate_number", "mother_id_number")
_UNIQUE: Final = ("id_key", "certificate_key")


class ChildRepository(Repository):
    """The register of known children. Numbers are compared in normal form; names without spaces and separators."""

    def known(self, *queries: RegisterQuery) -> tuple[tuple[KnownChild, ...], ...]:
        """For each query, the records that share a number, name with sex and birth date, or delivery; in one SELECT.

        Never the record of the submission that asks.
        """
        wanted = [frozenset(_keys_of_query(self._seal, query)) for query in queries]
        keys = frozenset().union(*wanted)
        with self._database.reading() as connection:
            rows = connection.execute(_with_any(keys)).all() if keys else ()
            records = {row.id: _child(self._seal, row) for row in rows}
        ids_by_key: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            for key in filter(None, (row.id_key, row.certificate_key, row.birth_key, row.delivery_key)):
                ids_by_key[key].add(row.id)
        found = [sorted(set().union(*(ids_by_key.get(key, ()) for key in keys_of_one))) for keys_of_one in wanted]
        return tuple(
            tuple(records[row_id] for row_id in ids if records[row_id].submission_id != query.submission_id)
            for query, ids in zip(queries, found, strict=True)
        )

    def add(self, records: Iterable[KnownChild], by: str | None = None) -> Imported:
        """Add records that are not known; one whose number is known with other content, or was erased, is left out.

        Args:
            records: The records, as if added one after the other.
            by: Who adds them, for the audit chain; None where nobody asks, as in a demo.
        """
        counts, left_out, start = ImportCounts(), dict[int, str](), 0
        source = iter(records)
        while page := tuple(islice(source, _PAGE)):
            with self._database.writing() as connection:
                outcomes = self._add_page(connection, page)
                more = ImportCounts(*([kind for kind, _ in outcomes].count(name) for name in ImportCounts._fields))
                self._record(connection, AuditEntry(AuditKind.IMPORTED, {"account": by, **more._asdict()}))
            counts = ImportCounts(*map(sum, zip(counts, more, strict=True)))
            left_out |= {at: why for at, (_, why) in enumerate(outcomes, start) if why}
            start += len(page)
        return Imported(counts, left_out)

    def _add_page(self, connection: Connection, records: Sequence[KnownChild]) -> list[tuple[str, str]]:
        """Add records as if one after the other; returns for each what it became, and why it was left out."""
        _lock_register(connection)
        now = self._clock()
        values = [encrypted_values(self._seal, record, record.submission_id, now=now) for record in records]
        plain = [_normal(record) for record in records]
        keys = frozenset(str(row[key]) for row in values for key in _UNIQUE if row[key])
        # A record with a number can only be equal to one with that number.
        births = frozenset(str(row["birth_key"]) for row in values if not any(row[key] for key in _UNIQUE))
        rows = connection.execute(select(children).where(or_(_numbered(keys), children.c.birth_key.in_(births))))
        register = _RegisterPart((row._asdict(), _sealed(self._seal, row)) for row in rows)
        erased = set(connection.scalars(select(forgotten.c.key).where(forgotten.c.key.in_(keys))))
        outcomes, new = [], []
        for row, record in zip(values, plain, strict=True):
            if erased & {row[key] for key in _UNIQUE}:
                outcomes.append(("forgotten", "it was erased from the register, and an import does not bring it back"))
                continue
            kind, why = register.outcome(row, record)
            outcomes.append((kind, why))
            if kind == "added":
                register.add(row, record)
                new.append(row)
        if new:
            connection.execute(insert(children), new)
        return outcomes

    def export(self, by: str | None = None) -> Iterator[KnownChild]:
        """Every record, in the order of registration; the audit chain notes who asked, before the first one."""
        with self._database.writing() as connection:
            self._record(connection, AuditEntry(AuditKind.EXPORTED, {"account": by}))
        row_id = 0
        while True:
            query = select(children).where(children.c.id > row_id).order_by(children.c.id).limit(_PAGE)
            with self._database.reading() as connection:
                page = [(row.id, _child(self._seal, row)) for row in connection.execute(query)]
            yield from (child for _, child in page)
            if not page:
                return
            row_id = page[-1][0]


def register(connection: Connection, seal: Seal, child: KnownChild, submission_id: str, *, now: datetime) -> None:
    """Insert a child, or replace what this submission registered before; raises ChildExistsError.

    An equal record is not written again: encrypted anew it would change a page of the ledger for nothing.
    """
    of_submission = children.c.submission_id == submission_id
    before = connection.execute(select(children).where(of_submission)).first()
    if before is not None and _is_equal(seal, before, child):
        return
    values = encrypted_values(seal, child, submission_id, now=now)
    try:
        if before is None:
            connection.execute(insert(children).values(**values))
        else:
            connection.execute(update(children).where(of_submission).values(**values))
    except IntegrityError:
        raise ChildExistsError(f"The child of case {submission_id} was registered by another case first.") from None


def records_of(connection: Connection, seal: Seal, submission_ids: Sequence[str]) -> dict[str, Registered]:
    """The records that submissions have registered, by submission."""
    rows = connection.execute(select(children).where(children.c.submission_id.in_(submission_ids)))
    return {row.submission_id: Registered(child=_child(seal, row), registered_at=row.registered_at) for row in rows}


def restore(connection: Connection, seal: Seal, submission_id: str, record: Registered | None) -> None:
    """Put back the record that a submission had, with its old date, or none; raises ChildExistsError."""
    if record is None:
        connection.execute(delete(children).where(children.c.submission_id == submission_id))
    else:
        register(connection, seal, record.child, submission_id, now=record.registered_at)


def number_keys(seal: Seal, numbers: ChildNumbers) -> frozenset[str]:
    """The keys of a child's numbers."""
    kinds = ((Kind.ID_NUMBER, numbers.id_numbers), (Kind.CERTIFICATE, numbers.birth_certificate_numbers))
    return frozenset(key for kind, found in kinds for number in found if (key := _key(seal, kind, number)))


def with_keys(connection: Connection, keys: Iterable[str]) -> tuple[tuple[frozenset[str], str | None], ...]:
    """The keys of each record that has one of these, and the case that registered it."""
    query = select(children.c.id_key, children.c.certificate_key, children.c.submission_id).where(_numbered(keys))
    rows = connection.execute(query)
    return tuple((frozenset(filter(None, (row.id_key, row.certificate_key))), row.submission_id) for row in rows)


def erase(connection: Connection, keys: Iterable[str]) -> int:
    """Erase the records that have one of these keys; returns how many there were."""
    return connection.execute(delete(children).where(_numbered(keys))).rowcount


def encrypted_values(seal: Seal, child: KnownChild, submission_id: str | None, *, now: datetime) -> dict[str, object]:
    """The row of a record, without its id."""
    return {
        **_keys(seal, child),
        "submission_id": submission_id,
        "sealed": seal.encrypt(_normal(child).model_dump_json().encode()),
        "registered_at": now,
    }


def _keys(seal: Seal, child: KnownChild) -> dict[str, str | None]:
    """The keys by which a record is found, by column."""
    return {
        "id_key": _key(seal, Kind.ID_NUMBER, child.id_number or ""),
        "certificate_key": _key(seal, Kind.CERTIFICATE, child.birth_certificate_number or ""),
        "birth_key": _birth_key(seal, Birth(child.name, child.sex, child.birth_date)),
        "delivery_key": _delivery_key(seal, Delivery(child.mother_id_number or "", child.birth_date)),
    }


def _is_equal(seal: Seal, row: Row[tuple[object, ...]], child: KnownChild) -> bool:
    """Whether a row has the content and the keys of this child."""
    same_keys = all(getattr(row, column) == key for column, key in _keys(seal, child).items())
    return same_keys and _without_case(_child(seal, row)) == _normal(child)


class _RegisterPart:
    """The records of the register that a page of an import may meet, each without the case that it came from."""

    def __init__(self, rows: Iterable[tuple[Mapping[str, object], KnownChild]]) -> None:
        self._holders: dict[object, KnownChild] = {}
        self._records: set[KnownChild] = set()
        for row, record in rows:
            self.add(row, record)

    def add(self, row: Mapping[str, object], record: KnownChild) -> None:
        for key in _UNIQUE:
            if row[key]:
                self._holders[row[key]] = record
        self._records.add(record)

    def outcome(self, row: Mapping[str, object], record: KnownChild) -> tuple[str, str]:
        """What becomes of a record, and why it is left out; the columns in which it differs, no value."""
        if record in self._records:
            return "unchanged", ""
        for column, key in zip(_NUMBERS, _UNIQUE, strict=False):
            known = self._holders.get(row[key])
            if known is not None:
                names = [name for name in KnownChild.model_fields if getattr(known, name) != getattr(record, name)]
                return "conflicting", f"{column}: the register has it with another {' and '.join(names)}"
        return "added", ""


def _without_case(record: KnownChild) -> KnownChild:
    return record.model_copy(update={"submission_id": None})


def _normal(child: KnownChild) -> KnownChild:
    """The record with its numbers in today's form, and without the case, which has a column of its own."""
    numbers = {key: modern_number(getattr(child, key) or "") or None for key in _NUMBERS}
    return child.model_copy(update={**numbers, "submission_id": None})


def _key(seal: Seal, kind: Kind, number: str) -> str | None:
    plain = modern_number(number)
    return seal.key(kind, plain) if plain else None


def _birth_key(seal: Seal, birth: Birth) -> str:
    """The key of name, sex and birth date; the name without spaces, separators and invisible marks."""
    kinds = ((char, unicodedata.category(char)) for char in unicodedata.normalize("NFC", birth.name))
    name = "".join(char for char, kind in kinds if kind[0] in "LN" or kind in _KEPT)
    return seal.key(Kind.BIRTH, f"{name}\0{birth.sex}\0{birth.birth_date.isoformat()}")


def _delivery_key(seal: Seal, delivery: Delivery) -> str | None:
    mother = modern_number(delivery.mother_id_number)
    return seal.key(Kind.DELIVERY, f"{mother}\0{delivery.birth_date.isoformat()}") if mother else None


def _keys_of_query(seal: Seal, query: RegisterQuery) -> Iterable[str]:
    yield from number_keys(seal, ChildNumbers(query.id_numbers, query.birth_certificate_numbers))
    yield from (_birth_key(seal, birth) for birth in query.births)
    yield from filter(None, (_delivery_key(seal, delivery) for delivery in query.deliveries))


def _with_any(keys: frozenset[str]) -> Select[tuple[object, ...]]:
    births = or_(children.c.birth_key.in_(keys), children.c.delivery_key.in_(keys))
    return select(children).where(or_(_numbered(keys), births)).order_by(children.c.id)


def _numbered(keys: Iterable[str]) -> ColumnElement[bool]:
    values = tuple(keys)
    return or_(children.c.id_key.in_(values), children.c.certificate_key.in_(values))


def _lock_register(connection: Connection) -> None:
    """Let no other transaction register a child before this one ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE children IN SHARE ROW EXCLUSIVE MODE"))


def _child(seal: Seal, row: Row[tuple[object, ...]]) -> KnownChild:
    return _sealed(seal, row).model_copy(update={"submission_id": row.submission_id})


def _sealed(seal: Seal, row: Row[tuple[object, ...]]) -> KnownChild:
    """A record without its case, which has a column of its own."""
    return KnownChild.model_validate_json(seal.decrypt(row.sealed))
