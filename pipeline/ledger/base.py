"""What every ledger does: the truth about cases, runs, children and uploads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from models.case import Case, ReadPage, StoredFile
from models.children import KnownChild
from models.errors import LedgerError
from models.result import Result
from models.submission import Submission
from pipeline.ledger.records import Anchor, AuditRecord, AuditReport, Figures
from pipeline.ledger.values import (
    Conclusion,
    Content,
    Erasure,
    Expired,
    Forgotten,
    ImportCounts,
    InboxItem,
    Lease,
    Message,
    Notification,
    Selection,
    Sought,
    Stored,
    UploadEvent,
)

Clock = Callable[[], datetime]


class ChildExistsError(LedgerError):
    """Another case registered a child with one of these numbers first; nothing of this conclusion was stored."""


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(tz=UTC)


def reading_key(digest: str, page_no: int, engine: str) -> str:
    """The name of a reading: the same bytes, page and engine version give the same reading."""
    return f"{digest}/{page_no}/{engine}"


class Cases(Protocol):
    """Cases and what became of them."""

    def open_case(self, submission: Submission, files: tuple[StoredFile, ...], input_digest: str) -> Case:
        """Record what came in; the digest of the latest revision again is that revision, else it is the next one."""

    def case(self, submission_id: str, revision: int | None = None) -> Case:
        """A case as it came in, by default its latest revision; raises UnknownCaseError."""

    def conclude(self, *conclusions: Conclusion) -> tuple[int, ...]:
        """Store a run of each case, register its child and finish its inbox item: all of it, or nothing.

        What came through the inbox is to be told: a message of it waits in the outbox from then on.

        A child that a submission registered before is replaced, unless a newer revision came in meanwhile. Earlier
        runs stay as they are.

        Returns:
            For each the number of the run in its revision, from 1.

        Raises:
            ChildExistsError: Another case registered a child with one of its numbers.
            LostLeaseError: Another worker took an inbox item over, or finished it.
            UnknownCaseError: A case was never opened, or was erased.
        """

    def latest_result(self, submission_id: str) -> Result:
        """The last run of the latest revision that has one; raises UnknownCaseError, or LedgerError without runs."""

    def result(self, submission_id: str, revision: int, run: int) -> Result:
        """One run of one revision; raises UnknownCaseError, or LedgerError without it."""

    def results(self, submission_id: str) -> tuple[Result, ...]:
        """Every run, by revision and then by number; raises UnknownCaseError."""

    def cases(self, selection: Selection) -> Iterator[str]:
        """The submission ids that a selection means, in the order of the ids."""

    def keep_content(self, case: Case, content: Content) -> None:
        """Keep what the files of a case say, instead of what was kept before; raises UnknownCaseError."""

    def stored(self, submission_ids: Sequence[str], version: str) -> tuple[Stored, ...]:
        """The latest revisions of cases that have a result, in the order of the ids; with content of this version."""


class Readings(Protocol):
    """What perceiving pages yielded, by content."""

    def keep_reading(self, key: str, page: ReadPage) -> None:
        """Keep a reading; the first one under a key stays."""

    def reading(self, key: str) -> ReadPage | None:
        """The reading under a key; raises LedgerError if it was damaged."""


class Children(Protocol):
    """The register of known children. Numbers are compared in normal form; names without spaces and separators."""

    def known_children(self, *sought: Sought) -> tuple[tuple[KnownChild, ...], ...]:
        """For each of those sought every record that shares a number, or name, sex and birth date, or the delivery.

        Never what the submission itself registered.
        """

    def import_children(self, children: Iterable[KnownChild]) -> ImportCounts:
        """Add records that are not known; a record whose number is known with other content is conflicting.

        Children who were forgotten stay forgotten.
        """

    def export_children(self) -> Iterator[KnownChild]:
        """Every record, in the order of registration."""

    def forget_child(self, numbers: Sequence[str]) -> Forgotten:
        """Erase the records with these numbers, their cases with all runs, readings that no other case shares.

        What they leave in the store is noted as `erasures`, and their keys as tombstones: an import does not bring
        them back, an application of the family does.
        """

    def scans_due(self, before: datetime) -> int:
        """How many cases and uploads `expire_scans` would let go of, if it went on."""

    def expire_scans(self, before: datetime, limit: int) -> Expired:
        """Note for erasure what the store holds of cases that were decided before then, at most so many cases.

        Readings of bytes that no other case has go at once; results and what the fields said stay. A case that waits
        for a person, or has a revision without a result, is left alone. Uploads of which no case came count as cases.
        """

    def erasures(self) -> tuple[Erasure, ...]:
        """What is still to be erased in the store."""

    def is_to_be_erased(self, erasure: Erasure) -> bool:
        """Whether that still holds now: a case may have sent the same bytes again meanwhile."""

    def erased(self, erasure: Erasure) -> None:
        """Note that it is gone from the store; once more is no error."""


class Inbox(Protocol):
    """Uploads on their way to becoming cases. Every method but `hear` raises LedgerError for an unknown item."""

    def note_notifications(self, bodies: Sequence[bytes]) -> int:
        """Keep what an object store said, durably and all of it; hands on how many were not waiting already."""

    def notifications(self, limit: int) -> tuple[Notification, ...]:
        """The oldest ones that wait to be worked on."""

    def drop_notification(self, notification: Notification) -> None:
        """Let go of one whose objects are known; once more is no error."""

    def hear(self, event: UploadEvent) -> bool:
        """Note an upload, durably; True the first time it is heard of, however it arrives and in whatever order."""

    def item(self, item_id: str) -> InboxItem:
        """An item, whatever became of it."""

    def undispatched(self, limit: int) -> tuple[InboxItem, ...]:
        """The oldest items that nobody has started work on."""

    def mark_dispatched(self, item_id: str, flow_run_id: str, *, patience: float = 300.0) -> None:
        """Note that a run was asked for; overdue if nobody leases the item within `patience` seconds."""

    def lease(self, item_id: str, owner: str, seconds: float) -> Lease | None:
        """Take an item for so long; None if somebody holds it or it is finished."""

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold on for so long from now; raises LostLeaseError."""

    def finish(self, lease: Lease, refusal: Sequence[str] = ()) -> None:
        """Close an item of which no case came; once more is no error; raises LostLeaseError.

        What is wrong with it, if anything is said, waits in the outbox from then on.
        """

    def overdue(self, now: datetime) -> tuple[InboxItem, ...]:
        """Unfinished items whose lease or patience ran out: to be dispatched again."""


class Outbox(Protocol):
    """What others are to be told, until they have it: at least once, each time under the same id."""

    def claim_messages(self, limit: int, seconds: float) -> tuple[Message, ...]:
        """Take the oldest that are due, for so long; then others may."""

    def tell(self, submission_id: str) -> bool:
        """Let the latest result of a case be told, unless the last message about it says the same already.

        For results that did not come through the inbox, which are not told by themselves; raises UnknownCaseError, or
        LedgerError without a result.
        """

    def told(self, message: Message) -> None:
        """Note that it arrived; once more is no error."""

    def not_told(self, message: Message, failure: str, again: datetime) -> None:
        """Note that it did not arrive, why in a word that quotes nobody, and when to try again."""


class Audit(Protocol):
    """The audit chain. What the ledger does is recorded by itself, in the transaction that does it."""

    def audit_trail(self, submission_id: str) -> tuple[AuditRecord, ...]:
        """What was recorded of a case, oldest first."""

    def audit_anchor(self) -> Anchor:
        """Where the chain ends now, for keeping elsewhere."""

    def verify_audit(self, anchors: Iterable[Anchor] = ()) -> AuditReport:
        """Look at every record, at the head, and at anchors of earlier times."""


class Operation(Protocol):
    """What those who operate the system look at."""

    def beat(self, identity: str, engine_restarts: int) -> None:
        """Say that a process works; those that were silent for a day are struck out."""

    def figures(self) -> Figures:
        """Counts and ages as of now; nothing of any case."""


class Ledger(Cases, Readings, Children, Inbox, Outbox, Audit, Operation, Protocol):
    """Everything in one place, so that what belongs together is one transaction.

    Every method may raise LedgerBusyError where trying again helps, and LedgerError where it does not. Safe to share
    between threads and across a fork.
    """

    def close(self) -> None:
        """Let go of files and connections."""
