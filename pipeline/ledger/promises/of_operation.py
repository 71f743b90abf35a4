"""What every ledger tells those who operate the system, and those who ask what was done."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from pipeline.ledger.overview_values import Overview
from pipeline.ledger.records import Anchor, AuditRecord, AuditReport, Metrics


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

    def figures(self) -> Metrics:
        """Counts and ages as of now; nothing of any case."""

    def overview(self, since: date, until: date) -> Overview:
        """What was decided from one day in Beijing to another, both counted, and what there is now.

        A case counts once, on the day of its latest result and as that says. Counts, shares and ages; nothing of any
        one case, and nothing that would have to be opened.
        """
