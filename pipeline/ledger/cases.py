"""Cases revision by revision, and their runs: every result of every revision, never overwritten.

What several repositories ask within a transaction of theirs; repositories/cases.py opens cases, recording.py adds runs.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from models.case import Case, StoredFile
from models.errors import LedgerError, NoResultYetError, UnknownCaseError
from models.result import Decision, Result
from models.submission import Submission
from pipeline.ledger.database import stored_value
from pipeline.ledger.tables import case_keys, cases, run_codes, runs
from pipeline.ledger.value_encryption import AssociatedData, Seal

FILES: Final = TypeAdapter(tuple[StoredFile, ...])
_RUN_ID: Final = (cases.c.submission_id, cases.c.revision, runs.c.ordinal)


class LockedRevision(NamedTuple):
    """A revision that no other transaction concludes: its row id, and whether it is the latest of its case."""

    case_id: int
    is_latest: bool


class LastRun(NamedTuple):
    """The number of the last run of a revision, 0 if it has none, and its author if a person decided."""

    ordinal: int
    author: str | None


class Standing(NamedTuple):
    """The latest revision of a case, its last run, 0 if it has none, and the run's author if a person decided."""

    revision: int
    run: int
    author: str | None


def case_of(connection: Connection, seal: Seal, submission_id: str, revision: int | None) -> Case:
    """One revision of a case, by default the latest; raises UnknownCaseError."""
    row = case_row(connection, submission_id, revision)
    if row is None:
        raise _unknown(submission_id, revision)
    return case_of_row(seal, row)


def lock_revision(connection: Connection, case: Case) -> LockedRevision:
    """Lock all revisions of a case until this transaction ends; raises UnknownCaseError."""
    submission_id = case.submission.submission_id
    query = select(cases.c.revision, cases.c.id).where(cases.c.submission_id == submission_id).order_by(cases.c.id)
    row_ids: dict[int, int] = {row.revision: row.id for row in connection.execute(query.with_for_update())}
    if case.revision not in row_ids:
        raise _unknown(submission_id, case.revision)
    return LockedRevision(row_ids[case.revision], case.revision == max(row_ids))


def locked(connection: Connection, case: Case) -> int:
    """The row id of a revision that this locks; raises as `lock_revision`."""
    return lock_revision(connection, case).case_id


def lock(connection: Connection, submission_ids: Sequence[str]) -> defaultdict[str, dict[int, int]]:
    """Lock cases until this transaction ends; returns the row ids of each case by revision."""
    query = select(cases.c.submission_id, cases.c.revision, cases.c.id).order_by(cases.c.id).with_for_update()
    row_ids: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for row in connection.execute(query.where(cases.c.submission_id.in_(submission_ids))):
        row_ids[row.submission_id][row.revision] = row.id
    return row_ids


def is_latest(connection: Connection, case: Case) -> bool:
    """Whether no later revision of a case came in."""
    submission_id = case.submission.submission_id
    latest = connection.scalar(select(func.max(cases.c.revision)).where(cases.c.submission_id == submission_id))
    return bool(latest == case.revision)


def case_row(connection: Connection, submission_id: str, revision: int | None) -> Row[tuple[object, ...]] | None:
    """The row of a revision, by default the latest; None if there is none."""
    query = select(cases).where(cases.c.submission_id == submission_id).order_by(cases.c.revision.desc()).limit(1)
    return connection.execute(query if revision is None else query.where(cases.c.revision == revision)).first()


def case_of_row(seal: Seal, row: Row[tuple[object, ...]]) -> Case:
    """The case in a row of its table; raises LedgerError if it was damaged."""
    with stored_value(_name(row)):
        return Case(
            submission=Submission.model_validate_json(_decrypted(seal, row, "manifest")),
            revision=row.revision,
            files=FILES.validate_json(_decrypted(seal, row, "files")),
            input_digest=row.input_digest,
            arrived_at=row.arrived_at or row.opened_at,
        )


def files_of_row(seal: Seal, row: Row[tuple[object, ...]]) -> tuple[StoredFile, ...]:
    """The files of a case alone; raises LedgerError if they were damaged."""
    with stored_value(_name(row)):
        return FILES.validate_json(_decrypted(seal, row, "files"))


def keys_of(connection: Connection, case_ids: Iterable[int]) -> defaultdict[int, set[str]]:
    """The keys of the child of each case, by which a family that asks for erasure finds it."""
    keys: defaultdict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(case_keys).where(case_keys.c.case_id.in_(tuple(case_ids)))):
        keys[row.case_id].add(row.key)
    return keys


def put_keys(connection: Connection, case_id: int, keys: frozenset[str]) -> None:
    """Replace the keys of the child of a case; writes only what differs."""
    of_case, before = case_keys.c.case_id == case_id, keys_of(connection, [case_id])[case_id]
    if before - keys:
        connection.execute(delete(case_keys).where(of_case, case_keys.c.key.in_(before - keys)))
    if keys - before:
        connection.execute(insert(case_keys), [{"case_id": case_id, "key": key} for key in sorted(keys - before)])


def last_run(connection: Connection, case_id: int) -> LastRun:
    """The last run of a revision."""
    columns = select(runs.c.ordinal, runs.c.author).where(runs.c.case_id == case_id)
    row = connection.execute(columns.order_by(runs.c.ordinal.desc()).limit(1)).first()
    return LastRun(0, None) if row is None else LastRun(row.ordinal, row.author)


def was_accepted(connection: Connection, case_id: int) -> bool:
    """Whether any run of a revision accepted it."""
    query = select(runs.c.id).where(runs.c.case_id == case_id, runs.c.decision == Decision.ACCEPTED)
    return connection.scalar(query.limit(1)) is not None


def result_of(connection: Connection, seal: Seal, submission_id: str, revision: int, ordinal: int) -> Result:
    """A run by its number; raises UnknownCaseError, or LedgerError if there is no such run."""
    query = results_query(submission_id).where(cases.c.revision == revision, runs.c.ordinal == ordinal)
    row = connection.execute(query).first()
    if row is None:
        case_of(connection, seal, submission_id, revision)
        raise LedgerError(f"Case {submission_id} revision {revision} has no run {ordinal}.")
    return result_of_row(seal, row)


def latest_result(connection: Connection, seal: Seal, submission_id: str) -> Result:
    """The last run of the latest revision that has one; raises UnknownCaseError, or NoResultYetError without runs."""
    query = results_query(submission_id).order_by(cases.c.revision.desc(), runs.c.ordinal.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        raise _without_result(connection, seal, submission_id)
    return result_of_row(seal, row)


def latest_run(connection: Connection, seal: Seal, submission_id: str) -> tuple[int, dict[str, Any]]:
    """The row id of the latest revision that has a run, and that run's revision, number, decision and codes.

    Raises as `latest_result`.
    """
    columns = (cases.c.id, cases.c.revision, runs.c.id.label("run_id"), runs.c.ordinal, runs.c.decision)
    query = select(*columns).join(runs, runs.c.case_id == cases.c.id).where(cases.c.submission_id == submission_id)
    row = connection.execute(query.order_by(cases.c.revision.desc(), runs.c.ordinal.desc()).limit(1)).first()
    if row is None:
        raise _without_result(connection, seal, submission_id)
    codes = connection.scalars(select(run_codes.c.code).where(run_codes.c.run_id == row.run_id)).all()
    return row.id, {"revision": row.revision, "run": row.ordinal, "decision": row.decision, "codes": sorted(codes)}


def standings(connection: Connection, submission_ids: Sequence[str]) -> dict[str, Standing]:
    """The latest revision and last run of each case."""
    columns = (cases.c.submission_id, cases.c.revision, func.coalesce(runs.c.ordinal, 0).label("run"), runs.c.author)
    joined = select(*columns).outerjoin(runs, runs.c.case_id == cases.c.id)
    found = connection.execute(joined.where(cases.c.submission_id.in_(submission_ids)))
    rows = sorted(found, key=lambda row: (int(row.revision), int(row.run)))
    return {row.submission_id: Standing(row.revision, row.run, row.author) for row in rows}


def results_query(submission_id: str) -> Select[tuple[object, ...]]:
    """The runs of a case with what `result_of_row` needs."""
    joined = select(*_RUN_ID, runs.c.result).join(cases, runs.c.case_id == cases.c.id)
    return joined.where(cases.c.submission_id == submission_id)


def result_of_row(seal: Seal, row: Row[tuple[object, ...]]) -> Result:
    """The result of a run; raises LedgerError if it was damaged."""
    with stored_value(f"result of case {row.submission_id}"):
        about = AssociatedData.of_run(row.submission_id, row.revision, row.ordinal)
        return Result.model_validate_json(seal.decrypt(row.result, about))


def _without_result(connection: Connection, seal: Seal, submission_id: str) -> LedgerError:
    """The error for a case without a run; raises UnknownCaseError where there is no case."""
    case_of(connection, seal, submission_id, None)
    return NoResultYetError(f"Case {submission_id} has no result yet", hint="wait for its run, or process it again.")


def _decrypted(seal: Seal, row: Row[tuple[object, ...]], column: str) -> bytes:
    return seal.decrypt(getattr(row, column), AssociatedData.of_case(column, row.submission_id, row.revision))


def _name(row: Row[tuple[object, ...]]) -> str:
    return f"case {row.submission_id} revision {row.revision}"


def _unknown(submission_id: str, revision: int | None) -> UnknownCaseError:
    return UnknownCaseError(f"There is no case {submission_id}{f' revision {revision}' if revision else ''}.")
