"""The review queue: the cases that wait, why, for how long, and which account holds each."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple

from pydantic import AwareDatetime, Field, TypeAdapter
from starlette.responses import Response

from models.errors import NotWaitingError
from models.masking import mask_numbers
from models.review import Priority, ReviewOutcome, Role, WaitReason
from models.review_case import Cursor, View, Waiting
from web.desk.request_context import ErrorKind, PageError, RequestContext, local_path

_SHOWN: Final = 50
_MINE: Final = "mine"
_Number = Annotated[int, Field(ge=0, lt=2**31)]
# The fields of Cursor, within what a database accepts.
_CURSOR: Final[TypeAdapter[tuple[Any, ...]]] = TypeAdapter(tuple[bool, _Number, AwareDatetime, _Number])
_VIEWS: Final[Mapping[str, View]] = MappingProxyType(
    {
        "open": View(why=(WaitReason.REVIEW,), escalated=False),
        "supervisor": View(escalated=True),
        "known": View(why=(WaitReason.KNOWN_CHILD,), escalated=False),
        "blind": View(why=(WaitReason.SECOND_LOOK,), escalated=False),
        _MINE: View(),
    }
)


class QueueTab(NamedTuple):
    """A part of the queue; `cases` is None where counting would need another query."""

    name: str
    cases: int | None
    current: bool


class WaitTime(NamedTuple):
    """How long a case has waited; `late` if longer than the settings allow."""

    words: str
    late: bool


class QueueRow(NamedTuple):
    """A case in the queue."""

    waiting: Waiting
    title: str  # its id; ID numbers in it are masked
    age: WaitTime
    owner: str | None  # the account that holds it
    mine: bool


def queue(context: RequestContext) -> Response:
    """The cases that wait, one part of them at a time."""
    query = context.request.query_params
    name = _view_name(context)
    view = View(owner=context.account.name) if name == _MINE else _VIEWS[name]
    page = context.services.ledger.reviews.queue(view, _SHOWN, _cursor(query.get("after", "")))
    return context.page(
        "queue.html",
        tabs=tuple(_tabs(context, name)),
        view=name,
        rows=tuple(_row(context, one) for one in page.cases),
        following=_encoded(page.following) if page.following else "",
        is_first="after" not in query,
        done=done if (done := query.get("done", "")) in set(ReviewOutcome) else "",
    )


def prioritise(context: RequestContext) -> Response:
    """Change the priority of a case, for example of a child that is at the reception now."""
    submission_id = context.request.path_params["submission_id"]
    try:
        priority = Priority(context.form.number("priority"))
        context.services.ledger.reviews.prioritise(submission_id, context.account.name, priority)
    except ValueError:
        raise PageError(ErrorKind.MALFORMED) from None
    except NotWaitingError:
        raise PageError(ErrorKind.STALE) from None
    return context.redirect_to(local_path(context.form.one("next")))


def _view_name(context: RequestContext) -> str:
    queue = context.services.ledger.reviews.queue
    escalated = context.account.role is Role.SUPERVISOR and queue(_VIEWS["supervisor"], 1).cases
    name = context.request.query_params.get("view", "supervisor" if escalated else "open")
    if name not in _VIEWS:
        raise PageError(ErrorKind.MISSING)
    return name


def _tabs(context: RequestContext, current: str) -> Iterator[QueueTab]:
    counts = context.services.ledger.reviews.queue_counts()
    for name, view in _VIEWS.items():
        fitting = (
            one.cases
            for one in counts
            if (not view.why or one.why in view.why) and view.escalated in (None, one.escalated)
        )
        yield QueueTab(name, None if name == _MINE else sum(fitting), name == current)


def _row(context: RequestContext, one: Waiting) -> QueueRow:
    name = context.account.name
    mine = one.owner == name
    owner = one.owner if mine or one.held_by_another(name, context.services.clock()) else None
    return QueueRow(one, mask_numbers(one.submission_id), wait_time(context, one.since), owner, mine)


def wait_time(context: RequestContext, since: datetime) -> WaitTime:
    """The time since a case began to wait."""
    waited = max(context.services.clock() - since, timedelta())
    late = waited.total_seconds() > context.services.settings.desk.due_seconds
    parts = {"days": waited.days, "hours": waited.seconds // 3600, "minutes": waited.seconds // 60 % 60}
    largest = next((name for name, value in parts.items() if value), "minutes")
    return WaitTime(context.words(f"queue.waited_{largest}", **parts), late)


def _encoded(cursor: Cursor) -> str:
    fields = _CURSOR.dump_json((cursor.escalated, cursor.priority, cursor.since, cursor.case_id))
    return base64.urlsafe_b64encode(fields).decode().rstrip("=")


def _cursor(encoded: str) -> Cursor | None:
    """The cursor in the link to the next page; None, which is the beginning, for any other text."""
    try:
        return Cursor(*_CURSOR.validate_json(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))))
    except ValueError:  # not base64, not JSON, or other types
        return None
