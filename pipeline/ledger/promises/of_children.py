"""What every ledger does with the register of children."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from models.register import KnownChild
from pipeline.ledger.values import Erasure, Expired, Forgotten, ImportCounts, RegisterQuery


class Children(Protocol):
    """The register of known children. Numbers are compared in normal form; names without spaces and separators."""

    def known_children(self, *sought: RegisterQuery) -> tuple[tuple[KnownChild, ...], ...]:
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
