"""Decisions and releases of cases: recorded, or the page again with everything that was typed."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from starlette.responses import Response

from models.codes import Code, Reason
from models.errors import AlreadyDecidedError, ChildExistsError, HeldError, RefusedDecisionError
from models.languages import Language
from models.messages import MessageContext, message_text
from models.result import Decision
from models.review import Checked, Relation, ReviewDecision, ReviewOutcome
from pipeline.review.deciding import decide_case
from pipeline.review.return_reasons import finding_of, fits, offered_reasons, place_of
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow, checked_of
from pipeline.review.validation import Intent, issues_of
from web.desk.buttons import RELEASE, is_pressed, run_posted, run_shown, was_offered, without_numbered
from web.desk.cases import (
    CaseFormState,
    EarlierDecision,
    case_page,
    changes_since,
    form_state,
    posted_fields,
    requested_case,
    was_shown,
)
from web.desk.field_views import keys_of
from web.desk.request_context import ErrorKind, PageError, RequestContext

_ILLEGIBLE = "illegible"
_TYPED = "typed"


def decide(context: RequestContext) -> Response:
    """Record a decision, or show the page again with the reason why it cannot be recorded."""
    review_case, outcome = requested_case(context), _outcome(context)
    if not is_pressed(context, outcome.value):
        return _not_pressed(context, review_case)
    intent = _intent(context, review_case, outcome)
    state = form_state(context)._replace(shown=was_shown(context, review_case))
    recorded = _is_recorded(review_case, intent.verdict)
    if not recorded and _is_of_another_run(review_case, intent.verdict):
        return _again(context, _outrun(review_case, intent.verdict, state), intent.verdict)
    if not recorded and not was_offered(context, review_case):
        return _again(context, state._replace(refusal="changed"), intent.verdict)
    wrong = issues_of(review_case, intent)
    if wrong:
        return case_page(context, review_case, state._replace(stumbles=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    refused = _refused(context, review_case, intent)
    if refused is not None:
        return _again(context, state._replace(refusal=refused[0], first=refused[1]), intent.verdict)
    return context.redirect_to(context.path("queue"), done=intent.verdict.outcome.value)


def _refused(
    context: RequestContext, review_case: ReviewCase, intent: Intent
) -> tuple[str, EarlierDecision | None] | None:
    """Record a decision; if the ledger refuses it, the reason and the account that was quicker."""
    try:
        decide_case(review_case, intent, context.services.ledger)
    except AlreadyDecidedError as error:
        return "decided", EarlierDecision(error.account, error.at)
    except HeldError as error:
        return "held", EarlierDecision(error.account)
    except ChildExistsError:
        return "registered", None
    except RefusedDecisionError:
        return "changed", None
    return None


def release(context: RequestContext) -> Response:
    """Release a case that this account holds, and go to the queue."""
    if not is_pressed(context, RELEASE):
        return _not_pressed(context, requested_case(context))
    context.services.ledger.reviews.release(context.request.path_params["submission_id"], context.account.name)
    return context.redirect("queue")


def preview(context: RequestContext) -> Response:
    """The message that a return would send to the parent, in every language."""
    review_case = requested_case(context)
    verdict = _intent(context, review_case, ReviewOutcome.RETURN).verdict
    messages = []
    shown = was_shown(context, review_case)  # messages for parents quote names
    if shown and verdict.code and verdict.reason and fits(verdict.code, verdict.place):
        finding = finding_of(review_case, verdict)
        sent = MessageContext(review_case.upload, Decision.RETURNED, review_case.hospital)
        messages = [(language.value, message_text(finding, language, sent)) for language in Language]
    return context.page("preview.html", messages=messages, shown=shown)


def _again(context: RequestContext, state: CaseFormState, verdict: ReviewDecision) -> Response:
    """The page of the current case, with its changes and what was typed."""
    review_case = requested_case(context)
    posted = _kept(state.posted, numbered=False)
    since = changes_since(context, review_case, verdict.revision, verdict.run)
    return case_page(context, review_case, state._replace(posted=posted, changed=since, status=HTTPStatus.CONFLICT))


def _not_pressed(context: RequestContext, review_case: ReviewCase) -> Response:
    """The page again with what was typed: another button than the requested one, or none, sent the form."""
    state = form_state(context)
    same = run_posted(context) == run_shown(review_case) and was_offered(context, review_case)
    posted = _kept(state.posted, numbered=same)
    state = state._replace(posted=posted, shown=was_shown(context, review_case))
    return case_page(context, review_case, state._replace(refusal="not_pressed", status=HTTPStatus.FORBIDDEN))


def _kept(posted: Mapping[str, str], *, numbered: bool) -> Mapping[str, str]:
    """The fields to show again, without the decision's id, so that the page draws a new one.

    Args:
        posted: Every field.
        numbered: Whether to keep readings chosen by number; a number may mean another reading now.
    """
    fields = {name: value for name, value in posted.items() if name != "decision_id"}
    return fields if numbered else without_numbered(fields)


def _outrun(review_case: ReviewCase, verdict: ReviewDecision, state: CaseFormState) -> CaseFormState:
    """Tell apart that another account decided the run, and that the case changed without a decision."""
    seen = (verdict.revision, verdict.run)
    first = [one for one in review_case.laid_out.reviewed if (one.revision, one.verdict.run) == seen]
    if not first:
        return state._replace(refusal="changed")
    return state._replace(refusal="decided", first=EarlierDecision(first[-1].account, first[-1].decided_at))


def _is_recorded(review_case: ReviewCase, verdict: ReviewDecision) -> bool:
    """Whether a decision is recorded already: the ledger takes a repetition, whatever became of the case."""
    return any(one.verdict.decision_id == verdict.decision_id for one in review_case.laid_out.reviewed)


def _is_of_another_run(review_case: ReviewCase, verdict: ReviewDecision) -> bool:
    return (review_case.laid_out.case.revision, review_case.laid_out.run) != (verdict.revision, verdict.run)


def _outcome(context: RequestContext) -> ReviewOutcome:
    try:
        return ReviewOutcome(context.form.one("outcome"))
    except ValueError:
        raise PageError(ErrorKind.MALFORMED) from None


def _intent(context: RequestContext, review_case: ReviewCase, outcome: ReviewOutcome) -> Intent:
    form = context.form
    reason, place = form.one("reason"), form.one("place")
    code, _, why = reason.partition("/")
    try:
        verdict = ReviewDecision(
            decision_id=form.one("decision_id"),
            revision=form.number("revision"),
            run=form.number("run"),
            outcome=outcome,
            code=Code(code) if reason else None,
            reason=Reason(why) if reason else None,
            place=place_of(review_case, place) if place else None,
            relation=Relation(form.one("relation")) if form.one("relation") else None,
            checked=tuple(_checked(review_case, posted_fields(context))),
            note=form.one("note"),
        )
    except ValueError:
        raise PageError(ErrorKind.MALFORMED) from None
    if reason and (verdict.code, verdict.reason) not in {
        (one.code, one.reason) for one in offered_reasons(review_case)
    }:
        raise PageError(ErrorKind.MALFORMED)
    return Intent(context.account.name, context.account.role, verdict, form.numbers("confirmed"))


def _checked(review_case: ReviewCase, posted: Mapping[str, str]) -> Iterator[Checked]:
    """What the reviewer saw: the choice for a field in doubt; for any other field only a typed correction."""
    keys = keys_of(review_case.sheet)
    for row in review_case.sheet.rows:
        typed = posted.get(f"typed.{keys[row.number]}", "").strip()
        chosen = posted.get(f"seen.{keys[row.number]}", _TYPED if typed and not row.doubtful else "")
        seen = _seen(row, chosen, typed)
        one = checked_of(row, seen) if seen is not None or chosen == _ILLEGIBLE else None
        if one is not None:
            yield one


def _seen(row: ReviewRow, chosen: str, typed: str) -> str | None:
    """The value that was chosen, by its number, in clear or typed; None if none was chosen or it is illegible."""
    if chosen == _TYPED:
        return typed or None
    if chosen.startswith("="):
        return chosen[1:]
    number = chosen.removeprefix("#")
    if number.isascii() and number.isdigit() and int(number) < len(row.options):
        return row.options[int(number)]
    return None
