"""Runs: every result of every revision, never overwritten."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, func, insert, select

from models.errors import LedgerError
from models.result import Result
from pipeline.ledger import cases as case_rows
from pipeline.ledger.errors import stored_value
from pipeline.ledger.tables import cases, run_codes, runs
from pipeline.ledger.values import Selection


def add(connection: Connection, case_id: int, result: Result, *, now: datetime) -> int:
    """Store a run and hand on its number in its revision."""
    ordinal = last(connection, case_id) + 1
    run_id = connection.scalar(insert(runs).values(**_values(case_id, ordinal, result, now)).returning(runs.c.id))
    codes = sorted({finding.code for finding in result.findings})
    if codes:
        connection.execute(insert(run_codes), [{"run_id": run_id, "code": code} for code in codes])
    return ordinal


def last(connection: Connection, case_id: int) -> int:
    """The number of the last run of a revision; 0 if it has none."""
    return connection.scalar(select(func.max(runs.c.ordinal)).where(runs.c.case_id == case_id)) or 0


def results(connection: Connection, submission_id: str) -> tuple[Result, ...]:
    """Every run, by revision and number; raises UnknownCaseError."""
    found = connection.scalars(_of(submission_id).order_by(cases.c.revision, runs.c.ordinal))
    stored = tuple(_result(submission_id, text) for text in found)
    if not stored:
        case_rows.case_of(connection, submission_id, None)
    return stored


def one(connection: Connection, submission_id: str, revision: int, ordinal: int) -> Result:
    """A run by its number; raises UnknownCaseError, or LedgerError without it."""
    query = _of(submission_id).where(cases.c.revision == revision, runs.c.ordinal == ordinal)
    text = connection.scalar(query)
    if text is None:
        case_rows.case_of(connection, submission_id, revision)
        raise LedgerError(f"Case {submission_id} revision {revision} has no run {ordinal}.")
    return _result(submission_id, text)


def latest(connection: Connection, submission_id: str) -> Result:
    """The last run of the latest revision that has one; raises UnknownCaseError, or LedgerError without runs."""
    query = _of(submission_id).order_by(cases.c.revision.desc(), runs.c.ordinal.desc()).limit(1)
    text = connection.scalar(query)
    if text is None:
        case_rows.case_of(connection, submission_id, None)
        raise LedgerError(f"Case {submission_id} has no result yet: wait for its run, or process it again.")
    return _result(submission_id, text)


def latest_of(connection: Connection, submission_ids: Sequence[str]) -> dict[str, Result]:
    """The last run of the latest revision that has one, of each case that has a run."""
    rank = func.row_number().over(
        partition_by=cases.c.submission_id, order_by=(cases.c.revision.desc(), runs.c.ordinal.desc())
    )
    joined = select(cases.c.submission_id, runs.c.result, rank.label("rank")).join(runs, runs.c.case_id == cases.c.id)
    ranked = joined.where(cases.c.submission_id.in_(submission_ids)).subquery()
    rows = connection.execute(select(ranked.c.submission_id, ranked.c.result).where(ranked.c.rank == 1))
    return {row.submission_id: _result(row.submission_id, row.result) for row in rows}


def selected(connection: Connection, selection: Selection) -> tuple[str, ...]:
    """The submission ids that a selection means, in their order."""
    newest = select(cases.c.submission_id, func.max(cases.c.opened_at).label("opened_at"))
    opened = newest.group_by(cases.c.submission_id).subquery()
    query = select(opened.c.submission_id).order_by(opened.c.submission_id)
    if selection.since is not None:
        query = query.where(opened.c.opened_at >= selection.since)
    if selection.model_dump(exclude={"since"}, exclude_none=True):
        query = query.where(opened.c.submission_id.in_(_by_latest_run(selection)))
    return tuple(connection.scalars(query))


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


def _of(submission_id: str) -> Select[str]:
    joined = select(runs.c.result).join(cases, runs.c.case_id == cases.c.id)
    return joined.where(cases.c.submission_id == submission_id)


def _result(submission_id: str, text: str) -> Result:
    with stored_value(f"result of case {submission_id}"):
        return Result.model_validate_json(text)


def _values(case_id: int, ordinal: int, result: Result, now: datetime) -> dict[str, object]:
    return {
        "case_id": case_id,
        "ordinal": ordinal,
        "decision": result.decision,
        "version": result.provenance.version,
        "result": result.to_json(),
        "finished_at": now,
    }
