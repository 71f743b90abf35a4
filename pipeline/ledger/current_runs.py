"""What is counted: which run of a case is in force, and what it found. No value of any document, and no name.

Results are sealed, and opening 100,000 of them takes a minute: what an overview counts stands beside them in plain.
"""

from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from models.case import Case
from models.codes import Code, Reason, Severity
from models.result import Result
from pipeline.ledger.tables import cases, findings_in_force, runs, runs_in_force

BEIJING: Final = ZoneInfo("Asia/Shanghai")


class CurrentRun(NamedTuple):
    """A run that was just stored, as it is counted; `by_person` unless the machine decided."""

    run_id: int
    case: Case
    result: Result
    by_person: bool
    ended: datetime


def day_of(moment: datetime) -> date:
    """The day that it is in Beijing."""
    return moment.astimezone(BEIJING).date()


def note(connection: Connection, one: CurrentRun, *, is_latest: bool) -> None:
    """Note that a run is in force from now on and what it found, unless a newer revision has a result already.

    Args:
        connection: To the ledger.
        one: The run.
        is_latest: Whether no later revision came in, so that none can have a result.
    """
    if not is_latest and _has_newer(connection, one.case):
        return
    before = runs_in_force.c.submission_id == one.case.submission.submission_id
    run_id = connection.scalar(select(runs_in_force.c.run_id).where(before))
    if run_id is None:
        connection.execute(insert(runs_in_force).values(**_in_force(one)))
    else:
        connection.execute(delete(findings_in_force).where(findings_in_force.c.run_id == run_id))
        connection.execute(update(runs_in_force).where(before).values(**_in_force(one)))
    weighty = [finding for finding in one.result.findings if finding.severity is not Severity.WARNING]
    found = {(finding.page_kind or "", finding.code, finding.reason) for finding in weighty}
    if found:
        connection.execute(insert(findings_in_force), [_found(one, *each) for each in sorted(found)])


def _found(one: CurrentRun, page_kind: str, code: Code, reason: Reason) -> dict[str, object]:
    day = day_of(one.ended)
    return {"run_id": one.run_id, "page_kind": page_kind, "code": code, "reason": reason, "day": day}


def _has_newer(connection: Connection, case: Case) -> bool:
    later = (cases.c.submission_id == case.submission.submission_id, cases.c.revision > case.revision)
    query = select(runs.c.id).join(cases, cases.c.id == runs.c.case_id).where(*later).limit(1)
    return connection.scalar(query) is not None


def _in_force(one: CurrentRun) -> dict[str, object]:
    return {
        "run_id": one.run_id,
        "submission_id": one.case.submission.submission_id,
        "day": day_of(one.ended),
        "decision": one.result.decision,
        "by_person": one.by_person,
        "version": one.result.provenance.version,
    }
