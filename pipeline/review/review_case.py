"""A case that somebody opened: what lies before them, and whom of the register it may repeat."""

from typing import NamedTuple

from models.case import Case
from models.codes import Code, Reason
from models.content import FileContent
from models.policy import Limits, Policy
from models.register import KnownChild
from models.result import Result
from models.review_case import CaseForReview
from pipeline.cases.read_files import kept_files
from pipeline.extract.extraction import CONTENT_VERSION, extract_files
from pipeline.judge.case import register_query
from pipeline.judge.dossier import Dossier, in_todays_codes, open_dossier
from pipeline.judge.likeness import NameContext
from pipeline.judge.rules.duplicates import matching
from pipeline.ledger.ledger import Ledger
from pipeline.review.paging import SheetPage, pages_of
from pipeline.review.sheet import ReviewSheet, sheet_of


class Relative(NamedTuple):
    """A record of the register that the case may repeat, and why that is asked."""

    child: KnownChild
    code: Code
    reason: Reason


class ReviewCase(NamedTuple):
    """A case before somebody.

    Attributes:
        dossier: What its pages say; None where neither content of today's version nor the readings are kept any more.
        sheet: For a blind look without anything that the machine found.
    """

    laid_out: CaseForReview
    dossier: Dossier | None
    sheet: ReviewSheet
    relatives: tuple[Relative, ...]
    policy: Policy

    @property
    def submission_id(self) -> str:
        """Of the case."""
        return self.laid_out.case.submission.submission_id


def open_review_case(submission_id: str, ledger: Ledger, reader: NameContext, limits: Limits) -> ReviewCase:
    """Open a case.

    Args:
        submission_id: Of the case.
        ledger: That has it.
        reader: The engine's alphabet and the hospital's rules.
        limits: Under which its pages were read.

    Raises:
        UnknownCaseError: There is no such case.
        NoResultYetError: It came in, and was not decided yet.
        LedgerError: The ledger failed.
    """
    laid_out = ledger.reviews.case_for_review(submission_id, CONTENT_VERSION)
    files = _said(laid_out, ledger, limits)
    dossier = open_dossier(laid_out.case, files, reader) if files is not None else None
    of_revision = [one.verdict for one in laid_out.reviewed if one.revision == laid_out.case.revision]
    checked = [one for verdict in of_revision for one in verdict.checked]
    case = in_todays_codes(laid_out.case, reader.policy)
    sheet = sheet_of(case, _shown(laid_out), dossier, reader.policy, checked)
    return ReviewCase(laid_out, dossier, sheet, _relatives(dossier, ledger, reader), reader.policy)


def _said(laid_out: CaseForReview, ledger: Ledger, limits: Limits) -> tuple[FileContent, ...] | None:
    """What the pages say: as it was kept, or else taken out of their kept readings once more.

    That is not kept: a person needs no pictures of rare characters compared, and judging this case again would.
    """
    if laid_out.content is not None:
        return laid_out.content.files
    readings = kept_files(laid_out.case, laid_out.result, ledger, limits)
    return extract_files(readings) if readings is not None else None


def _shown(laid_out: CaseForReview) -> Result:
    """The result as it is laid before people: of a blind look no order and no offer tells what the machine found."""
    blind = laid_out.is_blind
    return laid_out.result.model_copy(update={"findings": ()}) if blind else laid_out.result


def _relatives(dossier: Dossier | None, ledger: Ledger, reader: NameContext) -> tuple[Relative, ...]:
    if dossier is None:
        return ()
    (known,) = ledger.children.known(register_query(dossier))
    return tuple(Relative(child, *match) for child, match in matching(dossier, known, reader.policy))


def pages_before(submission_id: str, ledger: Ledger) -> tuple[Case, tuple[SheetPage, ...]]:
    """A case and its pages alone, for somebody who asks for one of them; raises as `open_case`."""
    laid_out = ledger.reviews.case_for_review(submission_id, version=None)
    return laid_out.case, pages_of(laid_out.case, laid_out.result, None)
