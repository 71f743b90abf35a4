"""Recording a result of a case and what follows from it, whether the machine or a person came to it.

A new result is a run. It changes the register, the review queue, the outbox, and which run is in force; what overviews
count of the runs in force is kept unencrypted beside them, since decrypting 100,000 results takes a minute.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue
from sqlalchemy import Connection, delete, func, insert, select, update

from models.case import Case, Conclusion, Lease
from models.codes import Severity
from models.errors import LedgerError, LostLeaseError, PersonDecidedError
from models.overview import day_of
from models.result import Decision, Result
from pipeline.ledger import cases as case_rows
from pipeline.ledger.repositories import children, queue
from pipeline.ledger.repositories.base import AuditEntry, Details, Repository
from pipeline.ledger.system_tables import inbox, outbox
from pipeline.ledger.tables import cases, findings_in_force, run_codes, runs, runs_in_force
from pipeline.ledger.value_encryption import AssociatedData
from pipeline.ledger.values import AuditKind, MessageKind


class Revision(NamedTuple):
    """A locked revision that gets a run: its row id, whether it is the latest, and the number of its last run."""

    case_id: int
    is_latest: bool
    last_run: int


class RecordingRepository(Repository):
    """Adds runs and messages, and closes inbox items, within the transaction of its subclasses' methods."""

    def _conclude(self, connection: Connection, one: Conclusion, entries: list[AuditEntry]) -> int:
        """Record a result of the machine and what follows from it; returns the number of its run.

        Raises:
            PersonDecidedError: A person decided this revision.
        """
        submission_id = one.case.submission.submission_id
        locked = case_rows.lock_revision(connection, one.case)
        last = case_rows.last_run(connection, locked.case_id)
        if one.lease is not None and not self._finish_item(connection, one.lease, submission_id):
            return last.ordinal
        if last.author is not None:
            raise PersonDecidedError(submission_id)
        ordinal, data = self._add_run(connection, Revision(*locked, last.ordinal), one)
        if locked.is_latest:
            ended = queue.Ended(locked.case_id, one.case, ordinal, one.result)
            queue.follow(connection, self._seal, ended, one.looks, now=self._clock())
        if one.lease is not None:
            self._add_result_message(connection, locked.case_id, submission_id, data)
        entries.append(AuditEntry(AuditKind.CONCLUDED, {**data, "result": _digest(one.result)}, submission_id))
        return ordinal

    def _add_run(
        self, connection: Connection, revision: Revision, one: Conclusion, *, author: str | None = None
    ) -> tuple[int, Details]:
        """Add a run with its child and its keys; returns its number, and its data for messages and the audit chain."""
        case, result, ordinal, now = one.case, one.result, revision.last_run + 1, self._clock()
        about = AssociatedData.of_run(case.submission.submission_id, case.revision, ordinal)
        values = {
            "case_id": revision.case_id,
            "ordinal": ordinal,
            "decision": result.decision,
            "version": result.provenance.version,
            "result": self._seal.encrypt(result.to_json().encode(), about),
            "finished_at": now,
            "author": author,
        }
        run_id = connection.execute(insert(runs).values(**values).returning(runs.c.id)).scalar_one()
        codes = sorted({finding.code for finding in result.findings})
        if codes:
            connection.execute(insert(run_codes), [{"run_id": run_id, "code": code} for code in codes])
        if revision.is_latest or not _has_newer_result(connection, case):
            _put_in_force(connection, run_id, one, by_person=author is not None, ended=now)
        case_rows.put_keys(connection, revision.case_id, children.number_keys(self._seal, one.numbers))
        if revision.is_latest:  # a late run does not undo a newer revision
            self._register(connection, revision.case_id, one)
        said: list[JsonValue] = [code.value for code in codes]
        return ordinal, {
            "revision": case.revision,
            "run": ordinal,
            "decision": result.decision.value,
            "codes": said,
        }

    def _register(self, connection: Connection, case_id: int, one: Conclusion) -> None:
        """Register the child of a result; a returned revision that was accepted before takes its child out again.

        Else the next family with that number would get 4005 because of a case that was returned.
        """
        submission_id = one.case.submission.submission_id
        if one.child is not None:
            children.register(connection, self._seal, one.child, submission_id, now=self._clock())
        elif one.result.decision is Decision.RETURNED and case_rows.was_accepted(connection, case_id):
            children.restore(connection, self._seal, submission_id, None)

    def _add_message(self, connection: Connection, kind: MessageKind, data: Details, *, case_id: int | None) -> None:
        """Put a message into the outbox, under an id that stays the same however often it is sent."""
        now = self._clock()
        values = {
            "message_id": f"msg_{uuid.uuid4().hex}",
            "kind": kind.value,
            "case_id": case_id,
            "data": json.dumps(data, ensure_ascii=False, sort_keys=True),
            "noted_at": now,
            "due_at": now,
            "attempts": 0,
        }
        connection.execute(insert(outbox).values(**values))

    def _add_result_message(self, connection: Connection, case_id: int, submission_id: str, run: Details) -> None:
        self._add_message(connection, MessageKind.CONCLUDED, {"submission_id": submission_id, **run}, case_id=case_id)

    def _add_result_if_changed(self, connection: Connection, submission_id: str) -> bool:
        """Add a message with the latest result of a case; False if the last message about it says the same."""
        case_id, run = case_rows.latest_run(connection, self._seal, submission_id)
        query = select(outbox.c.data).join(cases, cases.c.id == outbox.c.case_id)
        last = query.where(cases.c.submission_id == submission_id).order_by(outbox.c.id.desc()).limit(1)
        text = connection.scalar(last)
        if text is not None:
            said: Details = json.loads(text)
            if all(said.get(name) == run[name] for name in ("revision", "decision", "codes")):
                return False
        self._add_result_message(connection, case_id, submission_id, run)
        return True

    def _finish_item(self, connection: Connection, lease: Lease, submission_id: str | None) -> bool:
        """Close an inbox item under its lease; False if it was closed so before; raises LostLeaseError."""
        theirs = (inbox.c.item_id == lease.item_id, inbox.c.token == lease.token)
        values = {"finished_at": self._clock(), "submission_id": submission_id}
        closing = update(inbox).where(*theirs, inbox.c.finished_at.is_(None)).values(**values)
        if connection.execute(closing).rowcount == 1:
            return True
        closed_so = inbox.c.submission_id.is_not_distinct_from(submission_id)
        if not connection.scalar(select(func.count()).where(*theirs, closed_so)):
            raise lost_lease(lease)
        return False

    def _note_late(self, conclusions: Iterable[Conclusion]) -> None:
        """Record results that came after another worker had taken their items over, and were refused."""
        entries = (
            AuditEntry(
                AuditKind.LATE, {"item": one.lease.item_id, "token": one.lease.token}, one.case.submission.submission_id
            )
            for one in conclusions
            if one.lease is not None
        )
        with suppress(LedgerError), self._database.writing() as connection:
            self._record(connection, *entries)


def lost_lease(lease: Lease) -> LostLeaseError:
    """The error where another worker has taken an inbox item over."""
    return LostLeaseError(f"Inbox item {lease.item_id} is another worker's now", hint="stop, and leave it alone.")


def _has_newer_result(connection: Connection, case: Case) -> bool:
    later = (cases.c.submission_id == case.submission.submission_id, cases.c.revision > case.revision)
    query = select(runs.c.id).join(cases, cases.c.id == runs.c.case_id).where(*later).limit(1)
    return connection.scalar(query) is not None


def _put_in_force(connection: Connection, run_id: int, one: Conclusion, *, by_person: bool, ended: datetime) -> None:
    """Note that a run is the one in force of its case, and what it found."""
    submission_id, day = one.case.submission.submission_id, day_of(ended)
    in_force = {
        "run_id": run_id,
        "submission_id": submission_id,
        "day": day,
        "decision": one.result.decision,
        "by_person": by_person,
        "version": one.result.provenance.version,
    }
    of_case = runs_in_force.c.submission_id == submission_id
    before = connection.scalar(select(runs_in_force.c.run_id).where(of_case))
    if before is None:
        connection.execute(insert(runs_in_force).values(**in_force))
    else:
        connection.execute(delete(findings_in_force).where(findings_in_force.c.run_id == before))
        connection.execute(update(runs_in_force).where(of_case).values(**in_force))
    weighty = [finding for finding in one.result.findings if finding.severity is not Severity.WARNING]
    found = sorted({(finding.page_kind or "", finding.code, finding.reason) for finding in weighty})
    if found:
        names = ("page_kind", "code", "reason")
        rows = [{"run_id": run_id, "day": day, **dict(zip(names, each, strict=True))} for each in found]
        connection.execute(insert(findings_in_force), rows)


def _digest(result: Result) -> str:
    """The SHA-256 by which the audit chain identifies a result."""
    return hashlib.sha256(result.to_json().encode()).hexdigest()
