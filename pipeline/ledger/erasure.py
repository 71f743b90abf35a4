"""Forgetting a child: every row that speaks of it, and which objects it leaves in the store. A tombstone stays.

A case is the child's whose number its pages show with certainty, or who was typed in where they show none. So a case of
another child, into which this child's number was mistyped, is not erased.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from models.register import ChildNumbers
from models.submission import MANIFEST_NAME
from pipeline.ledger import batch_items, children
from pipeline.ledger import cases as case_rows
from pipeline.ledger.database import insert_new
from pipeline.ledger.tables import (
    case_files,
    case_keys,
    cases,
    contents,
    erasures,
    findings_in_force,
    forgotten,
    inbox,
    outbox,
    readings,
    run_codes,
    runs,
    runs_in_force,
)
from pipeline.ledger.tables_of_people import reviews, waiting
from pipeline.ledger.value_encryption import Seal
from pipeline.ledger.values import Erasure, Forgotten
from pipeline.stores.content import content_key, results_folder

NOWHERE: Final = "forgotten"  # the inbox key of an upload that is forgotten; its identity stays, so nobody hears of it


def note_keys(connection: Connection, seal: Seal, case_id: int, numbers: ChildNumbers) -> None:
    """Note whose case this is, instead of what was noted before; what is the same is not written again."""
    put_keys(connection, case_id, children.number_keys(seal, numbers))


def keys_of(connection: Connection, case_ids: Iterable[int]) -> defaultdict[int, set[str]]:
    """The keys by which it is noted whose each case is."""
    keys: defaultdict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(case_keys).where(case_keys.c.case_id.in_(tuple(case_ids)))):
        keys[row.case_id].add(row.key)
    return keys


def put_keys(connection: Connection, case_id: int, keys: frozenset[str]) -> None:
    """Note these keys instead of those that were noted before."""
    of_case, noted = case_keys.c.case_id == case_id, keys_of(connection, [case_id])[case_id]
    if noted - keys:
        connection.execute(delete(case_keys).where(of_case, case_keys.c.key.in_(noted - keys)))
    if keys - noted:
        connection.execute(insert(case_keys), [{"case_id": case_id, "key": key} for key in sorted(keys - noted)])


def forget(connection: Connection, seal: Seal, numbers: Sequence[str], *, now: datetime) -> Forgotten:
    """Erase all that the ledger knows of the child with these numbers, whichever kind each is."""
    asked = children.number_keys(seal, ChildNumbers(tuple(numbers), tuple(numbers)))
    records = children.with_keys(connection, asked)
    keys = asked.union(*(record for record, _ in records)) if records else asked
    submissions = {submission_id for _, submission_id in records if submission_id} | _cases_of(connection, keys)
    # Items before the cases: whoever records an item takes both in this order.
    batch_items.erase(connection, submissions, keys)
    case_rows.lock(connection, tuple(submissions))  # before all that whoever concludes writes after it
    gone = connection.execute(select(cases).where(cases.c.submission_id.in_(submissions))).all()
    paths = {file.path for row in gone for file in case_rows.files_of_row(seal, row)}
    erased = children.erase(connection, keys)
    left = (
        *bytes_of_nobody_else(connection, _erase_cases(connection, gone)),
        *(f"pictures/{row.input_digest}/" for row in gone),
        *(results_folder(submission_id) for submission_id in sorted(submissions)),
        *uploads(connection, sorted(paths), tuple(submissions)),
    )
    if left:
        connection.execute(insert(erasures), [{"key": key, "noted_at": now} for key in left])
    if erased or gone:
        for key in sorted(_of_records(records) or keys):
            insert_new(connection, forgotten, {"key": key, "forgotten_at": now})
    return Forgotten(erased, len(submissions), len(left))


def pending(connection: Connection) -> tuple[Erasure, ...]:
    """Objects that are still to be erased, oldest first; not bytes that a case has sent again meanwhile."""
    rows = connection.execute(select(erasures).order_by(erasures.c.id)).all()
    return tuple(Erasure(row.id, row.key, row.noted_at) for row in rows if not is_sent_again(connection, row.key))


def is_any_left(connection: Connection) -> bool:
    """Whether any object is still to be erased."""
    return connection.scalar(select(erasures.c.id).limit(1)) is not None


def done(connection: Connection, erasure: Erasure) -> None:
    """Note that an object is gone."""
    connection.execute(delete(erasures).where(erasures.c.id == erasure.number))


def _of_records(records: Iterable[tuple[frozenset[str], str | None]]) -> frozenset[str]:
    return frozenset().union(*(keys for keys, _ in records))


def _cases_of(connection: Connection, keys: Iterable[str]) -> set[str]:
    query = select(cases.c.submission_id).join(case_keys, case_keys.c.case_id == cases.c.id)
    return set(connection.scalars(query.where(case_keys.c.key.in_(tuple(keys)))))


def _erase_cases(connection: Connection, gone: Sequence[Row[tuple[object, ...]]]) -> tuple[str, ...]:
    """Erase cases with all that hangs on them; hands on the digests of their files."""
    ids = [row.id for row in gone]
    run_ids = select(runs.c.id).where(runs.c.case_id.in_(ids))
    digests = connection.scalars(select(case_files.c.digest).where(case_files.c.case_id.in_(ids)).distinct()).all()
    for counts in (run_codes, findings_in_force, runs_in_force):
        connection.execute(delete(counts).where(counts.c.run_id.in_(run_ids)))
    for table in (runs, contents, case_keys, case_files, outbox, waiting, reviews):
        connection.execute(delete(table).where(table.c.case_id.in_(ids)))
    connection.execute(delete(cases).where(cases.c.id.in_(ids)))
    return tuple(digests)


def bytes_of_nobody_else(connection: Connection, digests: Iterable[str]) -> Iterator[str]:
    """Keys of bytes that no other case has, whose readings are erased; what another sent as well stays."""
    for digest in sorted(digests):
        if not _is_sent_elsewhere(connection, digest):
            connection.execute(delete(readings).where(readings.c.key.startswith(f"{digest}/", autoescape=True)))
            yield content_key(digest)


def _is_sent_elsewhere(connection: Connection, digest: str) -> bool:
    return connection.scalar(select(case_files.c.case_id).where(case_files.c.digest == digest).limit(1)) is not None


def is_sent_again(connection: Connection, key: str) -> bool:
    """Whether a case has these bytes again, so that they are not to be erased."""
    digest = key.rpartition("/")[2]
    return bool(digest) and key == content_key(digest) and _is_sent_elsewhere(connection, digest)


def uploads(connection: Connection, paths: Sequence[str], submissions: Sequence[str]) -> Iterator[str]:
    """What the parent's app put into the inbox, manifest last; the items forget where it was."""
    theirs = inbox.c.submission_id.in_(submissions)
    for key in connection.scalars(select(inbox.c.key).where(theirs, inbox.c.key != NOWHERE)).all():
        folder = key.removesuffix(MANIFEST_NAME)
        yield from (f"{folder}{path}" for path in paths)
        yield key
    connection.execute(update(inbox).where(theirs).values(key=NOWHERE))
