"""Cases: what came in, revision by revision."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select, update

from models.case import Case, StoredFile
from models.errors import LedgerBusyError, UnknownCaseError
from models.submission import Submission
from pipeline.ledger import purposes
from pipeline.ledger.database import insert_new
from pipeline.ledger.errors import stored_value
from pipeline.ledger.tables import case_files, cases
from pipeline.ledger.value_encryption import Seal

_FILES = TypeAdapter(tuple[StoredFile, ...])
_ATTEMPTS = 5  # as many revisions of one submission may be opened at the same instant


def open_case(
    connection: Connection,
    seal: Seal,
    submission: Submission,
    files: tuple[StoredFile, ...],
    input_digest: str,
    *,
    now: datetime,
) -> tuple[Case, bool]:
    """The latest revision if it has this digest, else the next one; and whether it was opened now."""
    for _ in range(_ATTEMPTS):
        latest = _row(connection, submission.submission_id, None)
        if latest is not None and latest.input_digest == input_digest:
            case = case_of_row(seal, latest)
            if latest.scans_erased_at is not None:  # and here they are again
                back = {"scans_erased_at": None, "sent_again_at": now}
                connection.execute(update(cases).where(cases.c.id == latest.id).values(**back))
                _note_digests(connection, case)
            return case, False
        revision = 1 if latest is None else latest.revision + 1
        case = Case(submission=submission, revision=revision, files=files, input_digest=input_digest)
        if insert_new(connection, cases, _values(seal, case, now)):
            _note_digests(connection, case)
            return case, True
    raise LedgerBusyError(f"Case {submission.submission_id} is being opened many times at once: trying again helps.")


def case_of(connection: Connection, seal: Seal, submission_id: str, revision: int | None) -> Case:
    """One revision of a case, by default the latest; raises UnknownCaseError."""
    row = _row(connection, submission_id, revision)
    if row is None:
        raise _unknown(submission_id, revision)
    return case_of_row(seal, row)


class Held(NamedTuple):
    """A case that nobody else concludes before this transaction ends: its row, and whether no later revision came."""

    case_id: int
    is_latest: bool


def held(connection: Connection, case: Case) -> Held:
    """Hold a case with all its revisions.

    Raises:
        UnknownCaseError: The case was never opened.
    """
    submission_id = case.submission.submission_id
    query = select(cases.c.revision, cases.c.id).where(cases.c.submission_id == submission_id).order_by(cases.c.id)
    row_ids: dict[int, int] = {row.revision: row.id for row in connection.execute(query.with_for_update())}
    if case.revision not in row_ids:
        raise _unknown(submission_id, case.revision)
    return Held(row_ids[case.revision], case.revision == max(row_ids))


def locked(connection: Connection, case: Case) -> int:
    """The row id of a case that is held; raises as `held`."""
    return held(connection, case).case_id


def lock(connection: Connection, submission_ids: Sequence[str]) -> defaultdict[str, dict[int, int]]:
    """The row ids of cases, by revision; nobody concludes any of them before this transaction ends."""
    query = select(cases.c.submission_id, cases.c.revision, cases.c.id).order_by(cases.c.id).with_for_update()
    row_ids: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for row in connection.execute(query.where(cases.c.submission_id.in_(submission_ids))):
        row_ids[row.submission_id][row.revision] = row.id
    return row_ids


def has_file(connection: Connection, case: Case, digest: str) -> bool:
    """Whether a revision has bytes that are not to be erased."""
    theirs = (cases.c.submission_id == case.submission.submission_id, cases.c.revision == case.revision)
    query = select(case_files.c.case_id).join(cases, cases.c.id == case_files.c.case_id)
    return connection.scalar(query.where(*theirs, case_files.c.digest == digest)) is not None


def is_latest(connection: Connection, case: Case) -> bool:
    """Whether no later revision of a case came in."""
    submission_id = case.submission.submission_id
    latest = connection.scalar(select(func.max(cases.c.revision)).where(cases.c.submission_id == submission_id))
    return bool(latest == case.revision)


def _row(connection: Connection, submission_id: str, revision: int | None) -> Row[tuple[object, ...]] | None:
    query = select(cases).where(cases.c.submission_id == submission_id).order_by(cases.c.revision.desc()).limit(1)
    return connection.execute(query if revision is None else query.where(cases.c.revision == revision)).first()


def _note_digests(connection: Connection, case: Case) -> None:
    digests = sorted({file.digest for file in case.files if file.digest})
    if digests:
        case_id = locked(connection, case)
        connection.execute(insert(case_files), [{"case_id": case_id, "digest": digest} for digest in digests])


def _values(seal: Seal, case: Case, now: datetime) -> dict[str, object]:
    def sealed(column: str, value: bytes) -> bytes:
        return seal.sealed(value, purposes.of_case(column, case.submission.submission_id, case.revision))

    return {
        "submission_id": case.submission.submission_id,
        "revision": case.revision,
        "input_digest": case.input_digest,
        "manifest": sealed("manifest", case.submission.model_dump_json(by_alias=True).encode()),
        "files": sealed("files", _FILES.dump_json(case.files)),
        "opened_at": now,
    }


def latest_of(connection: Connection, seal: Seal, submission_ids: Sequence[str]) -> dict[str, tuple[int, Case]]:
    """The latest revision of each case, with its row id."""
    query = select(cases).where(cases.c.submission_id.in_(submission_ids)).order_by(cases.c.revision)
    return {row.submission_id: (row.id, case_of_row(seal, row)) for row in connection.execute(query)}


def case_of_row(seal: Seal, row: Row[tuple[object, ...]]) -> Case:
    """A case as its row tells it; raises LedgerError if it was damaged."""
    with stored_value(_name(row)):
        return Case(
            submission=Submission.model_validate_json(_opened(seal, row, "manifest")),
            revision=row.revision,
            files=_FILES.validate_json(_opened(seal, row, "files")),
            input_digest=row.input_digest,
        )


def files_of_row(seal: Seal, row: Row[tuple[object, ...]]) -> tuple[StoredFile, ...]:
    """The files of a case alone; raises LedgerError if they were damaged."""
    with stored_value(_name(row)):
        return _FILES.validate_json(_opened(seal, row, "files"))


def _opened(seal: Seal, row: Row[tuple[object, ...]], column: str) -> bytes:
    return seal.opened(getattr(row, column), purposes.of_case(column, row.submission_id, row.revision))


def _name(row: Row[tuple[object, ...]]) -> str:
    return f"case {row.submission_id} revision {row.revision}"


def _unknown(submission_id: str, revision: int | None) -> UnknownCaseError:
    return UnknownCaseError(f"There is no case {submission_id}{f' revision {revision}' if revision else ''}.")
