"""The queue: who waits, why, for how long, and in whose hands a case is."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple

from pydantic import AwareDatetime, Field, TypeAdapter
from starlette.responses import Response

from models.masking import mask_numbers
from models.review import Priority, ReviewOutcome, Role, WaitReason
from pipeline.ledger.decision_errors import NotWaitingError
from pipeline.ledger.review_values import Cursor, View, Waiting
from web.desk.request_context import ErrorKind, PageError, RequestContext, local_path

_SHOWN: Final = 50
_MINE: Final = "mine"
_Number = Annotated[int, Field(ge=0, lt=2**31)]
# As Cursor, and nothing that a database refuses.
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
    """A part of the queue; `cases` is None where it is not known without looking."""

    name: str
    cases: int | None
    current: bool


class WaitTime(NamedTuple):
    """How long a case has waited; `late` if that is too long."""

    words: str
    late: bool


class QueueRow(NamedTuple):
    """A case in the queue, as somebody sees it who has not opened it."""

    waiting: Waiting
    title: str  # its id, in which a person's number is masked
    age: WaitTime
    owner: str | None  # if somebody has it in hand
    mine: bool


def queue(context: RequestContext) -> Response:
    """The cases that wait, one part of them at a time."""
    asked = context.request.query_params
    name = _view_name(context)
    view = View(owner=context.account.name) if name == _MINE else _VIEWS[name]
    page = context.services.ledger.reviews.queue(view, _SHOWN, _cursor(asked.get("after", "")))
    return context.page(
        "queue.html",
        tabs=tuple(_tabs(context, name)),
        view=name,
        lines=tuple(_line(context, one) for one in page.cases),
        following=_told(page.following) if page.following else "",
        is_first="after" not in asked,
        done=done if (done := asked.get("done", "")) in set(ReviewOutcome) else "",
        priorities=tuple(Priority),
    )


def prioritise(context: RequestContext) -> Response:
    """Put a case before others: the child stands at the desk."""
    submission_id = context.request.path_params["submission_id"]
    try:
        priority = Priority(int(context.form.one("priority")))
        context.services.ledger.reviews.prioritise(submission_id, context.account.name, priority)
    except ValueError:
        raise PageError(ErrorKind.MALFORMED) from None
    except NotWaitingError:
        raise PageError(ErrorKind.STALE) from None
    return context.redirect_to(local_path(context.form.one("next")))


def _view_name(context: RequestContext) -> str:
    first = "supervisor" if context.account.role is Role.SUPERVISOR and _has_any(context, "supervisor") else "open"
    name = context.request.query_params.get("view", first)
    if name not in _VIEWS:
        raise PageError(ErrorKind.MISSING)
    return name


def _has_any(context: RequestContext, name: str) -> bool:
    return bool(context.services.ledger.reviews.queue(_VIEWS[name], 1).cases)


def _tabs(context: RequestContext, current: str) -> Iterator[QueueTab]:
    counts = context.services.ledger.reviews.queue_counts()
    for name, view in _VIEWS.items():
        fitting = (
            one.cases
            for one in counts
            if (not view.why or one.why in view.why) and view.escalated in (None, one.escalated)
        )
        yield QueueTab(name, None if name == _MINE else sum(fitting), name == current)


def _line(context: RequestContext, one: Waiting) -> QueueRow:
    now, mine = context.services.clock(), one.owner == context.account.name
    held = one.owner if one.held_by_another(context.account.name, now) or mine else None
    return QueueRow(
        one, mask_numbers(one.submission_id), wait_time(context, one.since), held, mine and held is not None
    )


def wait_time(context: RequestContext, since: datetime) -> WaitTime:
    """How long ago that was."""
    waited = max(context.services.clock() - since, timedelta())
    late = waited.total_seconds() > context.services.settings.desk.due_seconds
    parts = {"days": waited.days, "hours": waited.seconds // 3600, "minutes": waited.seconds // 60 % 60}
    largest = next((name for name, value in parts.items() if value), "minutes")
    return WaitTime(context.words(f"queue.waited_{largest}", **parts), late)


def _told(cursor: Cursor) -> str:
    return (
        base64.urlsafe_b64encode(_CURSOR.dump_json((cursor.escalated, cursor.priority, cursor.since, cursor.case_id)))
        .decode()
        .rstrip("=")
    )


def _cursor(told: str) -> Cursor | None:
    """Where to go on, as an earlier page told it; from the beginning for anything else."""
    try:
        return Cursor(*_CURSOR.validate_json(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))))
    except ValueError:  # of base64, of JSON, or of another kind of value
        return None
