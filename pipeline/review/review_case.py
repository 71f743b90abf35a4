"""A case as a reviewer opens it: its sheet, and the records of the register that it may repeat."""

from typing import Final, NamedTuple

from models.case import Case
from models.codes import Code, Reason
from models.content import FileContent
from models.findings import Location
from models.hospital import Hospital
from models.places import Upload
from models.policy import Limits, Policy
from models.register import KnownChild
from models.result import Result
from models.review_case import CaseForReview
from pipeline.cases.read_files import kept_files
from pipeline.extract.extraction import CONTENT_VERSION, extract_files
from pipeline.judge.case import register_query
from pipeline.judge.dossier import Dossier, in_todays_codes, open_dossier
from pipeline.judge.name_match import NameContext
from pipeline.judge.rules.duplicates import matching
from pipeline.ledger.ledger import Ledger
from pipeline.review.locations import SheetPage, location_of_field, pages_of
from pipeline.review.sheet import ReviewRow, ReviewSheet, checked_of, sheet_of

_DUPLICATES: Final = frozenset({Code.CHILD_EXISTS, Code.MAYBE_DUPLICATE})


class Relative(NamedTuple):
    """A record of the register that the case may repeat, and the finding's code and reason."""

    child: KnownChild
    code: Code
    reason: Reason


class ReviewCase(NamedTuple):
    """A case, and what a reviewer sees of it.

    Attributes:
        dossier: The content of its pages; None if neither content of today's version nor the readings are kept.
        sheet: The rows and pages; for a blind review without the machine's findings.
    """

    laid_out: CaseForReview
    dossier: Dossier | None
    sheet: ReviewSheet
    relatives: tuple[Relative, ...]
    policy: Policy
    hospital: Hospital = Hospital()

    @property
    def submission_id(self) -> str:
        """The id of the case's submission."""
        return self.laid_out.case.submission.submission_id

    @property
    def upload(self) -> Upload:
        """What came in, by which the parent's messages name pages."""
        result = self.laid_out.result
        return Upload([file.path for file in self.laid_out.case.files], result.pages, result.fields)

    @property
    def may_repeat(self) -> bool:
        """Whether the register has a record that the case may repeat."""
        return bool(self.relatives) or any(finding.code in _DUPLICATES for finding in self.sheet.blockers)

    def location_of_row(self, row: ReviewRow) -> Location | None:
        """The location of a row's value, or where a finding looked for it; None if it cannot be shown."""
        shown = checked_of(row, None)
        page = self.sheet.page_of(shown.file, shown.page_no) if shown else None
        return location_of_field(shown, page, self.laid_out.case, self.dossier) if shown and page else None


def open_review_case(submission_id: str, ledger: Ledger, context: NameContext, limits: Limits) -> ReviewCase:
    """Open a case for review.

    Args:
        submission_id: The case's id.
        ledger: Has the case, its content and the register.
        context: The engine's alphabet and the hospital's rules.
        limits: The limits under which its pages were read.

    Raises:
        UnknownCaseError: There is no such case.
        NoResultYetError: The case has no result yet.
        LedgerError: The ledger failed.
    """
    laid_out = ledger.reviews.case_for_review(submission_id, CONTENT_VERSION)
    files = _contents(laid_out, ledger, limits)
    dossier = open_dossier(laid_out.case, files, context) if files is not None else None
    verdicts = [reviewed.verdict for reviewed in laid_out.reviewed if reviewed.revision == laid_out.case.revision]
    checked = [one for verdict in verdicts for one in verdict.checked]
    case = in_todays_codes(laid_out.case, context.policy)
    sheet = sheet_of(case, _shown(laid_out), dossier, context.policy, checked)
    return ReviewCase(laid_out, dossier, sheet, _relatives(dossier, ledger, context), context.policy, context.hospital)


def _contents(laid_out: CaseForReview, ledger: Ledger, limits: Limits) -> tuple[FileContent, ...] | None:
    """The content that was kept, or else extracted again from the kept readings.

    Content that was extracted here is not kept: it lacks the comparison of rare characters' pictures, which a reviewer
    does not need, but judging the case again would.
    """
    if laid_out.content is not None:
        return laid_out.content.files
    readings = kept_files(laid_out.case, laid_out.result, ledger, limits)
    return extract_files(readings) if readings is not None else None


def _shown(laid_out: CaseForReview) -> Result:
    """The result for the sheet: in a blind review neither order nor options may show the machine's findings."""
    blind = laid_out.is_blind
    return laid_out.result.model_copy(update={"findings": ()}) if blind else laid_out.result


def _relatives(dossier: Dossier | None, ledger: Ledger, context: NameContext) -> tuple[Relative, ...]:
    if dossier is None:
        return ()
    (known,) = ledger.children.known(register_query(dossier))
    return tuple(Relative(child, *match) for child, match in matching(dossier, known, context.policy))


def pages_before(submission_id: str, ledger: Ledger) -> tuple[Case, tuple[SheetPage, ...]]:
    """A case and its pages, to serve a picture of one of them; raises the errors of `open_review_case`."""
    laid_out = ledger.reviews.case_for_review(submission_id, version=None)
    return laid_out.case, pages_of(laid_out.case, laid_out.result, None)
