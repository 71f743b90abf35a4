"""The buttons of a case's page that decide: each carries a token of its own, and only pressing it sends that token."""

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flows.web.desk.forms import token_of
from flows.web.desk.visit import Visit
from models.review import Outcome
from pipeline.review.opened import Opened

RELEASE: Final = "release"
BUTTONS: Final = (*(outcome.value for outcome in Outcome), RELEASE)
PRESSED_FIELD: Final = "pressed"


def button_tokens(visit: Visit, opened: Opened) -> Mapping[str, str]:
    """The token of each button, for the run that the page shows."""
    revision, run = run_shown(opened)
    return MappingProxyType({button: _token(visit, button, revision, run) for button in BUTTONS})


def is_pressed(visit: Visit, button: str) -> bool:
    """Whether a form carries the token of this button, issued in this session for this case and the run it names.

    The caller still compares that run with the current one.
    """
    token = _token(visit, button, *run_posted(visit))
    return hmac.compare_digest(visit.form.one(PRESSED_FIELD).encode(), token.encode())


def run_shown(opened: Opened) -> tuple[str, str]:
    """Revision and run of a case as its page names them."""
    return str(opened.laid_out.case.revision), str(opened.laid_out.run)


def run_posted(visit: Visit) -> tuple[str, str]:
    """Revision and run as a form names them; "" where it does not."""
    return visit.form.one("revision"), visit.form.one("run")


def _token(visit: Visit, button: str, revision: str, run: str) -> str:
    submission_id = visit.request.path_params["submission_id"]
    return token_of(visit.secret, "\0".join(("button", button, submission_id, revision, run)))
