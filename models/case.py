"""A case: its submission and files, the outcome of reading each page, and what is recorded of it."""

from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from models.base import Model
from models.codes import Code, Reason
from models.documents import DocumentKind
from models.policy import ReviewSampling
from models.reading import Loss, PageReading
from models.register import ChildNumbers, KnownChild
from models.result import Result
from models.submission import Submission


class StoredFile(Model):
    """A file of a submission.

    Attributes:
        path: As in the manifest.
        hint: The kind of document that the parent chose.
        digest: SHA-256 of the bytes, which is their key in the store. None for a file that did not arrive (`size` is
            0), and for one so large that its bytes stay where they were uploaded.
        size: Bytes; of a file so large, one more than the most that is kept.
    """

    path: str
    hint: DocumentKind | None
    digest: str | None
    size: int


class Case(Model):
    """One revision of one child's application; the same id with other content makes the next revision.

    Attributes:
        input_digest: SHA-256 over the manifest and the digests of its files.
        arrived_at: When the service heard of the upload; when a folder was first processed.
    """

    submission: Submission
    revision: int
    files: tuple[StoredFile, ...]
    input_digest: str
    arrived_at: datetime


class ReadPage(Model):
    """A page that was read, with one reading for each document on it, at least one."""

    page_no: int
    readings: tuple[PageReading, ...]


class FailedPage(Model):
    """A page that could not be read: 文件无法处理 for a fault of the file, 系统故障 for a fault of ours.

    Attributes:
        loss: The lost part, in pixels of a result; None if its place is unknown.
    """

    page_no: int
    code: Code
    reason: Reason
    loss: Loss | None = Field(default=None, exclude_if=lambda value: value is None)


class FileReading(Model):
    """A file with the outcome of each page; `failure` is set if the file as a whole did not open."""

    file: StoredFile
    pages: tuple[ReadPage | FailedPage, ...] = ()
    failure: tuple[Code, Reason] | None = None

    @property
    def is_our_fault(self) -> bool:
        """Whether the file or one of its pages could not be read through our fault, so that another try may help."""
        codes = [page.code for page in self.pages if isinstance(page, FailedPage)]
        return Code.OUR_FAULT in codes or (self.failure is not None and self.failure[0] is Code.OUR_FAULT)


class Lease(Model):
    """The right to work on an inbox item until `expires_at`.

    `token` grows with every lease of the item; the ledger refuses what comes under an older one.
    """

    item_id: str
    owner: str
    token: int
    expires_at: datetime


class Conclusion(NamedTuple):
    """What one transaction records of a case.

    Attributes:
        child: The child that the case registers, if it registers one.
        numbers: The child's numbers, by which the case is found to erase the child.
        lease: The lease of the inbox item that the case came from; the transaction finishes the item.
        looks: Which decisions of the machine go to blind review.
    """

    case: Case
    result: Result
    child: KnownChild | None = None
    numbers: ChildNumbers = ChildNumbers()
    lease: Lease | None = None
    looks: ReviewSampling = ReviewSampling(share=0)
