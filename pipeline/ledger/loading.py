"""Stored cases with all that judging them again takes, and one with all that a person needs who decides it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Row, select

from models.case import Case
from models.content import Content
from models.result import Result
from pipeline.ledger import cases, reviews, runs
from pipeline.ledger import review_queue as waiting
from pipeline.ledger.contents import is_of, opened
from pipeline.ledger.review_values import CaseForReview
from pipeline.ledger.tables import contents
from pipeline.ledger.value_encryption import Seal
from pipeline.ledger.values import Stored


def stored(
    connection: Connection, seal: Seal, submission_ids: Sequence[str], version: int | None
) -> tuple[Stored, ...]:
    """The latest revisions of those that have a result, in the order of the ids; with content of this version."""
    results = runs.latest_of(connection, seal, submission_ids)
    found = cases.latest_of(connection, seal, submission_ids)
    kept = _rows(connection, [case_id for case_id, _ in found.values()], version)
    told = [(*results[name], *found[name]) for name in submission_ids if name in results]
    return tuple(
        Stored(case, result, _content(seal, case, result, kept.get(case_id)), run)
        for run, result, case_id, case in told
    )


def _content(seal: Seal, case: Case, result: Result, row: Row[tuple[object, ...]] | None) -> Content | None:
    """None as well for a revision that is being worked on, and where another engine's result is in force by now."""
    if row is None or result.revision != case.revision or row.engine != result.provenance.engine:
        return None
    return opened(seal, case, row)


def _rows(
    connection: Connection, case_ids: Sequence[int], version: int | None
) -> Mapping[int, Row[tuple[object, ...]]]:
    """The content of cases, by case; none if no version is asked for."""
    if version is None:
        return {}
    wanted = (contents.c.case_id.in_(case_ids), is_of(version))
    return {row.case_id: row for row in connection.execute(select(contents).where(*wanted))}


def laid_out(connection: Connection, seal: Seal, submission_id: str, version: int | None) -> CaseForReview:
    """A case as it lies before people; raises UnknownCaseError, or LedgerError without a result."""
    case_id, run = runs.latest_run(connection, seal, submission_id)
    case = cases.case_of(connection, seal, submission_id, run["revision"])
    kept = _rows(connection, [case_id], version)
    result = runs.one(connection, seal, submission_id, case.revision, run["run"])
    return CaseForReview(
        case=case,
        result=result,
        run=run["run"],
        author=runs.last(connection, case_id).author,
        content=_content(seal, case, result, kept.get(case_id)),
        waiting=waiting.one(connection, submission_id),
        reviewed=reviews.of_case(connection, seal, submission_id),
        newer=not cases.is_latest(connection, case),
    )
