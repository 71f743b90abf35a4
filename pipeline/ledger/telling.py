"""Letting the latest result of a case be told, where that did not happen by itself."""

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Connection

from pipeline.ledger import outbox, runs
from pipeline.ledger.value_encryption import Seal
from pipeline.ledger.values import MessageKind


def tell(connection: Connection, seal: Seal, submission_id: str, *, now: datetime) -> bool:
    """Note a message of the latest result, unless the last one about the case says the same; False then."""
    case_id, run = runs.latest_run(connection, seal, submission_id)
    data: dict[str, JsonValue] = {"submission_id": submission_id, **run}
    last = outbox.last_of_case(connection, submission_id)
    if last is not None and all(last.get(name) == run[name] for name in ("revision", "decision", "codes")):
        return False
    outbox.note(connection, MessageKind.CONCLUDED, data, case_id=case_id, now=now)
    return True
