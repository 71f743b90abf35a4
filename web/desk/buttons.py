"""The buttons that decide a case: each has its own token, which a form carries only if that button was pressed."""

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.review import ReviewOutcome
from pipeline.review.review_case import ReviewCase
from web.desk.request_context import RequestContext, token_of

RELEASE: Final = "release"
BUTTONS: Final = (*(outcome.value for outcome in ReviewOutcome), RELEASE)
PRESSED_FIELD: Final = "pressed"


def button_tokens(context: RequestContext, review_case: ReviewCase) -> Mapping[str, str]:
    """The token of each button, for the run that the page shows."""
    revision, run = run_shown(review_case)
    return MappingProxyType({button: _token(context, button, revision, run) for button in BUTTONS})


def is_pressed(context: RequestContext, button: str) -> bool:
    """Whether a form carries the token of this button, issued in this session for this case and the run it names.

    The caller still compares that run with the current one.
    """
    token = _token(context, button, *run_posted(context))
    return hmac.compare_digest(context.form.one(PRESSED_FIELD).encode(), token.encode())


def offered_mark(context: RequestContext, review_case: ReviewCase) -> str:
    """A token in the form of a page for the readings that it offers, which a reviewer chooses by their numbers.

    The run alone does not bind them: another content version may find other readings in the pages of the same run.
    """
    offered = repr([(row.number, row.options) for row in review_case.sheet.rows])
    return token_of(context.secret, f"offered\0{review_case.submission_id}\0{offered}")


def was_offered(context: RequestContext, review_case: ReviewCase) -> bool:
    """Whether the numbers of readings in the form mean today what they meant on the page; True without numbers."""
    if not any(_is_numbered(name, value) for name, value in context.form.fields):
        return True
    return hmac.compare_digest(context.form.one("offered").encode(), offered_mark(context, review_case).encode())


def without_numbered(posted: Mapping[str, str]) -> Mapping[str, str]:
    """The fields of a form but for readings chosen by their numbers, which other readings may have now."""
    return {name: value for name, value in posted.items() if not _is_numbered(name, value)}


def run_shown(review_case: ReviewCase) -> tuple[str, str]:
    """Revision and run of a case as its page names them."""
    return str(review_case.laid_out.case.revision), str(review_case.laid_out.run)


def run_posted(context: RequestContext) -> tuple[str, str]:
    """Revision and run as a form names them; "" where it does not."""
    return context.form.one("revision"), context.form.one("run")


def _is_numbered(name: str, value: str) -> bool:
    return name.startswith("seen.") and value.startswith("#")


def _token(context: RequestContext, button: str, revision: str, run: str) -> str:
    submission_id = context.request.path_params["submission_id"]
    return token_of(context.secret, "\0".join(("button", button, submission_id, revision, run)))
