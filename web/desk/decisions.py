"""A decision, as its button sends it: looked at, recorded, or handed back with everything that was typed."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from starlette.responses import Response

from models.codes import Code, Reason
from models.errors import AlreadyDecidedError, ChildExistsError, HeldError, RefusedDecisionError
from models.messages import Language, message_text
from models.review import Checked, Relation, ReviewDecision, ReviewOutcome
from pipeline.review.deciding import Intent, decide_case, issues_of
from pipeline.review.return_reasons import finding_of, fits, offered_reasons, place_of
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow, checked_of
from web.desk.buttons import RELEASE, is_pressed, run_posted, run_shown
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
    opened, outcome = requested_case(context), _outcome(context)
    if not is_pressed(context, outcome.value):
        return _not_pressed(context, opened)
    intent = _intent(context, opened, outcome)
    told = form_state(context)._replace(shown=was_shown(context, opened))
    if _is_of_another_run(opened, intent.verdict):
        return _again(context, _outrun(opened, intent.verdict, told), intent.verdict)
    wrong = issues_of(opened, intent)
    if wrong:
        return case_page(context, opened, told._replace(stumbles=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    refused = _refused(context, opened, intent)
    if refused is not None:
        return _again(context, told._replace(refusal=refused[0], first=refused[1]), intent.verdict)
    return context.redirect_to(context.path("queue"), done=intent.verdict.outcome.value)


def _refused(context: RequestContext, opened: ReviewCase, intent: Intent) -> tuple[str, EarlierDecision | None] | None:
    """Record a decision; if the ledger refuses it, the reason and the account that was quicker."""
    try:
        decide_case(opened, intent, context.services.ledger)
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
    """Put a case back, and go to the queue."""
    if not is_pressed(context, RELEASE):
        return _not_pressed(context, requested_case(context))
    context.services.ledger.reviews.release(context.request.path_params["submission_id"], context.account.name)
    return context.redirect("queue")


def preview(context: RequestContext) -> Response:
    """The message that a return would send to the parent, in every language."""
    opened = requested_case(context)
    verdict = _intent(context, opened, ReviewOutcome.RETURN).verdict
    messages = []
    shown = was_shown(context, opened)  # messages for parents quote names
    if shown and verdict.code and verdict.reason and fits(verdict.code, verdict.place):
        finding = finding_of(opened, verdict)
        messages = [(language.value, message_text(finding, language)) for language in Language]
    return context.page("preview.html", messages=messages, shown=shown)


def _again(context: RequestContext, told: CaseFormState, verdict: ReviewDecision) -> Response:
    """The page as the case is now, with what changed and what was typed."""
    opened = requested_case(context)
    posted = _kept(told.posted, numbered=False)
    since = changes_since(context, opened, verdict.revision, verdict.run)
    return case_page(context, opened, told._replace(posted=posted, changed=since, status=HTTPStatus.CONFLICT))


def _not_pressed(context: RequestContext, opened: ReviewCase) -> Response:
    """The page again with what was typed: the button of what was asked for did not send it."""
    told = form_state(context)
    posted = _kept(told.posted, numbered=run_posted(context) == run_shown(opened))
    told = told._replace(posted=posted, shown=was_shown(context, opened))
    return case_page(context, opened, told._replace(refusal="not_pressed", status=HTTPStatus.FORBIDDEN))


def _kept(posted: Mapping[str, str], *, numbered: bool) -> Mapping[str, str]:
    """What was typed, to be decided under a number that is drawn anew.

    Args:
        posted: Every field.
        numbered: Whether readings keep that were chosen by their number: in another run another one may stand there.
    """
    return {
        name: value
        for name, value in posted.items()
        if name != "decision_id" and (numbered or not (name.startswith("seen.") and value.startswith("#")))
    }


def _outrun(opened: ReviewCase, verdict: ReviewDecision, told: CaseFormState) -> CaseFormState:
    """Tell apart that another account decided the run, and that the case changed without a decision."""
    seen = (verdict.revision, verdict.run)
    first = [one for one in opened.laid_out.reviewed if (one.revision, one.verdict.run) == seen]
    if not first:
        return told._replace(refusal="changed")
    return told._replace(refusal="decided", first=EarlierDecision(first[-1].account, first[-1].decided_at))


def _is_of_another_run(opened: ReviewCase, verdict: ReviewDecision) -> bool:
    """Whether a decision is about another run. One that is recorded already is not: the ledger takes a repetition."""
    recorded = any(one.verdict.decision_id == verdict.decision_id for one in opened.laid_out.reviewed)
    current = (opened.laid_out.case.revision, opened.laid_out.run)
    return not recorded and current != (verdict.revision, verdict.run)


def _outcome(context: RequestContext) -> ReviewOutcome:
    try:
        return ReviewOutcome(context.form.one("outcome"))
    except ValueError:
        raise PageError(ErrorKind.MALFORMED) from None


def _intent(context: RequestContext, opened: ReviewCase, outcome: ReviewOutcome) -> Intent:
    form = context.form
    reason, place = form.one("reason"), form.one("place")
    code, _, why = reason.partition("/")
    try:
        verdict = ReviewDecision(
            decision_id=form.one("decision_id"),
            revision=int(form.one("revision")),
            run=int(form.one("run")),
            outcome=outcome,
            code=Code(code) if reason else None,
            reason=Reason(why) if reason else None,
            place=place_of(opened, place) if place else None,
            relation=Relation(form.one("relation")) if form.one("relation") else None,
            checked=tuple(_checked(opened, posted_fields(context))),
            note=form.one("note"),
        )
        confirmed = frozenset(int(one) for one in form.every("confirmed"))
    except ValueError:
        raise PageError(ErrorKind.MALFORMED) from None
    if reason and (verdict.code, verdict.reason) not in {(one.code, one.reason) for one in offered_reasons(opened)}:
        raise PageError(ErrorKind.MALFORMED)
    return Intent(context.account.name, context.account.role, verdict, confirmed)


def _checked(opened: ReviewCase, posted: Mapping[str, str]) -> Iterator[Checked]:
    """What the reviewer saw: the choice for a field in doubt; for any other field only a typed correction."""
    keys = keys_of(opened.sheet)
    for row in opened.sheet.rows:
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
