"""A case on its way: what came in, and what became of each of its pages."""

from models.base import Model
from models.codes import Code, Reason
from models.documents import DocumentKind
from models.reading import PageReading
from models.submission import Submission


class StoredFile(Model):
    """A file of a submission: `digest` is the SHA-256 of its bytes, under which the store keeps them.

    None means that the manifest names a file that never arrived (`size` is 0), or one so large that its bytes stay
    where they were uploaded.
    """

    path: str
    hint: DocumentKind | None
    digest: str | None
    size: int


class Case(Model):
    """One revision of one child's application. The same id with other content is the next revision."""

    submission: Submission
    revision: int
    files: tuple[StoredFile, ...]
    input_digest: str  # SHA-256 over the manifest and the digests of its files


class ReadPage(Model):
    """A page that was read: one reading for every document on it, at least one."""

    page_no: int
    readings: tuple[PageReading, ...]


class FailedPage(Model):
    """A page that could not be read, and whose fault that is: 文件无法处理 is the file's, 系统故障 is ours."""

    page_no: int
    code: Code
    reason: Reason


class FileReading(Model):
    """A file and the ending of each of its pages; `failure` where the file as a whole did not open."""

    file: StoredFile
    pages: tuple[ReadPage | FailedPage, ...] = ()
    failure: tuple[Code, Reason] | None = None

    @property
    def is_our_fault(self) -> bool:
        """Whether the file or one of its pages could not be read through our fault, so that another try may help."""
        codes = [page.code for page in self.pages if isinstance(page, FailedPage)]
        return Code.OUR_FAULT in codes or (self.failure is not None and self.failure[0] is Code.OUR_FAULT)
