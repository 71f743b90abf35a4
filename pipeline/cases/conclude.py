"""Judge cases from what their pages say, and record what follows: a run, the child, the end of the upload."""

import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final, NamedTuple

from models.case import Case
from models.conclusion import Conclusion, Lease
from models.content import Content
from models.errors import LedgerError
from models.register import KnownChild
from models.result import Decision, Judgement, Provenance, Result
from pipeline.judge.case import identifying, judge, register_query, registration
from pipeline.judge.dossier import Dossier, open_dossier
from pipeline.judge.likeness import NameContext
from pipeline.ledger.decision_errors import ChildExistsError, PersonDecidedError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Stored
from pipeline.perceive.ocr.base import weights_named

VERSION: Final = version("child-intake")
JUDGED_AT_MOST = 5  # times; each further one means that yet another case registered the child in between


class _Opened(NamedTuple):
    """A case on the table: what it holds, what its pages say, and when work on it began."""

    dossier: Dossier
    content: Content
    began: float
    lease: Lease | None = None


def conclude(
    case: Case, content: Content, ledger: Ledger, reader: NameContext, *, began: float, lease: Lease | None = None
) -> Result:
    """Judge a case and record what follows, in one transaction.

    Args:
        case: What came in.
        content: What its files say.
        ledger: Knows the children, and records.
        reader: The engine's alphabet and the hospital's rules.
        began: When work on the case began, by `time.monotonic`.
        lease: Of the inbox item that this case came from; finished in the same transaction.

    Raises:
        LostLeaseError: Another worker took the case over; nothing was recorded.
        LedgerError: The ledger failed; nothing was recorded.
    """
    opened = _Opened(open_dossier(case, content.files, reader), content, began, lease)
    for _ in range(JUDGED_AT_MOST):
        if (standing := ledger.reviews.standing(case)) is not None:
            return _stands(case, standing, ledger, lease)
        (known,) = ledger.children.known(register_query(opened.dossier))
        conclusion = _conclusion(opened, known, reader)
        try:
            ledger.cases.conclude(conclusion)
        except (ChildExistsError, PersonDecidedError):
            continue  # it was registered, or decided, after we looked; look again
        return conclusion.result
    raise LedgerError("The register of children keeps refusing a child that no record explains.")


def _stands(case: Case, result: Result, ledger: Ledger, lease: Lease | None) -> Result:
    """What a person decided of this very revision stands, and is told once more if it was sent once more."""
    if lease is not None:
        ledger.reviews.repeat_result(case, lease)
    return result


def conclusions(
    cases: Sequence[Stored], ledger: Ledger, reader: NameContext, *, began: float | None = None
) -> tuple[Conclusion, ...]:
    """What follows from stored cases by what is known now; nothing is recorded.

    Args:
        cases: With their content.
        ledger: Knows the children.
        reader: The engine's alphabet and the hospital's rules.
        began: When work on the cases began, by `time.monotonic`; now if None.

    Raises:
        LedgerError: The ledger failed, or a case has no content.
    """
    opened = [_opened(stored, reader, began) for stored in cases]
    known = ledger.children.known(*(register_query(one.dossier) for one in opened))
    return tuple(_conclusion(one, children, reader) for one, children in zip(opened, known, strict=True))


def _opened(stored: Stored, reader: NameContext, began: float | None) -> _Opened:
    content, began = stored.content, time.monotonic() if began is None else began
    if content is None:
        raise LedgerError(f"Case {stored.case.submission.submission_id} has no content of this version.")
    return _Opened(open_dossier(stored.case, content.files, reader), content, began)


def _conclusion(opened: _Opened, known: tuple[KnownChild, ...], reader: NameContext) -> Conclusion:
    dossier, content, began, lease = opened
    judgement = judge(dossier, known, reader)
    accepted = judgement.decision is Decision.ACCEPTED
    child = registration(dossier, reader.policy) if accepted else None
    result = _result(dossier.case, judgement, content.engine, reader, began)
    numbers, looks = identifying(dossier, reader.policy), reader.policy.looks
    return Conclusion(dossier.case, result, child, numbers, lease, looks)


def _result(case: Case, judgement: Judgement, engine: str, reader: NameContext, began: float) -> Result:
    return Result(
        submission_id=case.submission.submission_id,
        revision=case.revision,
        **dict(judgement),
        provenance=Provenance(
            version=VERSION,
            engine=engine,
            models=weights_named(engine),
            policy=reader.policy.name,
            input_digest=case.input_digest,
            seconds=round(time.monotonic() - began, 3),
        ),
    )
