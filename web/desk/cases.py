"""A case's page: its scans left, its fields right, and what a person may make of it."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.responses import Response

from models.changes import Change, changes
from models.errors import EngineError, LedgerError, ObjectMissingError
from models.masking import mask_numbers
from models.review import Relation, Role
from pipeline.batches.report import shown as masked_value
from pipeline.cases.page_images import view_of
from pipeline.ledger.decision_errors import HeldError, NotWaitingError
from pipeline.ledger.records import AuditKind
from pipeline.review.accepting import may_repeat
from pipeline.review.deciding import Stumble
from pipeline.review.return_reasons import offered
from pipeline.review.review_case import Opened, open_case, pages_before
from pipeline.review.sheet import Sheet
from web.desk.errors import RefusalError
from web.desk.errors import Why as Refused
from web.desk.field_views import Facing, faces, naming_nobody, record_faces
from web.desk.forms import local_path, token_of
from web.desk.queue import age_of
from web.desk.request_context import Visit

REVEAL_REASONS: Final = ("compare", "ask_family", "other")
_LONGEST_REASON: Final = 100


class First(NamedTuple):
    """Who was quicker, and when that was, if they decided."""

    account: str
    at: datetime | None = None


class Altered(NamedTuple):
    """What became different since somebody looked; values masked, "" where there was or is none."""

    change: Change
    before: str
    after: str


class Told(NamedTuple):
    """What a page tells besides the case: what was wrong with a decision, what changed, and what was typed so far."""

    stumbles: tuple[Stumble, ...] = ()
    refusal: str = ""
    first: First | None = None
    posted: Mapping[str, str] = MappingProxyType({})
    confirmed: tuple[str, ...] = ()
    changed: tuple[Altered, ...] = ()
    status: int = HTTPStatus.OK
    shown: bool = False


def case(visit: Visit) -> Response:
    """The page of a case; whoever may decide it has it in hand from now on."""
    opened = opened_of(visit)
    _note(visit, AuditKind.VIEWED, {"what": "case", "run": opened.laid_out.run})
    return case_page(visit, opened, Told())


def reveal(visit: Visit) -> Response:
    """The same page with its values in clear; who asked and why is in the audit chain."""
    reason = visit.form.one("why")
    words = visit.form.one("why_words")[:_LONGEST_REASON]
    if reason not in REVEAL_REASONS or (reason == "other" and not words.strip()):
        raise RefusalError(Refused.MALFORMED)
    opened = opened_of(visit)
    told = naming_nobody(words, opened)
    _note(visit, AuditKind.REVEALED, {"why": reason, "words": told, "run": opened.laid_out.run})
    return case_page(visit, opened, told_by(visit)._replace(shown=True))


def picture(visit: Visit) -> Response:
    """A page's picture."""
    backing, asked = visit.backing, visit.request.path_params
    shown, pages = pages_before(asked["submission_id"], backing.ledger)
    page = next((one for one in pages if str(one.number) == asked["number"]), None)  # thousands of digits are none
    if page is None:
        raise RefusalError(Refused.MISSING)
    try:
        where, limits = (page.file, page.page_no), backing.settings.limits
        data = view_of(shown, where, backing.ledger, backing.store, backing.viewer, limits)
    except (ObjectMissingError, EngineError):
        data = None
    if data is None:
        raise RefusalError(Refused.MISSING)
    _note(visit, AuditKind.VIEWED, {"what": "page", "page": page.number})
    return Response(data, media_type="image/jpeg")


def release(visit: Visit) -> Response:
    """Let go of a case, and go back to the queue."""
    visit.backing.ledger.release(visit.request.path_params["submission_id"], visit.who.name)
    return visit.redirect("queue")


def reopen(visit: Visit) -> Response:
    """Lay a decided case before supervisors again: the family objects."""
    submission_id = visit.request.path_params["submission_id"]
    visit.backing.ledger.reopen(submission_id, visit.who.name)
    return visit.redirect("case", submission_id=submission_id)


def find(visit: Visit) -> Response:
    """Go to the case of an id that somebody has at hand."""
    submission_id = visit.request.query_params.get("id", "").strip()
    if not submission_id:
        return visit.go(local_path(visit.path("queue")))
    visit.backing.ledger.case(submission_id)
    return visit.redirect("case", submission_id=submission_id)


def opened_of(visit: Visit) -> Opened:
    """The case that the path names."""
    submission_id = visit.request.path_params["submission_id"]
    backing = visit.backing
    return open_case(submission_id, backing.ledger, backing.reader, backing.settings.limits)


def posted_of(visit: Visit) -> Mapping[str, str]:
    """What the form holds, so that nothing that was typed is lost."""
    return MappingProxyType(dict(visit.form.fields))


def told_by(visit: Visit) -> Told:
    """What the form of a request holds, to be shown again."""
    return Told(posted=posted_of(visit), confirmed=visit.form.every("confirmed"))


def altered(visit: Visit, opened: Opened, revision: int, run: int) -> tuple[Altered, ...]:
    """What became different since a run that somebody saw; nothing of a run that is not there, nor to a blind look."""
    if opened.laid_out.is_blind:
        return ()
    try:
        before = visit.backing.ledger.result(opened.submission_id, revision, run)
    except LedgerError:
        return ()
    found = changes(before, opened.laid_out.result)
    return tuple(Altered(one, masked_value(one, one.before), masked_value(one, one.after)) for one in found)


def shown_mark(visit: Visit, opened: Opened) -> str:
    """What the form of a page carries whose values were asked for, so that nobody sees them who did not say why."""
    return token_of(visit.secret, f"shown\0{opened.submission_id}\0{opened.laid_out.case.revision}")


def was_shown(visit: Visit, opened: Opened) -> bool:
    """Whether a form comes from a page on which values were shown."""
    return hmac.compare_digest(visit.form.one("shown").encode(), shown_mark(visit, opened).encode())


def case_page(visit: Visit, opened: Opened, told: Told) -> Response:
    """The page with everything on it."""
    laid_out, waiting = opened.laid_out, opened.laid_out.waiting
    holder = _held(visit, opened)
    blind = laid_out.is_blind
    return visit.page(
        "case.html",
        status=told.status,
        opened=opened,
        title=mask_numbers(opened.submission_id),
        result=laid_out.result,
        waiting=waiting,
        age=age_of(visit, waiting.since) if waiting else None,
        holder=holder,
        blind=blind,
        may_decide=_may_decide(visit, opened) and holder is None,
        may_reopen=waiting is None and visit.who.role is Role.SUPERVISOR,
        rows=faces(opened.sheet, Facing(told.shown, told.posted)),
        records=[(one, record_faces(one.child, shown=told.shown)) for one in opened.relatives],
        relations=tuple(Relation),
        asks_relation=may_repeat(opened),
        offered=offered(opened),
        places=_places(opened.sheet, blind=blind),
        first_page=_first_page(opened.sheet),
        decision_id=told.posted.get("decision_id") or secrets.token_hex(16),
        reveal_reasons=REVEAL_REASONS,
        shown_mark=shown_mark(visit, opened) if told.shown else "",
        told=told,
    )


class PlaceOffered(NamedTuple):
    """A place that a reason may be given of: a row of the sheet or a page of the case."""

    value: str
    row: int | None
    page: int


def _first_page(sheet: Sheet) -> int:
    """The page to begin with: where the child is named, so that nobody has to look for it."""
    read = next((row.read for row in sheet.rows if row.read), None)
    page = sheet.page_of(read.file, read.page_no) if read else None
    return page.number if page else 0


def _places(sheet: Sheet, *, blind: bool) -> tuple[PlaceOffered, ...]:
    """Doubtful fields first, then pages, then every other field: the order in which they are wanted.

    A blind look does not tell by the order what was in doubt.
    """
    doubtful = [] if blind else [row for row in sheet.rows if row.doubtful]
    rows = [*doubtful, *(row for row in sheet.rows if row.read and row not in doubtful)]
    of_rows = [PlaceOffered(f"r{row.number}", row.number, -1) for row in rows]
    of_pages = [PlaceOffered(f"p{page.number}", None, page.number) for page in sheet.pages]
    return (*of_rows[: len(doubtful)], *of_pages, *of_rows[len(doubtful) :])


def _held(visit: Visit, opened: Opened) -> str | None:
    """Take the case in hand; hands on who else has it."""
    if not _may_decide(visit, opened):
        return None
    try:
        visit.backing.ledger.hold(opened.submission_id, visit.who.name, visit.backing.settings.desk.hold_seconds)
    except HeldError as error:
        return error.account
    except NotWaitingError:
        return None
    return None


def _may_decide(visit: Visit, opened: Opened) -> bool:
    waiting = opened.laid_out.waiting
    if waiting is None:
        return False
    return visit.who.role is Role.SUPERVISOR or not waiting.escalated


def _note(visit: Visit, kind: AuditKind, details: Mapping[str, str | int]) -> None:
    submission_id = visit.request.path_params["submission_id"]
    visit.backing.ledger.note(kind, {"account": visit.who.name, **details}, submission_id)
