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


def run_shown(review_case: ReviewCase) -> tuple[str, str]:
    """Revision and run of a case as its page names them."""
    return str(review_case.laid_out.case.revision), str(review_case.laid_out.run)


def run_posted(context: RequestContext) -> tuple[str, str]:
    """Revision and run as a form names them; "" where it does not."""
    return context.form.one("revision"), context.form.one("run")


def _token(context: RequestContext, button: str, revision: str, run: str) -> str:
    submission_id = context.request.path_params["submission_id"]
    return token_of(context.secret, "\0".join(("button", button, submission_id, revision, run)))
