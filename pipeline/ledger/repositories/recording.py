"""A result of a case and what follows from it, whoever came to it."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection

from models.conclusion import Conclusion
from models.errors import LedgerError
from models.result import Decision, Result
from pipeline.ledger import cases, children, inbox, outbox, runs
from pipeline.ledger import erasure as forgetting
from pipeline.ledger import review_queue as waiting
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.decision_errors import PersonDecidedError
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Details, Repository
from pipeline.ledger.review_queue import Ended
from pipeline.ledger.runs import Adding
from pipeline.ledger.values import MessageKind


class RecordingRepository(Repository):
    """Adds runs, within the transaction of whoever asks."""

    def _add_run(
        self, connection: Connection, place: Adding, one: Conclusion, *, author: str | None = None
    ) -> tuple[int, Details]:
        """Add a run with its child and its keys; hands on its number, and what is said of it."""
        ordinal = runs.add(connection, self._seal, place, one, author=author, now=self._clock())
        forgetting.note_keys(connection, self._seal, place.held.case_id, one.numbers)
        if place.held.is_latest:  # a late run undoes no newer revision
            self._register(connection, place, one)
        return ordinal, {"revision": one.case.revision, "run": ordinal, **_ending(one.result)}

    def _register(self, connection: Connection, place: Adding, one: Conclusion) -> None:
        """Let the register follow; whom an acceptance of this revision registered goes out when it is returned.

        Else the next family with that number would be told 4005 because of a case that was sent home.
        """
        submission_id = one.case.submission.submission_id
        if one.child is not None:
            children.register(connection, self._seal, one.child, submission_id, now=self._clock())
        elif one.result.decision is Decision.RETURNED and runs.was_accepted(connection, place.held.case_id):
            children.restore(connection, self._seal, submission_id, None)

    def _tell(self, connection: Connection, case_id: int, submission_id: str, ending: dict[str, Any]) -> None:
        """Let a result wait in the outbox."""
        data: Details = {"submission_id": submission_id, **ending}
        outbox.note(connection, MessageKind.CONCLUDED, data, case_id=case_id, now=self._clock())

    def _concluded(self, connection: Connection, one: Conclusion, entries: list[AuditEntry]) -> int:
        submission_id = one.case.submission.submission_id
        held = cases.held(connection, one.case)
        last = runs.last(connection, held.case_id)
        if one.lease is not None and not inbox.finish(connection, one.lease, submission_id, now=self._clock()):
            return last.ordinal
        if last.author is not None:
            raise PersonDecidedError(submission_id)
        ordinal, ending = self._add_run(connection, Adding(held, last), one)
        if held.is_latest:
            ended = Ended(held.case_id, one.case, ordinal, one.result)
            waiting.follow(connection, self._seal, ended, one.looks, now=self._clock())
        if one.lease is not None:
            self._tell(connection, held.case_id, submission_id, ending)
        entries.append(AuditEntry(AuditKind.CONCLUDED, {**ending, "result": digest_of(one.result)}, submission_id))
        return ordinal

    def _note_late(self, conclusions: Iterable[Conclusion]) -> None:
        entries = (
            AuditEntry(
                AuditKind.LATE, {"item": one.lease.item_id, "token": one.lease.token}, one.case.submission.submission_id
            )
            for one in conclusions
            if one.lease is not None
        )
        with suppress(LedgerError), self._database.writing() as connection:
            self._record(connection, *entries)


def _ending(result: Result) -> Details:
    codes: list[JsonValue] = [*sorted({finding.code.value for finding in result.findings})]
    return {"decision": result.decision.value, "codes": codes}


def digest_of(result: Result) -> str:
    """By which the audit chain holds a result."""
    return hashlib.sha256(result.to_json().encode()).hexdigest()
