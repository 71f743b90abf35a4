"""Judge cases from what their pages say, and record what follows: a run, the child, the end of the upload."""

import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final, NamedTuple

from models.case import Case
from models.children import KnownChild
from models.errors import LedgerError
from models.result import Decision, Judgement, Provenance, Result
from pipeline.documents.dossier import Dossier, open_dossier
from pipeline.documents.likeness import Reader
from pipeline.judge import identifying, judge, registration, sought
from pipeline.ledger.base import ChildExistsError, Ledger
from pipeline.ledger.refusals import PersonDecidedError
from pipeline.ledger.values import Conclusion, Content, Lease, Stored
from pipeline.ocr.base import weights_named

VERSION: Final = version("child-intake")
_JUDGED_AT_MOST = 5  # times; each further one means that yet another case registered the child in between


class Replayed(NamedTuple):
    """A stored case judged again: its latest result before, and the new one."""

    before: Result
    after: Result


class _Opened(NamedTuple):
    """A case on the table: what it holds, what its pages say, and when work on it began."""

    dossier: Dossier
    content: Content
    began: float
    lease: Lease | None = None


def conclude(
    case: Case, content: Content, ledger: Ledger, reader: Reader, *, began: float, lease: Lease | None = None
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
    for _ in range(_JUDGED_AT_MOST):
        if (standing := ledger.standing(case)) is not None:
            return _stands(case, standing, ledger, lease)
        (known,) = ledger.known_children(sought(opened.dossier))
        conclusion = _conclusion(opened, known, reader)
        try:
            ledger.conclude(conclusion)
        except (ChildExistsError, PersonDecidedError):
            continue  # it was registered, or decided, after we looked; look again
        return conclusion.result
    raise LedgerError("The register of children keeps refusing a child that no record explains.")


def _stands(case: Case, result: Result, ledger: Ledger, lease: Lease | None) -> Result:
    """What a person decided of this very revision stands, and is told once more if it was sent once more."""
    if lease is not None:
        ledger.stand_by(case, lease)
    return result


def conclude_again(cases: Sequence[Stored], ledger: Ledger, reader: Reader) -> tuple[Replayed, ...]:
    """Judge stored cases again and record all of them at once; the earlier runs stay.

    Args:
        cases: With their content.
        ledger: Knows the children, and records.
        reader: The engine's alphabet and the hospital's rules.
    """
    opened = [_opened(stored, reader) for stored in cases]
    known = ledger.known_children(*(sought(one.dossier) for one in opened))
    conclusions = [_conclusion(one, children, reader) for one, children in zip(opened, known, strict=True)]
    try:
        ledger.conclude(*conclusions)
    except ChildExistsError:  # somebody registered one of them after we looked, or two of them are one child
        after = [_one_again(stored, ledger, reader) for stored in cases]
    else:
        after = [conclusion.result for conclusion in conclusions]
    return tuple(Replayed(stored.result, result) for stored, result in zip(cases, after, strict=True))


def _opened(stored: Stored, reader: Reader) -> _Opened:
    began, content = time.monotonic(), stored.content
    if content is None:
        raise LedgerError(f"Case {stored.case.submission.submission_id} has no content of this version.")
    return _Opened(open_dossier(stored.case, content.files, reader), content, began)


def _one_again(stored: Stored, ledger: Ledger, reader: Reader) -> Result:
    opened = _opened(stored, reader)
    return conclude(stored.case, opened.content, ledger, reader, began=opened.began)


def _conclusion(opened: _Opened, known: tuple[KnownChild, ...], reader: Reader) -> Conclusion:
    dossier, content, began, lease = opened
    judgement = judge(dossier, known, reader)
    accepted = judgement.decision is Decision.ACCEPTED
    child = registration(dossier, reader.policy) if accepted else None
    result = _result(dossier.case, judgement, content.engine, reader, began)
    numbers, looks = identifying(dossier, reader.policy), reader.policy.looks
    return Conclusion(dossier.case, result, child, numbers, lease, looks)


def _result(case: Case, judgement: Judgement, engine: str, reader: Reader, began: float) -> Result:
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
