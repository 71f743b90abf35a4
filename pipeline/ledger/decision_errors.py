"""Why a decision of a person is not recorded: each says so in whole sentences, and names who was first."""

from datetime import datetime

from models.errors import ExitCode, LedgerError
from models.review import ReviewOutcome


class RefusedDecisionError(LedgerError):
    """The decision was not recorded, and nothing else was."""

    exit_code = ExitCode.USAGE


class StaleCaseError(RefusedDecisionError):
    """The case has another result, or was sent in again, since the page was shown."""

    def __init__(self, submission_id: str) -> None:
        super().__init__(f"Case {submission_id} has changed since it was shown: look at it again.")


class AlreadyDecidedError(RefusedDecisionError):
    """Somebody decided this run before."""

    def __init__(self, submission_id: str, account: str, outcome: ReviewOutcome, at: datetime) -> None:
        super().__init__(f"Case {submission_id} was decided by {account} before.")
        self.account, self.outcome, self.at = account, outcome, at


class HeldError(RefusedDecisionError):
    """Somebody else has the case in hand."""

    def __init__(self, submission_id: str, account: str, until: datetime) -> None:
        super().__init__(f"Case {submission_id} is in the hands of {account}.")
        self.account, self.until = account, until


class NotWaitingError(RefusedDecisionError):
    """The case does not lie before people."""

    def __init__(self, submission_id: str) -> None:
        super().__init__(f"Case {submission_id} does not wait for a person.")


class PersonDecidedError(LedgerError):
    """A person decided this revision, and no machine decides it again."""

    def __init__(self, submission_id: str) -> None:
        super().__init__(f"Case {submission_id} was decided by a person: its result stands.")


class ChildExistsError(LedgerError):
    """Another case registered a child with one of these numbers first; nothing of this conclusion was stored."""
