"""Manifests, file names, results, readings and content sealed; which bytes a case has, in a table of their own.

No plain value stays in the files of the database. PostgreSQL leaves what was updated where it was, so each table is
written anew by changing a column's type at the end. SQLite overwrites what was updated (`secure_delete`); it keeps
bytes in a column that was declared as text, and could change the declaration only by dropping tables that others refer to.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from pipeline.ledger.value_encryption import AssociatedData as purposes
from pipeline.ledger.value_encryption import Seal

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Row = sa.Row[*tuple[Any, ...]]
_BATCH = 200  # rows: of readings some tens of megabytes

_CASES = "SELECT id, id AS place, submission_id, revision, manifest, files FROM cases"
_RUNS = (
    "SELECT runs.id AS place, submission_id, revision, ordinal, result FROM runs JOIN cases ON cases.id = runs.case_id"
)
_CONTENTS = (
    "SELECT case_id AS place, submission_id, revision, engine, version, payload"
    " FROM contents JOIN cases ON cases.id = contents.case_id"
)
_READINGS = "SELECT key AS place, payload FROM readings"


def upgrade() -> None:
    """Note digests, then seal."""
    _case_files()
    seal = context.config.attributes["seal"]
    _seal(seal, _CASES, "cases.id", "manifest", lambda row: _of_case("manifest", row))
    _seal(seal, _CASES, "cases.id", "files", lambda row: _of_case("files", row))
    _seal(seal, _RUNS, "runs.id", "result", lambda row: purposes.of_run(row.submission_id, row.revision, row.ordinal))
    _seal(seal, _CONTENTS, "contents.case_id", "payload", _of_content)
    _seal(seal, _READINGS, "readings.key", "payload", lambda row: purposes.of_reading(row.place))
    if op.get_bind().dialect.name == "postgresql":
        _write_anew()


def _case_files() -> None:
    op.create_table(
        "case_files",
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True, index=True),
    )
    for rows in _batches(_CASES, "cases.id"):
        held = [(row.id, digest) for row in rows for digest in sorted(_digests(row.files))]
        if held:
            statement = sa.text("INSERT INTO case_files (case_id, digest) VALUES (:case_id, :digest)")
            op.get_bind().execute(statement, [{"case_id": one, "digest": digest} for one, digest in held])


def _digests(files: str) -> set[str]:
    return {file["digest"] for file in json.loads(files) if file["digest"]}


def _batches(query: str, place: str) -> Iterator[Sequence[_Row]]:
    """The rows of a query, some at a time; what is read was not changed before."""
    bind = op.get_bind()
    rows = bind.execute(sa.text(f"{query} ORDER BY {place} LIMIT {_BATCH}")).all()
    while rows:
        yield rows
        after = sa.text(f"{query} WHERE {place} > :last ORDER BY {place} LIMIT {_BATCH}")
        rows = bind.execute(after, {"last": rows[-1].place}).all()


def _seal(seal: Seal, query: str, place: str, column: str, about: Callable[[_Row], str]) -> None:
    table, key = place.split(".")
    statement = sa.text(f"UPDATE {table} SET {column} = :sealed WHERE {key} = :place")
    for rows in _batches(query, place):
        values = [{"place": row.place, "sealed": _sealed(seal, getattr(row, column), about(row))} for row in rows]
        op.get_bind().execute(statement, values)


def _sealed(seal: Seal, value: str | bytes, about: str) -> str | bytes:
    """PostgreSQL takes no bytes for text yet: digits, until the column's type is changed."""
    if isinstance(value, str):
        sealed = seal.encrypt(value.encode(), about)
        return sealed.hex() if op.get_bind().dialect.name == "postgresql" else sealed
    return seal.encrypt(bytes(value), about)


def _write_anew() -> None:
    for table, columns in (("cases", ("manifest", "files")), ("runs", ("result",))):
        changes = (f"ALTER COLUMN {column} TYPE bytea USING decode({column}, 'hex')" for column in columns)
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")
    for table in ("contents", "readings"):  # without an expression the table would stay as it is
        op.execute(f"ALTER TABLE {table} ALTER COLUMN payload TYPE bytea USING payload || ''::bytea")


def _of_case(column: str, row: _Row) -> str:
    return purposes.of_case(column, row.submission_id, row.revision)


def _of_content(row: _Row) -> str:
    return purposes.of_content(row.submission_id, row.revision, row.engine, row.version)
