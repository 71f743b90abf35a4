"""A result of a case and what follows from it, whoever came to it."""

import hashlib
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection

from models.result import Result
from pipeline.ledger import children, forgetting, outbox, runs
from pipeline.ledger.runs import Adding
from pipeline.ledger.transactions.on_database import Details, OnDatabase
from pipeline.ledger.values import Conclusion, MessageKind


class Recording(OnDatabase):
    """Adds runs, within the transaction of whoever asks."""

    def _add_run(
        self, connection: Connection, place: Adding, one: Conclusion, *, author: str | None = None
    ) -> tuple[int, Details]:
        """Add a run with its child and its keys; hands on its number, and what is said of it."""
        submission_id, now = one.case.submission.submission_id, self._clock()
        ordinal = runs.add(connection, self._seal, place, one, author=author, now=now)
        forgetting.note_keys(connection, self._seal, place.held.case_id, one.numbers)
        if one.child is not None and place.held.is_latest:  # a late run undoes no newer revision
            children.register(connection, self._seal, one.child, submission_id, now=now)
        return ordinal, {"revision": one.case.revision, "run": ordinal, **_ending(one.result)}

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
