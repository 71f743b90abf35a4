"""Foreseen errors: each class has an exit code, and says whether a retry helps."""

from datetime import datetime
from enum import IntEnum
from typing import ClassVar, NamedTuple

from models.codes import Reason
from models.review import ReviewOutcome


class ExitCode(IntEnum):
    """The exit code of a command (docs/contract.md, section 2). Never renumbered."""

    ACCEPTED = 0
    USAGE = 2
    BAD_MANIFEST = 3
    ENGINE = 4
    STORE = 5
    RETURNED = 10
    REVIEW = 11
    BUG = 70
    INTERRUPTED = 130


class PipelineError(Exception):
    """A foreseen error. Its text contains codes and ids, never values of a document.

    Attributes:
        what: What happened, as a sentence without its full stop.
        hint: What to do about it, in words that may follow a colon; "" if nothing is to be done.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    retryable: ClassVar[bool] = False

    def __init__(self, what: str = "", *, hint: str = "") -> None:
        super().__init__(f"{what}: {hint}" if hint else what)
        self.what = what
        self.hint = hint


class ManifestProblem(NamedTuple):
    """A wrong key of a manifest, and what is wrong with its value; never the value itself."""

    key: str
    problem: str


class BadManifestError(PipelineError):
    """The manifest is not a submission."""

    exit_code = ExitCode.BAD_MANIFEST

    def __init__(self, problems: tuple[ManifestProblem, ...]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in problems))
        self.problems = problems


class BadTableError(PipelineError):
    """A file with a table cannot be taken as a whole; the text names rows and columns, and no value."""

    exit_code = ExitCode.BAD_MANIFEST


class BadNotificationError(PipelineError):
    """The request is no valid notification of an object store."""

    exit_code = ExitCode.USAGE


class ManifestMissingError(PipelineError):
    """The manifest that a notification named does not exist."""

    exit_code = ExitCode.BAD_MANIFEST


class IncompleteUploadError(PipelineError):
    """A file that the manifest names has not arrived yet."""

    exit_code = ExitCode.BAD_MANIFEST


class FileRejectedError(PipelineError):
    """A file cannot be opened (文件无法处理), for the reason given; the parent can send another one."""

    exit_code = ExitCode.RETURNED

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"file rejected: {reason}")
        self.reason = reason

    def __reduce__(self) -> tuple[type["FileRejectedError"], tuple[Reason]]:
        return type(self), (self.reason,)  # is pickled between worker processes


class ModelsError(PipelineError):
    """A model file is missing or altered; the text names the file."""

    exit_code = ExitCode.ENGINE


class EngineError(PipelineError):
    """The OCR engine gave no usable answer."""

    exit_code = ExitCode.ENGINE
    retryable = True
    reason: ClassVar[Reason] = Reason.ENGINE_CRASH


class EngineTimeoutError(EngineError):
    """The OCR engine did not answer in time; its process was killed."""

    reason = Reason.ENGINE_TIMEOUT


class StoreError(PipelineError):
    """The object store refused or failed an operation."""

    exit_code = ExitCode.STORE


class StoreDownError(StoreError):
    """The object store did not answer."""

    retryable = True


class ObjectMissingError(StoreError):
    """The object does not exist."""


class LedgerError(PipelineError):
    """The ledger refused or failed an operation."""

    exit_code = ExitCode.STORE


class LedgerBusyError(LedgerError):
    """The ledger is locked or unreachable at the moment."""

    retryable = True


class LostLeaseError(LedgerError):
    """Another worker took the work over; the ledger refuses what this one still writes."""


class UnknownCaseError(LedgerError):
    """No case has this submission id."""

    exit_code = ExitCode.USAGE


class NoResultYetError(LedgerError):
    """The case exists, but has no result yet."""


class AccountError(LedgerError):
    """An account cannot be created or changed; the text never repeats a password."""

    exit_code = ExitCode.USAGE


class UnknownBatchError(LedgerError):
    """No batch has this id."""

    exit_code = ExitCode.USAGE


class OtherRulesError(PipelineError):
    """A batch was judged by other rules than those that are in force here."""

    exit_code = ExitCode.USAGE


class BatchHeldError(LedgerError):
    """Another process holds the batch."""

    retryable = True


class RefusedDecisionError(LedgerError):
    """The ledger did not record the decision, nor anything that follows from it."""

    exit_code = ExitCode.USAGE


class StaleCaseError(RefusedDecisionError):
    """The case has another result, or was sent in again, since the page was shown."""

    def __init__(self, submission_id: str) -> None:
        super().__init__(f"Case {submission_id} has changed since it was shown: look at it again.")


class AlreadyDecidedError(RefusedDecisionError):
    """Another reviewer decided this run before."""

    def __init__(self, submission_id: str, account: str, outcome: ReviewOutcome, at: datetime) -> None:
        super().__init__(f"Case {submission_id} was decided by {account} before.")
        self.account, self.outcome, self.at = account, outcome, at


class HeldError(RefusedDecisionError):
    """Another reviewer holds the case."""

    def __init__(self, submission_id: str, account: str, until: datetime) -> None:
        super().__init__(f"Case {submission_id} is held by {account}.")
        self.account, self.until = account, until


class NotWaitingError(RefusedDecisionError):
    """The case is not in the review queue."""

    def __init__(self, submission_id: str) -> None:
        super().__init__(f"Case {submission_id} is not in the review queue.")


class PersonDecidedError(LedgerError):
    """A person decided this revision; the machine does not decide it again."""

    def __init__(self, submission_id: str) -> None:
        super().__init__(f"Case {submission_id} was decided by a person: its result stands.")


class ChildExistsError(LedgerError):
    """Another case registered a child with one of these numbers first; nothing of this conclusion was stored."""
