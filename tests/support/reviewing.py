"""Cases in the review queue: judged and recorded as the service does, and opened as a reviewer does."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from models.codes import Code, Reason
from models.content import Content
from models.documents import Field, Person
from models.findings import Location
from models.policy import Limits, Policy, ReviewSampling
from models.reading import PageReading
from models.register import KnownChild
from models.review import Checked, Relation, ReviewDecision, ReviewOutcome, Role
from models.submission import Guardian, Sex
from pipeline.cases.conclude import judge_case, record
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.judge.name_match import NameContext
from pipeline.ledger.ledger import Ledger
from pipeline.review.return_reasons import place_of
from pipeline.review.review_case import ReviewCase, open_review_case
from pipeline.review.sheet import ReviewRow, ReviewSheet, checked_of
from pipeline.review.validation import Intent
from tests.support.cards import CHILD_NUMBER, member
from tests.support.dossiers import FAMILY, GUARDIAN, READER, Sent, dossier
from tests.support.lines import ENGINE, Ink
from tests.support.values import BORN

CASE: Final = "case-1"
UNSURE: Final = Ink("欧阳靖宣", weak={3: 0.9}, others={3: {"萱": 0.09}})
DOUBTED: Final = (*FAMILY[:4], member({"姓名": UNSURE}))  # the engine read 宣, uncertainly, where 萱 was entered


OLD: Final = 0  # a content version that is never the current one
DIFFERENT: Final = (Code.NAME_DIFFERS, Reason.DIFFERENT)
KNOWN: Final = (Code.CHILD_EXISTS, Reason.ID_NUMBER)
HIS: Final = KnownChild(name="欧阳靖萱", sex=Sex.MALE, birth_date=BORN, id_number=CHILD_NUMBER)  # the number is hers


class Sending(NamedTuple):
    """How a case differs from the usual one.

    Attributes:
        child: Fields of the child that were entered otherwise.
        known: Children in the register.
        version: Of the stored content, which is not used unless it is the current one.
        looks: Which decided cases are drawn for a blind review.
    """

    child: Mapping[str, object] = {}
    guardian: Guardian | None = GUARDIAN
    known: Sequence[KnownChild] = ()
    version: int = CONTENT_VERSION
    looks: ReviewSampling = ReviewSampling(share=0)
    policy: Policy = Policy()


def reader_of(sending: Sending) -> NameContext:
    """The context of judging, with the policy of the case."""
    return NameContext(READER.alphabet, sending.policy.model_copy(update={"looks": sending.looks}))


def judged(ledger: Ledger, *files: Sent | PageReading, sending: Sending = Sending()) -> None:  # noqa: B008 - frozen
    """Judge and record a case, as the service does."""
    ledger.children.add(sending.known)
    held = dossier(*files, child=sending.child, guardian=sending.guardian)
    case = ledger.cases.open(held.submission, held.case.files, held.case.input_digest)
    content = Content(ENGINE, sending.version, tuple(file.content for file in held.files))
    ledger.cases.keep_content(case, content)
    record(judge_case(case, content, ledger, reader_of(sending), began=time.monotonic()), ledger, reader_of(sending))


def opened(ledger: Ledger, *files: Sent | PageReading, sending: Sending = Sending()) -> ReviewCase:  # noqa: B008 - frozen
    """Judge and record a case, and open it for review."""
    judged(ledger, *files, sending=sending)
    return opened_again(ledger, sending)


def opened_again(ledger: Ledger, sending: Sending = Sending()) -> ReviewCase:  # noqa: B008 - frozen
    """Open a case that is recorded already."""
    return open_review_case(CASE, ledger, reader_of(sending), Limits())


def row_of(sheet: ReviewSheet, field: Field, person: Person | None = Person.CHILD) -> ReviewRow:
    """The row of a person's field."""
    (row,) = (row for row in sheet.rows if (row.compared.person, row.compared.field) == (person, field))
    return row


def looked(row: ReviewRow, seen: str | None) -> Checked:
    """The check of a row with the value that the reviewer sees."""
    one = checked_of(row, seen)
    assert one is not None
    return one


def all_looked(sheet: ReviewSheet, **seen: str | None) -> tuple[Checked, ...]:
    """Check every doubtful row and the child's fields in `seen`: the value in `seen`, else as entered, else as read."""
    rows = [row for row in sheet.rows if row.doubtful or _named(row, seen)]
    return tuple(looked(row, seen[row.compared.field] if _named(row, seen) else _usual(row)) for row in rows)


def _named(row: ReviewRow, seen: Mapping[str, str | None]) -> bool:
    return row.compared.person is Person.CHILD and row.compared.field.value in seen


def _usual(row: ReviewRow) -> str | None:
    return row.compared.entered or (row.read.value if row.read else "看清了")


def place(opened: ReviewCase, field: Field, person: Person | None = Person.CHILD) -> Location:
    """The location of a person's field."""
    chosen = place_of(opened, f"r{row_of(opened.sheet, field, person).number}")
    assert chosen is not None
    return chosen


def verdict(
    opened: ReviewCase, outcome: ReviewOutcome, *checked: Checked, number: int = 1, **fields: Any
) -> ReviewDecision:
    """A decision about the run that is open."""
    laid_out = opened.laid_out
    seen = {"revision": laid_out.case.revision, "run": laid_out.run}
    return ReviewDecision(decision_id=f"{number:032x}", outcome=outcome, checked=checked, **{**seen, **fields})


def intent(opened: ReviewCase, verdict: ReviewDecision, *, role: Role = Role.REVIEWER) -> Intent:
    """The intent of a reviewer who also confirms every blocker that concerns no single field."""
    return Intent("li", role, verdict, frozenset(range(len(opened.sheet.loose))))


def accepting(
    opened: ReviewCase, *checked: Checked, relation: Relation | None = None, note: str = ""
) -> ReviewDecision:
    """An acceptance."""
    return verdict(opened, ReviewOutcome.ACCEPT, *checked, relation=relation, note=note)


def returning(
    opened: ReviewCase,
    why: tuple[Code, Reason],
    place: Location | None,
    *checked: Checked,
    relation: Relation | None = None,
) -> ReviewDecision:
    """A return."""
    about = {"code": why[0], "reason": why[1], "place": place, "relation": relation}
    return verdict(opened, ReviewOutcome.RETURN, *checked).model_copy(update=about)
