"""The outbox, emptied: each message becomes an object in the store, and a webhook where there is one.

At least once: whoever is told twice sees the same id and the same content twice.
"""

import json
import logging
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final, NamedTuple

from models.backoff import backoff
from models.errors import LedgerBusyError, ObjectMissingError, PipelineError, UnknownCaseError
from pipeline.delivery.webhook import Webhook, WebhookError
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Message, MessageKind
from pipeline.stores.base import Store
from pipeline.stores.content import refusal_key, results_folder

log = logging.getLogger(__name__)
_AT_ONCE: Final = 5
_CLAIM_SECONDS: Final = 120.0  # for all of them; who dies meanwhile is followed by somebody else then
_FIRST_PAUSE_SECONDS: Final = 5.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0


class Outlet(NamedTuple):
    """Where messages go.

    Attributes:
        store: Gets an object a message.
        webhook: Is told after that; None where nobody is.
        whole: Whether the webhook carries the result itself.
    """

    store: Store
    webhook: Webhook | None
    whole: bool


class _Due(NamedTuple):
    """A message on its way, and the object that says it in the store."""

    message: Message
    key: str
    body: bytes


def deliver(ledger: Ledger, outlet: Outlet, *, chance: Callable[[], float] = random.random) -> int:
    """Deliver what is due, all objects before the first webhook; hands on how many messages arrived.

    Raises:
        LedgerBusyError: The ledger failed; what it did not hear of is delivered again.
    """
    way = _Way(ledger, outlet, chance)
    messages = ledger.outbox.claim(_AT_ONCE, _CLAIM_SECONDS)
    put = [due for message in messages for due in way.tried(message, partial(way.put, message))]
    return sum(1 for due in put for _ in way.tried(due.message, partial(way.send, due)))


class _Way:
    """From the outbox to others."""

    def __init__(self, ledger: Ledger, outlet: Outlet, chance: Callable[[], float]) -> None:
        self._ledger = ledger
        self._outlet = outlet
        self._chance = chance

    def tried(self, message: Message, step: Callable[[], _Due]) -> Iterator[_Due]:
        """A step's outcome; none where it failed, which costs the other messages nothing."""
        try:
            yield step()
        except LedgerBusyError:
            raise
        except UnknownCaseError:
            return  # it was forgotten meanwhile, and its messages with it
        except PipelineError as error:
            self._put_off(message, error)

    def put(self, message: Message) -> _Due:
        """Put the object into the store."""
        due = _of_refusal(message) if message.kind is MessageKind.REFUSED else _of_case(message, self._ledger)
        _put_new(self._outlet.store, due)
        if message.kind is MessageKind.CONCLUDED:
            _take_back_if_forgotten(due, self._ledger, self._outlet.store)
        return due

    def send(self, due: _Due) -> _Due:
        """Tell the webhook, if there is one, and note that all was told."""
        if self._outlet.webhook is not None:
            self._outlet.webhook.send(due.message.message_id, _envelope(due, whole=self._outlet.whole))
        self._ledger.outbox.mark_delivered(due.message)
        return due

    def _put_off(self, message: Message, error: PipelineError) -> None:
        pause = backoff(message.attempts, first=_FIRST_PAUSE_SECONDS, longest=_LONGEST_PAUSE_SECONDS)
        again = utc_now() + timedelta(seconds=pause * (0.5 + self._chance()))
        self._ledger.outbox.mark_failed(message, _word(error), again)
        log.warning("message did not arrive", extra={"message_id": message.message_id, "kind": _word(error)})


def _of_case(message: Message, ledger: Ledger) -> _Due:
    submission_id, revision, run = (message.data[name] for name in ("submission_id", "revision", "run"))
    result = ledger.cases.result(str(submission_id), int(str(revision)), int(str(run)))
    key = f"{results_folder(str(submission_id))}{revision}-{run}.json"
    return _Due(message, key, result.to_json().encode())


def _of_refusal(message: Message) -> _Due:
    """Nobody was told what a refused manifest says but its sender, whose object this names."""
    body = {"schema": "child-intake/refusal@1", "key": message.data["key"], "problems": message.data["problems"]}
    return _Due(message, refusal_key(str(message.data["item"])), json.dumps(body, ensure_ascii=False).encode())


def _envelope(due: _Due, *, whole: bool) -> str:
    """What the webhook is told: all but the key of an upload, which is the sender's word and stands in the object."""
    message = due.message
    said = {name: value for name, value in message.data.items() if name != "key"}
    result = {"result": json.loads(due.body)} if whole else {}
    envelope = {
        "type": message.kind.value,
        "timestamp": message.noted_at.isoformat(),
        "data": {**said, "object": due.key, **result},
    }
    return json.dumps(envelope, ensure_ascii=False, sort_keys=True)


def _put_new(store: Store, due: _Due) -> None:
    """A message that is tried again has its object already; a bucket with versions would keep each copy.

    What lies there may also be of a child that was forgotten, whose application came again under the same id.
    """
    try:
        if store.get(due.key, limit=None) == due.body:
            return
    except ObjectMissingError:
        pass
    store.put(due.key, due.body, content_type="application/json")


def _take_back_if_forgotten(due: _Due, ledger: Ledger, store: Store) -> None:
    """A child may have been forgotten between reading the result and putting it there."""
    try:
        ledger.cases.get(str(due.message.data["submission_id"]))
    except UnknownCaseError:
        store.erase(due.key)
        raise


def _word(error: PipelineError) -> str:
    """A webhook's errors are words already; of others the kind says enough."""
    return str(error) if isinstance(error, WebhookError) else type(error).__name__
