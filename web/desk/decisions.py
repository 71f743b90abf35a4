"""A decision, as a form carries it: looked at, recorded, or handed back with everything that was typed."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from starlette.responses import Response

from models.codes import Code, Reason
from models.messages import Language, words_of
from models.review import Checked, Outcome, Relation, Verdict
from pipeline.ledger.base import ChildExistsError
from pipeline.ledger.decision_errors import AlreadyDecidedError, HeldError, RefusedDecisionError
from pipeline.review.deciding import Intent, decide_case, stumbles
from pipeline.review.return_reasons import finding_of, fits, offered, place_of
from pipeline.review.review_case import Opened
from pipeline.review.sheet import Row, checked_of
from web.desk.cases import First, Told, altered, case_page, opened_of, posted_of, told_by, was_shown
from web.desk.errors import RefusalError
from web.desk.errors import Why as Refused
from web.desk.field_views import keys_of
from web.desk.request_context import Visit

_ILLEGIBLE = "illegible"
_TYPED = "typed"


def decide(visit: Visit) -> Response:
    """Record a decision, or say what keeps it from being recorded."""
    opened = opened_of(visit)
    intent = _intent(visit, opened, _outcome(visit))
    told = told_by(visit)._replace(shown=was_shown(visit, opened))
    if _is_of_another_run(opened, intent.verdict):
        return _again(visit, _outrun(opened, intent.verdict, told), intent.verdict)
    wrong = stumbles(opened, intent)
    if wrong:
        return case_page(visit, opened, told._replace(stumbles=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    refused = _refused(visit, opened, intent)
    if refused is not None:
        return _again(visit, told._replace(refusal=refused[0], first=refused[1]), intent.verdict)
    return visit.go(visit.path("queue"), done=intent.verdict.outcome.value)


def _refused(visit: Visit, opened: Opened, intent: Intent) -> tuple[str, First | None] | None:
    """Record a decision; hands on why that was not done, and who was first."""
    try:
        decide_case(opened, intent, visit.backing.ledger)
    except AlreadyDecidedError as error:
        return "decided", First(error.account, error.at)
    except HeldError as error:
        return "held", First(error.account)
    except ChildExistsError:
        return "registered", None
    except RefusedDecisionError:
        return "changed", None
    return None


def preview(visit: Visit) -> Response:
    """What the parent would read, in every language that parents are answered in."""
    opened = opened_of(visit)
    verdict = _intent(visit, opened, Outcome.RETURN).verdict
    messages = []
    shown = was_shown(visit, opened)  # what a parent reads quotes names
    if shown and verdict.code and verdict.reason and fits(verdict.code, verdict.place):
        finding = finding_of(opened, verdict)
        messages = [(language.value, words_of(finding, language)) for language in Language]
    return visit.page("preview.html", messages=messages, shown=shown)


def _again(visit: Visit, told: Told, verdict: Verdict) -> Response:
    """The page as the case is now, with what changed and what was typed; the decision's number is drawn anew.

    A reading that was chosen by its number is not kept: another one may stand there now.
    """
    opened = opened_of(visit)
    posted = {
        name: value
        for name, value in told.posted.items()
        if name != "decision_id" and not (name.startswith("seen.") and value.startswith("#"))
    }
    since = altered(visit, opened, verdict.revision, verdict.run)
    return case_page(visit, opened, told._replace(posted=posted, changed=since, status=HTTPStatus.CONFLICT))


def _outrun(opened: Opened, verdict: Verdict, told: Told) -> Told:
    """Whether somebody decided the run that was seen, or the case has changed by itself."""
    seen = (verdict.revision, verdict.run)
    first = [one for one in opened.laid_out.reviewed if (one.revision, one.verdict.run) == seen]
    if not first:
        return told._replace(refusal="changed")
    return told._replace(refusal="decided", first=First(first[-1].account, first[-1].decided_at))


def _is_of_another_run(opened: Opened, verdict: Verdict) -> bool:
    """A double click of a decision that was recorded goes on to the ledger, which knows it."""
    recorded = any(one.verdict.decision_id == verdict.decision_id for one in opened.laid_out.reviewed)
    here = (opened.laid_out.case.revision, opened.laid_out.run)
    return not recorded and here != (verdict.revision, verdict.run)


def _outcome(visit: Visit) -> Outcome:
    try:
        return Outcome(visit.form.one("outcome"))
    except ValueError:
        raise RefusalError(Refused.MALFORMED) from None


def _intent(visit: Visit, opened: Opened, outcome: Outcome) -> Intent:
    form = visit.form
    reason, place = form.one("reason"), form.one("place")
    code, _, why = reason.partition("/")
    try:
        verdict = Verdict(
            decision_id=form.one("decision_id"),
            revision=int(form.one("revision")),
            run=int(form.one("run")),
            outcome=outcome,
            code=Code(code) if reason else None,
            reason=Reason(why) if reason else None,
            place=place_of(opened, place) if place else None,
            relation=Relation(form.one("relation")) if form.one("relation") else None,
            checked=tuple(_checked(opened, posted_of(visit))),
            note=form.one("note"),
        )
        confirmed = frozenset(int(one) for one in form.every("confirmed"))
    except ValueError:
        raise RefusalError(Refused.MALFORMED) from None
    if reason and (verdict.code, verdict.reason) not in {(one.code, one.reason) for one in offered(opened)}:
        raise RefusalError(Refused.MALFORMED)
    return Intent(visit.who.name, visit.who.role, verdict, confirmed)


def _checked(opened: Opened, posted: Mapping[str, str]) -> Iterator[Checked]:
    """What somebody saw: of a field in doubt what they chose, of any other only what they typed instead."""
    keys = keys_of(opened.sheet)
    for row in opened.sheet.rows:
        typed = posted.get(f"typed.{keys[row.number]}", "").strip()
        chosen = posted.get(f"seen.{keys[row.number]}", _TYPED if typed and not row.doubtful else "")
        seen = _seen(row, chosen, typed)
        one = checked_of(row, seen) if seen is not None or chosen == _ILLEGIBLE else None
        if one is not None:
            yield one


def _seen(row: Row, chosen: str, typed: str) -> str | None:
    """What somebody chose: an option by its number or in clear, what they typed, or nothing that can be read."""
    if chosen == _TYPED:
        return typed or None
    if chosen.startswith("="):
        return chosen[1:]
    number = chosen.removeprefix("#")
    if number.isascii() and number.isdigit() and int(number) < len(row.options):
        return row.options[int(number)]
    return None
