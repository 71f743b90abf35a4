"""A result of a case and what follows from it, whoever came to it."""

import hashlib
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection

from models.result import Decision, Result
from pipeline.ledger import children, outbox, runs
from pipeline.ledger import erasure as forgetting
from pipeline.ledger.repositories.on_database import Details, OnDatabase
from pipeline.ledger.runs import Adding
from pipeline.ledger.values import Conclusion, MessageKind


class Recording(OnDatabase):
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


def _ending(result: Result) -> Details:
    codes: list[JsonValue] = [*sorted({finding.code.value for finding in result.findings})]
    return {"decision": result.decision.value, "codes": codes}


def digest_of(result: Result) -> str:
    """By which the audit chain holds a result."""
    return hashlib.sha256(result.to_json().encode()).hexdigest()
