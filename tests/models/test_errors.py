import pickle

import pytest

from models.errors import (
    BatchHeldError,
    EngineError,
    EngineTimeoutError,
    ExitCode,
    FileRejectedError,
    LedgerBusyError,
    LedgerError,
    LostLeaseError,
    ModelsError,
    ObjectMissingError,
    PipelineError,
    StoreDownError,
    StoreError,
    UnknownBatchError,
    UnknownCaseError,
)
from models.findings import Reason


@pytest.mark.parametrize(
    ("kind", "code", "again"),
    [
        pytest.param(PipelineError, ExitCode.BUG, False, id="no error of a kind"),
        pytest.param(ModelsError, ExitCode.ENGINE, False, id="a missing model"),
        pytest.param(EngineError, ExitCode.ENGINE, True, id="an engine without an answer"),
        pytest.param(EngineTimeoutError, ExitCode.ENGINE, True, id="an engine that took too long"),
        pytest.param(StoreError, ExitCode.STORE, False, id="a store that cannot"),
        pytest.param(StoreDownError, ExitCode.STORE, True, id="a store that is down"),
        pytest.param(ObjectMissingError, ExitCode.STORE, False, id="an object that is not there"),
        pytest.param(LedgerError, ExitCode.STORE, False, id="a ledger that cannot"),
        pytest.param(LedgerBusyError, ExitCode.STORE, True, id="a ledger that is busy"),
        pytest.param(LostLeaseError, ExitCode.STORE, False, id="a lease that was lost"),
        pytest.param(UnknownCaseError, ExitCode.USAGE, False, id="a case that nobody knows"),
        pytest.param(UnknownBatchError, ExitCode.USAGE, False, id="a batch that nobody began"),
        pytest.param(BatchHeldError, ExitCode.STORE, True, id="a batch that another process works on"),
    ],
)
def test_an_error_knows_its_exit_code_and_whether_trying_again_helps(
    kind: type[PipelineError], code: ExitCode, again: bool
) -> None:
    assert (kind.exit_code, kind.retryable) == (code, again)


def test_why_a_file_is_refused_survives_the_way_between_processes() -> None:
    sent: FileRejectedError = pickle.loads(pickle.dumps(FileRejectedError(Reason.HEIC)))
    assert (sent.reason, str(sent), sent.exit_code) == (Reason.HEIC, "file rejected: heic", ExitCode.RETURNED)
