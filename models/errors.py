"""Errors that have a name: each knows its exit code and whether trying again helps."""

from datetime import datetime
from enum import IntEnum
from typing import ClassVar, NamedTuple

from models.codes import Reason
from models.review import ReviewOutcome


class ExitCode(IntEnum):
    """How a command ends (contract, section 2). Never renumbered."""

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
    """A foreseen failure. Its text carries codes and ids, never what a document says.

    Attributes:
        what: What happened: a sentence, without its full stop if a hint follows.
        hint: What to do about it, in words that may follow a colon; "" if nothing is to be done.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    retryable: ClassVar[bool] = False

    def __init__(self, what: str = "", *, hint: str = "") -> None:
        super().__init__(f"{what}: {hint}" if hint else what)
        self.what = what
        self.hint = hint


class ManifestProblem(NamedTuple):
    """One wrong key of a manifest, and what is wrong with it; never its value."""

    key: str
    problem: str


class BadManifestError(PipelineError):
    """The manifest is not a submission."""

    exit_code = ExitCode.BAD_MANIFEST

    def __init__(self, problems: tuple[ManifestProblem, ...]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in problems))
        self.problems = problems


class BadNotificationError(PipelineError):
    """What came as a notification of the object store is none."""

    exit_code = ExitCode.USAGE


class ManifestMissingError(PipelineError):
    """There is no manifest where one was heard of."""

    exit_code = ExitCode.BAD_MANIFEST


class IncompleteUploadError(PipelineError):
    """A file that the manifest names has not arrived, and may yet."""

    exit_code = ExitCode.BAD_MANIFEST


class FileRejectedError(PipelineError):
    """A file cannot be opened: 文件无法处理, with its reason. The parent can send another one."""

    exit_code = ExitCode.RETURNED

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"file rejected: {reason}")
        self.reason = reason

    def __reduce__(self) -> tuple[type["FileRejectedError"], tuple[Reason]]:
        return type(self), (self.reason,)  # crosses the wall between worker processes


class ModelsError(PipelineError):
    """A model file is missing or altered; the text names the file."""

    exit_code = ExitCode.ENGINE


class EngineError(PipelineError):
    """The OCR engine gave no usable answer."""

    exit_code = ExitCode.ENGINE
    retryable = True
    reason: ClassVar[Reason] = Reason.ENGINE_CRASH


class EngineTimeoutError(EngineError):
    """The OCR engine did not answer in time; its process was ended."""

    reason = Reason.ENGINE_TIMEOUT


class StoreError(PipelineError):
    """The object store could not do what was asked."""

    exit_code = ExitCode.STORE


class StoreDownError(StoreError):
    """The object store did not answer."""

    retryable = True


class ObjectMissingError(StoreError):
    """There is no such object."""


class LedgerError(PipelineError):
    """The ledger could not record or find what was asked."""

    exit_code = ExitCode.STORE


class LedgerBusyError(LedgerError):
    """The ledger is locked or unreachable for now."""

    retryable = True


class LostLeaseError(LedgerError):
    """Another worker took the work over; what this one still writes is refused."""


class UnknownCaseError(LedgerError):
    """No case has this submission id."""

    exit_code = ExitCode.USAGE


class NoResultYetError(LedgerError):
    """The case came in, and nobody and nothing has decided it yet."""


class AccountError(LedgerError):
    """An account cannot be made or changed as was asked; no text repeats a password."""

    exit_code = ExitCode.USAGE


class UnknownBatchError(LedgerError):
    """No batch has this id."""

    exit_code = ExitCode.USAGE


class BatchHeldError(LedgerError):
    """Another process works on the batch."""

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
