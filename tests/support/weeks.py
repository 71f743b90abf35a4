"""A ledger with weeks of synthetic cases, for tests of the overview."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from models.case import Case, Conclusion
from models.documents import DOCUMENT_OF_PAGE, PageKind
from models.findings import Code, Finding, Location, Reason, found
from models.policy import ReviewSampling
from models.result import Result, decide
from models.review import ReviewDecision, ReviewOutcome
from models.review_case import RecordedDecision
from pipeline.ledger.ledger import Ledger
from tests.contracts.conftest import Clock
from tests.support.ledgers import new_ledger
from tests.support.values import FILES, result, submission

NAME: Final = "欧阳靖萱"  # of every child, on every page: it must not show anywhere
ID: Final = "weeks-canary"  # every case's id begins so
_WHY: Final = (
    ((Code.REGISTER_ILLEGIBLE, Reason.BLUR, PageKind.HUKOU_MEMBER), 16),
    ((Code.REGISTER_ILLEGIBLE, Reason.GLARE, PageKind.HUKOU_HOME), 10),
    ((Code.ILLEGIBLE, Reason.GLARE, PageKind.ID_PORTRAIT), 7),
    ((Code.ILLEGIBLE, Reason.CUT_OFF, PageKind.BIRTH_CERTIFICATE), 5),
    ((Code.REGISTER_ILLEGIBLE, Reason.TOO_DARK, PageKind.HUKOU_MEMBER), 4),
    ((Code.PAGE_MISSING, Reason.CHILD_PAGE, None), 6),
    ((Code.NAME_IN_DOUBT, Reason.UNCERTAIN, PageKind.HUKOU_MEMBER), 15),
    ((Code.NAME_IN_DOUBT, Reason.OUT_OF_CHARSET, PageKind.HUKOU_MEMBER), 6),
    ((Code.NAME_DIFFERS, Reason.DIFFERENT, PageKind.HUKOU_MEMBER), 5),
    ((Code.CHILD_EXISTS, Reason.ID_NUMBER, None), 4),
    ((Code.COPY, Reason.SCREEN, PageKind.ID_EMBLEM), 3),
)
_PEOPLE: Final = ("li.na", "wang.fang", "zhao.lei")
_TO_DECIDE: Final = timedelta(hours=2)  # that a person takes at most; no case is decided after the ledger's last moment


def weeks_in(folder: Path, days: int, a_day: int, until: datetime) -> tuple[Ledger, Clock]:
    """A ledger of so many days with about so many cases each, and its clock, which stands at `until`."""
    clock = Clock()
    ledger, chance = new_ledger(folder / "ledger.db", clock=clock), random.Random(days)
    for day in range(days):
        dawn = until - timedelta(days=days - 1 - day)
        share = 0.35 if dawn.weekday() >= 5 else chance.uniform(0.8, 1.3)
        for number in range(round(a_day * share)):
            clock.now = dawn - timedelta(hours=chance.uniform(_TO_DECIDE.total_seconds() / 3600, 8))
            _case(ledger, clock, chance, f"{ID}-{day}-{number}", "0.1.0" if day < days * 0.7 else "0.2.0")
    clock.now = until
    return ledger, clock


def _case(ledger: Ledger, clock: Clock, chance: random.Random, name: str, version: str) -> None:
    case = ledger.cases.open(submission(name, NAME), FILES, "d")
    findings = [] if chance.random() < 0.68 else [_finding(chance) for _ in range(chance.choice((1, 1, 2)))]
    ledger.cases.conclude(Conclusion(case, _result(case, version, findings), looks=ReviewSampling(share=0.15)))
    row = ledger.reviews.waiting(name)
    if row is not None and chance.random() < 0.85:
        clock.forward(chance.uniform(60, _TO_DECIDE.total_seconds()))
        _decide(ledger, case, chance, blind=row.why.value == "second_look")


def _finding(chance: random.Random) -> Finding:
    (code, reason, kind) = chance.choices([one for one, _ in _WHY], [weight for _, weight in _WHY])[0]
    where = (
        Location(document=DOCUMENT_OF_PAGE[kind], file=f"{NAME}.jpg", page_no=1, page_kind=kind) if kind else Location()
    )
    return found(code, reason, where).model_copy(update={"read": NAME, "entered": NAME})


def _result(case: Case, version: str, findings: list[Finding]) -> Result:
    update = {"findings": tuple(findings), "decision": decide(tuple(findings))}
    return result(case, version=version).model_copy(update=update)


def _decide(ledger: Ledger, case: Case, chance: random.Random, *, blind: bool) -> None:
    outcome = chance.choices(tuple(ReviewOutcome), (60, 25, 15))[0]
    identity = f"{chance.randrange(16**32):032x}"
    verdict = ReviewDecision(
        decision_id=identity, revision=1, run=1, outcome=ReviewOutcome.ACCEPT if blind else outcome
    )
    settled = RecordedDecision(case, chance.choice(_PEOPLE), verdict)
    if blind:
        settled = settled._replace(agreed=chance.random() < 0.95)
    elif outcome is not ReviewOutcome.ESCALATE:
        seen = [] if outcome is ReviewOutcome.ACCEPT else [found(Code.NAME_DIFFERS, Reason.DIFFERENT)]
        settled = settled._replace(result=_result(case, "0.2.0", seen))
    ledger.reviews.record_decision(settled)
