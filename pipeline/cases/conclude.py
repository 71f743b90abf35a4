"""Judge cases from what their pages say; record what follows: a run, the child, the end of the upload."""

import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final, NamedTuple

from models.case import Case, Conclusion, Lease
from models.content import Content
from models.errors import ChildExistsError, LedgerError, PersonDecidedError
from models.reading import weights_named
from models.register import KnownChild
from models.result import Decision, Judgement, Provenance, Result
from pipeline.judge.case import identifying, judge, register_query, registration
from pipeline.judge.dossier import Dossier, open_dossier
from pipeline.judge.name_match import NameContext
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Stored

VERSION: Final = version("child-intake")
JUDGED_AT_MOST = 5  # times; each further time, yet another case registered the child in between


class _OpenCase(NamedTuple):
    """A case to judge: what it holds, what its pages say, and when work on it began."""

    dossier: Dossier
    content: Content
    began: float


class JudgedCase(NamedTuple):
    """A case, and what follows from it by what the register of children knew.

    Attributes:
        opened: What was judged.
        known: The registered children who might be this one, as the register had them.
        conclusion: What follows; nothing of it is recorded yet.
    """

    opened: _OpenCase
    known: tuple[KnownChild, ...]
    conclusion: Conclusion


def judge_case(case: Case, content: Content, ledger: Ledger, reader: NameContext, *, began: float) -> JudgedCase:
    """Judge a case from its content; reads the register of children, and records nothing.

    Args:
        case: What came in.
        content: What its files say.
        ledger: Knows the children.
        reader: The engine's alphabet and the hospital's rules.
        began: When work on the case began, by `time.monotonic`.

    Raises:
        LedgerError: The ledger failed.
    """
    opened = _OpenCase(open_dossier(case, content.files, reader), content, began)
    return _judged(opened, _known(opened, ledger), reader)


def record(judged: JudgedCase, ledger: Ledger, reader: NameContext, lease: Lease | None = None) -> Result:
    """Record what follows from a case, in one transaction; judges it again where the register changed meanwhile.

    A decision that a person took on this very revision stands, and is delivered once more.

    Args:
        judged: The case.
        ledger: Knows the children, and records.
        reader: By which the case was judged.
        lease: Of the inbox item that the case came from; finished in the same transaction.

    Raises:
        LostLeaseError: Another worker took the case over; nothing was recorded.
        LedgerError: The ledger failed; nothing was recorded.
    """
    case = judged.conclusion.case
    for _ in range(JUDGED_AT_MOST):
        if (standing := ledger.reviews.standing(case)) is not None:
            if lease is not None:
                ledger.reviews.repeat_result(case, lease)
            return standing
        known = _known(judged.opened, ledger)
        if known != judged.known:
            judged = _judged(judged.opened, known, reader)
        try:
            ledger.cases.conclude(judged.conclusion._replace(lease=lease))
        except (ChildExistsError, PersonDecidedError):
            continue  # another case registered the child, or a person decided, after the lookup: look again
        return judged.conclusion.result
    raise LedgerError("The register of children keeps refusing a child that no record explains.")


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
    return tuple(_judged(one, children, reader).conclusion for one, children in zip(opened, known, strict=True))


def _opened(stored: Stored, reader: NameContext, began: float | None) -> _OpenCase:
    content, began = stored.content, time.monotonic() if began is None else began
    if content is None:
        raise LedgerError(f"Case {stored.case.submission.submission_id} has no content of this version.")
    return _OpenCase(open_dossier(stored.case, content.files, reader), content, began)


def _known(opened: _OpenCase, ledger: Ledger) -> tuple[KnownChild, ...]:
    (known,) = ledger.children.known(register_query(opened.dossier))
    return known


def _judged(opened: _OpenCase, known: tuple[KnownChild, ...], reader: NameContext) -> JudgedCase:
    dossier, policy = opened.dossier, reader.policy
    judgement = judge(dossier, known, reader)
    conclusion = Conclusion(
        case=dossier.case,
        result=_result(opened, judgement, reader),
        child=registration(dossier, policy) if judgement.decision is Decision.ACCEPTED else None,
        numbers=identifying(dossier, policy),
        looks=policy.looks,
    )
    return JudgedCase(opened, known, conclusion)


def _result(opened: _OpenCase, judgement: Judgement, reader: NameContext) -> Result:
    case, engine = opened.dossier.case, opened.content.engine
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
            seconds=round(time.monotonic() - opened.began, 3),
            today=opened.dossier.today,
        ),
    )
