"""What every ledger does with uploads on their way in, and with results on their way out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pipeline.ledger.values import InboxItem, Lease, Message, Notification, UploadEvent


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
