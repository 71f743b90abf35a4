"""Deliver the messages of the outbox: each becomes an object in the store, and a webhook if one is set.

Delivery is at least once: a repeated message has the same id and the same content.
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
from models.published import Refusal, WebhookMessage
from pipeline.delivery.webhook import Webhook, WebhookError
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Message, MessageKind
from pipeline.stores.base import Store
from pipeline.stores.content import refusal_key, results_folder

log = logging.getLogger(__name__)
_AT_ONCE: Final = 5
_CLAIM_SECONDS: Final = 120.0  # for all of them; after that another process may claim them
_FIRST_PAUSE_SECONDS: Final = 5.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0


class Outlet(NamedTuple):
    """The receivers of messages.

    Attributes:
        store: Gets one object for each message.
        webhook: Gets the message after the store; None if no webhook is set.
        whole: Whether the webhook carries the result itself.
    """

    store: Store
    webhook: Webhook | None
    whole: bool


class _Due(NamedTuple):
    """A message, and its object in the store."""

    message: Message
    key: str
    body: bytes


def deliver(ledger: Ledger, outlet: Outlet, *, chance: Callable[[], float] = random.random) -> int:
    """Deliver due messages, all objects before the first webhook, and return how many were delivered.

    Raises:
        LedgerBusyError: The ledger failed; messages that it did not mark are delivered again.
    """
    courier = _Courier(ledger, outlet, chance)
    messages = ledger.outbox.claim(_AT_ONCE, _CLAIM_SECONDS)
    put = [due for message in messages for due in courier.tried(message, partial(courier.put, message))]
    return sum(1 for due in put for _ in courier.tried(due.message, partial(courier.send, due)))


class _Courier:
    """The steps of one message."""

    def __init__(self, ledger: Ledger, outlet: Outlet, chance: Callable[[], float]) -> None:
        self._ledger = ledger
        self._outlet = outlet
        self._chance = chance

    def tried(self, message: Message, step: Callable[[], _Due]) -> Iterator[_Due]:
        """The outcome of a step; nothing if it failed, so that other messages still go out."""
        try:
            yield step()
        except LedgerBusyError:
            raise
        except UnknownCaseError:
            return  # the child was erased meanwhile, and its messages too
        except PipelineError as error:
            self._put_off(message, error)

    def put(self, message: Message) -> _Due:
        """Put the object into the store."""
        due = _of_refusal(message) if message.kind is MessageKind.REFUSED else _of_case(message, self._ledger)
        _put_new(self._outlet.store, due)
        if message.kind is MessageKind.CONCLUDED:
            _withdraw_if_erased(due, self._ledger, self._outlet.store)
        return due

    def send(self, due: _Due) -> _Due:
        """Send the webhook, if one is set, and mark the message as delivered."""
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
    """The refusal of a manifest; it names the key of the upload, which only its sender knows."""
    refusal = Refusal.model_validate({"key": message.data["key"], "problems": message.data["problems"]})
    return _Due(message, refusal_key(str(message.data["item"])), refusal.model_dump_json(by_alias=True).encode())


def _envelope(due: _Due, *, whole: bool) -> str:
    """The body of the webhook, without the key of an upload, which the sender chose; the stored object has it."""
    message = due.message
    said = {name: value for name, value in message.data.items() if name != "key"}
    result = {"result": json.loads(due.body)} if whole else {}
    envelope = WebhookMessage.model_validate(
        {
            "type": message.kind.value,
            "timestamp": message.noted_at.isoformat(),
            "data": {**said, "object": due.key, **result},
        }
    )
    body = envelope.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def _put_new(store: Store, due: _Due) -> None:
    """Put the object unless it exists with this content: a bucket with versions would keep a copy for each retry.

    An object with other content may be of an erased child whose application came again under the same id.
    """
    try:
        if store.get(due.key, limit=None) == due.body:
            return
    except ObjectMissingError:
        pass
    store.put(due.key, due.body, content_type="application/json")


def _withdraw_if_erased(due: _Due, ledger: Ledger, store: Store) -> None:
    """The child may have been erased between reading the result and storing it."""
    try:
        ledger.cases.get(str(due.message.data["submission_id"]))
    except UnknownCaseError:
        store.erase(due.key)
        raise


def _word(error: PipelineError) -> str:
    """The text of a webhook's error, which is safe to log; the class name of any other."""
    return str(error) if isinstance(error, WebhookError) else type(error).__name__
