"""What is counted of runs: which one of a case is in force, and what each found. No value of any document, no name.

Results are sealed, and opening 100,000 of them takes a minute: what an overview counts stands beside them in plain.
"""

from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from models.case import Case
from models.codes import Code, Reason, Severity
from models.result import Result
from pipeline.ledger.tables import cases, run_findings, runs, runs_in_force

BEIJING: Final = ZoneInfo("Asia/Shanghai")
_GRAVEST: Final = (Severity.REJECT, Severity.REVIEW, Severity.WARNING)
_Found = tuple[str, Code, Reason]


class Counted(NamedTuple):
    """A run that was just stored, as it is counted; `by_person` unless the machine decided."""

    run_id: int
    case: Case
    result: Result
    by_person: bool
    ended: datetime


def day_of(moment: datetime) -> date:
    """The day that it is in Beijing."""
    return moment.astimezone(BEIJING).date()


def note(connection: Connection, one: Counted) -> None:
    """Note what a run found; and that it is in force from now on, unless a newer revision has a result already."""
    rows = [
        {"run_id": one.run_id, "page_kind": kind, "code": code, "reason": reason, "severity": severity}
        for (kind, code, reason), severity in _found(one.result).items()
    ]
    if rows:
        connection.execute(insert(run_findings), rows)
    if not _has_newer(connection, one.case):
        submission_id = one.case.submission.submission_id
        connection.execute(delete(runs_in_force).where(runs_in_force.c.submission_id == submission_id))
        connection.execute(insert(runs_in_force).values(**_in_force(one)))


def _found(result: Result) -> dict[_Found, Severity]:
    """Each code and reason once a kind of page, with the gravest severity that it has there."""
    gravest: dict[_Found, Severity] = {}
    for finding in sorted(result.findings, key=lambda finding: _GRAVEST.index(finding.severity)):
        gravest.setdefault((finding.page_kind or "", finding.code, finding.reason), finding.severity)
    return gravest


def _has_newer(connection: Connection, case: Case) -> bool:
    later = (cases.c.submission_id == case.submission.submission_id, cases.c.revision > case.revision)
    query = select(runs.c.id).join(cases, cases.c.id == runs.c.case_id).where(*later).limit(1)
    return connection.scalar(query) is not None


def _in_force(one: Counted) -> dict[str, object]:
    return {
        "run_id": one.run_id,
        "submission_id": one.case.submission.submission_id,
        "day": day_of(one.ended),
        "decision": one.result.decision,
        "by_person": one.by_person,
        "version": one.result.provenance.version,
    }
