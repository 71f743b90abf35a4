"""Runs: every result of every revision, never overwritten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, func, insert, select

from models.case import Case
from models.conclusion import Conclusion
from models.errors import LedgerError, NoResultYetError
from models.result import Decision, Result
from pipeline.ledger import cases as case_rows
from pipeline.ledger import current_runs as counted
from pipeline.ledger import purposes
from pipeline.ledger.cases import Held
from pipeline.ledger.current_runs import CurrentRun
from pipeline.ledger.errors import stored_value
from pipeline.ledger.tables import cases, run_codes, runs
from pipeline.ledger.value_encryption import Seal
from pipeline.ledger.values import Selection

_NAMED: Final = (cases.c.submission_id, cases.c.revision, runs.c.ordinal)  # what tells a run from all others


class Adding(NamedTuple):
    """Where a run is to be added: the row of its revision, and the last run that is there."""

    held: Held
    last: "LastRun"


class LastRun(NamedTuple):
    """The last run of a revision, 0 if it has none, and who decided it if not the machine."""

    ordinal: int
    author: str | None


def add(
    connection: Connection, seal: Seal, place: Adding, one: Conclusion, *, author: str | None, now: datetime
) -> int:
    """Store a run of a case, and who decided if not the machine; hands on its number in its revision."""
    case, result, ordinal, case_id = one.case, one.result, place.last.ordinal + 1, place.held.case_id
    about = purposes.of_run(case.submission.submission_id, case.revision, ordinal)
    values = {
        "case_id": case_id,
        "ordinal": ordinal,
        "decision": result.decision,
        "version": result.provenance.version,
        "result": seal.sealed(result.to_json().encode(), about),
        "finished_at": now,
        "author": author,
    }
    run_id = connection.execute(insert(runs).values(**values).returning(runs.c.id)).scalar_one()
    codes = sorted({finding.code for finding in result.findings})
    if codes:
        connection.execute(insert(run_codes), [{"run_id": run_id, "code": code} for code in codes])
    counted.note(connection, CurrentRun(run_id, case, result, author is not None, now), is_latest=place.held.is_latest)
    return ordinal


def last(connection: Connection, case_id: int) -> LastRun:
    """The last run of a revision."""
    columns = select(runs.c.ordinal, runs.c.author).where(runs.c.case_id == case_id)
    row = connection.execute(columns.order_by(runs.c.ordinal.desc()).limit(1)).first()
    return LastRun(0, None) if row is None else LastRun(row.ordinal, row.author)


def was_accepted(connection: Connection, case_id: int) -> bool:
    """Whether any run of a revision accepted it."""
    query = select(runs.c.id).where(runs.c.case_id == case_id, runs.c.decision == Decision.ACCEPTED)
    return connection.scalar(query.limit(1)) is not None


def by_person(connection: Connection, seal: Seal, case: Case) -> Result | None:
    """The last run of a revision, if a person decided it."""
    query = _of(case.submission.submission_id).add_columns(runs.c.author).where(cases.c.revision == case.revision)
    row = connection.execute(query.order_by(runs.c.ordinal.desc()).limit(1)).first()
    return None if row is None or row.author is None else _result(seal, row)


def results(connection: Connection, seal: Seal, submission_id: str) -> tuple[Result, ...]:
    """Every run, by revision and number; raises UnknownCaseError."""
    found = connection.execute(_of(submission_id).order_by(cases.c.revision, runs.c.ordinal))
    stored = tuple(_result(seal, row) for row in found)
    if not stored:
        case_rows.case_of(connection, seal, submission_id, None)
    return stored


def one(connection: Connection, seal: Seal, submission_id: str, revision: int, ordinal: int) -> Result:
    """A run by its number; raises UnknownCaseError, or LedgerError without it."""
    query = _of(submission_id).where(cases.c.revision == revision, runs.c.ordinal == ordinal)
    row = connection.execute(query).first()
    if row is None:
        case_rows.case_of(connection, seal, submission_id, revision)
        raise LedgerError(f"Case {submission_id} revision {revision} has no run {ordinal}.")
    return _result(seal, row)


def latest(connection: Connection, seal: Seal, submission_id: str) -> Result:
    """The last run of the latest revision that has one; raises UnknownCaseError, or LedgerError without runs."""
    query = _of(submission_id).order_by(cases.c.revision.desc(), runs.c.ordinal.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        raise _without_result(connection, seal, submission_id)
    return _result(seal, row)


def _without_result(connection: Connection, seal: Seal, submission_id: str) -> LedgerError:
    """The error for a case without a run; raises UnknownCaseError where there is no case."""
    case_rows.case_of(connection, seal, submission_id, None)
    return NoResultYetError(f"Case {submission_id} has no result yet: wait for its run, or process it again.")


def latest_run(connection: Connection, seal: Seal, submission_id: str) -> tuple[int, dict[str, Any]]:
    """The row id of the latest revision that has a run, and that run's number, decision, codes; raises as `latest`."""
    columns = (cases.c.id, cases.c.revision, runs.c.id.label("run_id"), runs.c.ordinal, runs.c.decision)
    query = select(*columns).join(runs, runs.c.case_id == cases.c.id).where(cases.c.submission_id == submission_id)
    row = connection.execute(query.order_by(cases.c.revision.desc(), runs.c.ordinal.desc()).limit(1)).first()
    if row is None:
        raise _without_result(connection, seal, submission_id)
    codes = connection.scalars(select(run_codes.c.code).where(run_codes.c.run_id == row.run_id)).all()
    said = {"revision": row.revision, "run": row.ordinal, "decision": row.decision, "codes": sorted(codes)}
    return row.id, said


class Standing(NamedTuple):
    """The latest revision of a case, its last run, 0 if it has none, and the person who decided so, if one did."""

    revision: int
    run: int
    author: str | None


def standing(connection: Connection, submission_ids: Sequence[str]) -> dict[str, Standing]:
    """What stands of cases."""
    columns = (cases.c.submission_id, cases.c.revision, func.coalesce(runs.c.ordinal, 0).label("run"), runs.c.author)
    joined = select(*columns).outerjoin(runs, runs.c.case_id == cases.c.id)
    found = connection.execute(joined.where(cases.c.submission_id.in_(submission_ids)))
    rows = sorted(found, key=lambda row: (int(row.revision), int(row.run)))
    return {row.submission_id: Standing(row.revision, row.run, row.author) for row in rows}


def latest_of(connection: Connection, seal: Seal, submission_ids: Sequence[str]) -> dict[str, tuple[int, Result]]:
    """The last run of the latest revision that has one, with its number, of each case that has a run."""
    rank = func.row_number().over(
        partition_by=cases.c.submission_id, order_by=(cases.c.revision.desc(), runs.c.ordinal.desc())
    )
    joined = select(*_NAMED, runs.c.result, rank.label("rank")).join(runs, runs.c.case_id == cases.c.id)
    ranked = joined.where(cases.c.submission_id.in_(submission_ids)).subquery()
    rows = connection.execute(select(ranked).where(ranked.c.rank == 1))
    return {row.submission_id: (row.ordinal, _result(seal, row)) for row in rows}


def selected(connection: Connection, selection: Selection) -> tuple[str, ...]:
    """The submission ids that a selection means, in their order."""
    newest = select(cases.c.submission_id, func.max(cases.c.opened_at).label("opened_at"))
    opened = newest.group_by(cases.c.submission_id).subquery()
    query = select(opened.c.submission_id).order_by(opened.c.submission_id)
    if selection.since is not None:
        query = query.where(opened.c.opened_at >= selection.since)
    if selection.until is not None:
        query = query.where(opened.c.opened_at < selection.until)
    if selection.model_dump(exclude={"since", "until", "submission_ids"}, exclude_none=True):
        query = query.where(opened.c.submission_id.in_(_by_latest_run(selection)))
    listed = None if selection.submission_ids is None else frozenset(selection.submission_ids)
    return tuple(name for name in connection.scalars(query) if listed is None or name in listed)


def _by_latest_run(selection: Selection) -> Select[str]:
    rank = func.row_number().over(
        partition_by=cases.c.submission_id, order_by=(cases.c.revision.desc(), runs.c.ordinal.desc())
    )
    columns = (cases.c.submission_id, runs.c.id, runs.c.decision, runs.c.version, rank.label("rank"))
    ranked = select(*columns).join(runs, runs.c.case_id == cases.c.id).subquery()
    query = select(ranked.c.submission_id).where(ranked.c.rank == 1)
    if selection.decision is not None:
        query = query.where(ranked.c.decision == selection.decision)
    if selection.version is not None:
        query = query.where(ranked.c.version == selection.version)
    if selection.code is not None:
        having = select(run_codes.c.run_id).where(run_codes.c.code == selection.code)
        query = query.where(ranked.c.id.in_(having))
    return query


def _of(submission_id: str) -> Select[tuple[object, ...]]:
    joined = select(*_NAMED, runs.c.result).join(cases, runs.c.case_id == cases.c.id)
    return joined.where(cases.c.submission_id == submission_id)


def _result(seal: Seal, row: Row[tuple[object, ...]]) -> Result:
    with stored_value(f"result of case {row.submission_id}"):
        about = purposes.of_run(row.submission_id, row.revision, row.ordinal)
        return Result.model_validate_json(seal.opened(row.result, about))
