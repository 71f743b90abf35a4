"""The page of a case: the scans left, the fields right, and the form of the decision."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.responses import Response

from models.changes import Change, changes
from models.entered_numbers import plain_number
from models.errors import EngineError, HeldError, LedgerError, NotWaitingError, ObjectMissingError
from models.masking import mask_numbers
from models.review import Relation, Role
from pipeline.batches.change_titles import place_words, value_words
from pipeline.batches.report import place_of
from pipeline.batches.report import shown as masked_value
from pipeline.cases.page_images import page_image
from pipeline.ledger.values import AuditKind
from pipeline.review.measures import measure_of
from pipeline.review.return_reasons import offered_reasons
from pipeline.review.review_case import ReviewCase, open_review_case, pages_before
from pipeline.review.sheet import ReviewSheet
from pipeline.review.validation import Issue
from web.desk.buttons import button_tokens, offered_mark, was_offered, without_numbered
from web.desk.field_views import DisplayOptions, people_in, record_views, redact_reason, row_views
from web.desk.queue import wait_time
from web.desk.request_context import ErrorKind, PageError, RequestContext, token_of
from web.desk.shortcuts import SHORTCUTS

REVEAL_REASONS: Final = ("compare", "ask_family", "other")
_LONGEST_REASON: Final = 100


class EarlierDecision(NamedTuple):
    """The account that was quicker, and when it decided; None if it only holds the case."""

    account: str
    at: datetime | None = None


class ChangeView(NamedTuple):
    """A change since the reviewer opened the page, of which field, and values masked, "" where there was or is none."""

    change: Change
    of: str
    before: str
    after: str


class CaseFormState(NamedTuple):
    """What the page shows besides the case: problems of a decision, changes, and what was typed so far."""

    stumbles: tuple[Issue, ...] = ()
    refusal: str = ""
    first: EarlierDecision | None = None
    posted: Mapping[str, str] = MappingProxyType({})
    confirmed: tuple[str, ...] = ()
    changed: tuple[ChangeView, ...] = ()
    status: int = HTTPStatus.OK
    shown: bool = False


def case(context: RequestContext) -> Response:
    """The page of a case; an account that may decide it holds it from now on."""
    review_case = requested_case(context)
    _note(context, AuditKind.VIEWED, {"what": "case", "run": review_case.laid_out.run})
    return case_page(context, review_case, CaseFormState())


def reveal(context: RequestContext) -> Response:
    """The page with its values in clear; the audit chain records who asked and why."""
    reason = context.form.one("why")
    words = context.form.one("why_words")[:_LONGEST_REASON]
    if reason not in REVEAL_REASONS or (reason == "other" and not words.strip()):
        raise PageError(ErrorKind.MALFORMED)
    review_case = requested_case(context)
    redacted = redact_reason(words, review_case)
    _note(context, AuditKind.REVEALED, {"why": reason, "words": redacted, "run": review_case.laid_out.run})
    state = form_state(context)._replace(shown=True)
    if not was_offered(context, review_case):
        state = state._replace(posted=without_numbered(state.posted))
    return case_page(context, review_case, state)


def picture(context: RequestContext) -> Response:
    """The image of a page, as JPEG."""
    services, path = context.services, context.request.path_params
    shown, pages = pages_before(path["submission_id"], services.ledger)
    page = next((one for one in pages if str(one.number) == path["number"]), None)
    if page is None:
        raise PageError(ErrorKind.MISSING)
    try:
        position, limits = (page.file, page.page_no), services.settings.limits
        data = page_image(shown, position, services.ledger, services.store, services.renderer, limits)
    except (ObjectMissingError, EngineError):
        data = None
    if data is None:
        raise PageError(ErrorKind.MISSING)
    _note(context, AuditKind.VIEWED, {"what": "page", "page": page.number})
    return Response(data, media_type="image/jpeg")


def reopen(context: RequestContext) -> Response:
    """Put a decided case into the supervisors' queue again, for example when the family objects."""
    submission_id = context.request.path_params["submission_id"]
    context.services.ledger.reviews.reopen(submission_id, context.account.name)
    return context.redirect("case", submission_id=submission_id)


def find(context: RequestContext) -> Response:
    """Go to the case of an id from the search form."""
    submission_id = plain_number(context.request.query_params.get("id", ""))
    if not submission_id:
        return context.redirect("queue")
    context.services.ledger.cases.get(submission_id)
    return context.redirect("case", submission_id=submission_id)


def requested_case(context: RequestContext) -> ReviewCase:
    """The case that the path of the request names."""
    submission_id = context.request.path_params["submission_id"]
    services = context.services
    return open_review_case(submission_id, services.ledger, services.name_context, services.settings.limits)


def posted_fields(context: RequestContext) -> Mapping[str, str]:
    """The fields of the form by name, so that the page can show again what was typed."""
    return MappingProxyType(dict(context.form.fields))


def form_state(context: RequestContext) -> CaseFormState:
    """The state of the page with what the form of the request holds."""
    return CaseFormState(posted=posted_fields(context), confirmed=context.form.every("confirmed"))


def changes_since(context: RequestContext, review_case: ReviewCase, revision: int, run: int) -> tuple[ChangeView, ...]:
    """What changed since the run that the reviewer saw; nothing if there is no such run, or the review is blind."""
    if review_case.laid_out.is_blind:
        return ()
    try:
        before = context.services.ledger.cases.result(review_case.submission_id, revision, run)
    except LedgerError:
        return ()
    found = changes(before, review_case.laid_out.result)
    return tuple(_change_view(context, one) for one in found)


def _change_view(context: RequestContext, change: Change) -> ChangeView:
    values = (masked_value(change, value) for value in (change.before, change.after))
    before, after = (value_words(change.what, value, context.words) for value in values)
    return ChangeView(change, place_words(place_of(change), context.words), before, after)


def shown_mark(context: RequestContext, review_case: ReviewCase) -> str:
    """A token in the form of a page with values in clear, so that only those see them who gave a reason."""
    return token_of(context.secret, f"shown\0{review_case.submission_id}\0{review_case.laid_out.case.revision}")


def was_shown(context: RequestContext, review_case: ReviewCase) -> bool:
    """Whether the form comes from a page with values in clear."""
    return hmac.compare_digest(context.form.one("shown").encode(), shown_mark(context, review_case).encode())


def case_page(context: RequestContext, review_case: ReviewCase, state: CaseFormState) -> Response:
    """Render the page of a case."""
    laid_out, waiting = review_case.laid_out, review_case.laid_out.waiting
    holder = _other_holder(context, review_case)
    blind = laid_out.is_blind
    return context.page(
        "case.html",
        status=state.status,
        review_case=review_case,
        title=mask_numbers(review_case.submission_id),
        result=laid_out.result,
        waiting=waiting,
        age=wait_time(context, waiting.since) if waiting else None,
        holder=holder,
        blind=blind,
        watermarks=_watermarks(review_case),
        may_decide=_may_decide(context, review_case) and holder is None,
        may_reopen=waiting is None and context.account.role is Role.SUPERVISOR,
        rows=row_views(review_case.sheet, DisplayOptions(state.shown, state.posted, _certain(context))),
        records=[(one, record_views(one.child, shown=state.shown)) for one in review_case.relatives],
        measure_of=measure_of,
        people_in=people_in,
        relations=tuple(Relation),
        asks_relation=review_case.may_repeat,
        offered=offered_reasons(review_case),
        places=_places(review_case.sheet, blind=blind),
        first_page=_first_page(review_case.sheet),
        decision_id=state.posted.get("decision_id") or secrets.token_hex(16),
        reveal_reasons=REVEAL_REASONS,
        shortcuts=SHORTCUTS,
        shown_mark=shown_mark(context, review_case) if state.shown else "",
        offered_mark=offered_mark(context, review_case),
        button_tokens=button_tokens(context, review_case),
        state=state,
    )


def _certain(context: RequestContext) -> float:
    """The least confidence of a reading that is certain, 0 to 1."""
    return context.services.name_context.policy.legibility.doubtful


class PlaceOffered(NamedTuple):
    """A place that a reason for a return may point at: a row of the sheet or a page of the case."""

    value: str
    row: int | None
    page: int


def _first_page(sheet: ReviewSheet) -> int:
    """The number of the page to show first: the one with the child's name."""
    read = next((row.read for row in sheet.rows if row.read), None)
    page = sheet.page_of(read.file, read.page_no) if read else None
    return page.number if page else 0


def _places(sheet: ReviewSheet, *, blind: bool) -> tuple[PlaceOffered, ...]:
    """Doubtful fields first, since they are chosen most, then pages, then every other field.

    In a blind review the order must not reveal which fields are in doubt.
    """
    doubtful = [] if blind else [row for row in sheet.rows if row.doubtful]
    rows = [*doubtful, *(row for row in sheet.rows if row.read and row not in doubtful)]
    of_rows = [PlaceOffered(f"r{row.number}", row.number, -1) for row in rows]
    of_pages = [PlaceOffered(f"p{page.number}", None, page.number) for page in sheet.pages]
    return (*of_rows[: len(doubtful)], *of_pages, *of_rows[len(doubtful) :])


def _watermarks(review_case: ReviewCase) -> tuple[str, ...]:
    """The words of the watermarks on the pages, each once."""
    pages = review_case.dossier.pages if review_case.dossier else ()
    return tuple(dict.fromkeys(page.content.watermark.text for page in pages if page.content.watermark))


def _other_holder(context: RequestContext, review_case: ReviewCase) -> str | None:
    """Hold the case for this account; the name of the account that holds it already."""
    if not _may_decide(context, review_case):
        return None
    seconds = context.services.settings.desk.hold_seconds
    try:
        context.services.ledger.reviews.hold(review_case.submission_id, context.account.name, seconds)
    except HeldError as error:
        return error.account
    except NotWaitingError:
        return None
    return None


def _may_decide(context: RequestContext, review_case: ReviewCase) -> bool:
    waiting = review_case.laid_out.waiting
    return waiting is not None and (context.account.role is Role.SUPERVISOR or not waiting.escalated)


def _note(context: RequestContext, kind: AuditKind, details: Mapping[str, str | int]) -> None:
    submission_id = context.request.path_params["submission_id"]
    context.services.ledger.audit.note(kind, {"account": context.account.name, **details}, submission_id)
