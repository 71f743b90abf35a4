"""The outbox, emptied: each message becomes an object in the store, and a webhook where there is one.

At least once: whoever is told twice sees the same id and the same content twice.
"""

import json
import logging
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from pydantic import JsonValue

from models.errors import LedgerError, ObjectMissingError, PipelineError, UnknownCaseError
from models.result import Result
from pipeline.delivery.webhook import Webhook
from pipeline.ledger.base import Ledger, utc_now
from pipeline.ledger.values import Message, MessageKind
from pipeline.stores.base import Store
from pipeline.stores.content import results_folder

log = logging.getLogger(__name__)
_AT_ONCE: Final = 5
_CLAIM_SECONDS: Final = 120.0  # for all of them; who dies meanwhile is followed by somebody else then
_FIRST_PAUSE_SECONDS: Final = 5.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0
_DOUBLINGS: Final = 12


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


def deliver(ledger: Ledger, outlet: Outlet, *, chance: Callable[[], float] = random.random) -> int:
    """Deliver what is due; hands on how many messages arrived.

    Raises:
        LedgerError: The ledger failed; what it did not hear of is delivered again.
    """
    return sum(
        _delivered(message, ledger, outlet, chance) for message in ledger.claim_messages(_AT_ONCE, _CLAIM_SECONDS)
    )


def _delivered(message: Message, ledger: Ledger, outlet: Outlet, chance: Callable[[], float]) -> bool:
    try:
        _hand_out(message, ledger, outlet)
    except UnknownCaseError:  # it was forgotten meanwhile, and its messages with it
        return False
    except LedgerError:
        raise
    except PipelineError as error:
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(message.attempts - 1, _DOUBLINGS), _LONGEST_PAUSE_SECONDS)
        again = utc_now() + timedelta(seconds=pause * (0.5 + chance()))
        ledger.not_told(message, _word(error), again)
        log.warning("message did not arrive", extra={"message_id": message.message_id, "kind": _word(error)})
        return False
    ledger.told(message)
    return True


def _hand_out(message: Message, ledger: Ledger, outlet: Outlet) -> None:
    key, body, result = _of_refusal(message) if message.kind is MessageKind.REFUSED else _of_case(message, ledger)
    _put_new(outlet.store, key, body)
    if result is not None:
        _take_back_if_forgotten(message, ledger, outlet.store, key)
    if outlet.webhook is not None:
        told: dict[str, JsonValue] = {**_openly(message), "object": key}
        if outlet.whole:
            told["result"] = json.loads(body)
        envelope = {"type": message.kind.value, "timestamp": message.noted_at.isoformat(), "data": told}
        outlet.webhook.send(message.message_id, json.dumps(envelope, ensure_ascii=False, sort_keys=True))


def _of_case(message: Message, ledger: Ledger) -> tuple[str, bytes, Result]:
    submission_id, revision, run = (message.data[name] for name in ("submission_id", "revision", "run"))
    result = ledger.result(str(submission_id), int(str(revision)), int(str(run)))
    key = f"{results_folder(str(submission_id))}{revision}-{run}.json"
    return key, result.to_json().encode(), result


def _of_refusal(message: Message) -> tuple[str, bytes, None]:
    """Nobody was told what a refused manifest says but its sender, whose object this names."""
    body = {"schema": "child-intake/refusal@1", "key": message.data["key"], "problems": message.data["problems"]}
    return f"results/refused-{message.data['item']}.json", json.dumps(body, ensure_ascii=False).encode(), None


def _openly(message: Message) -> Mapping[str, JsonValue]:
    """All but the key of an upload, which is the sender's word; the object says it to whoever may read the store."""
    return {name: value for name, value in message.data.items() if name != "key"}


def _put_new(store: Store, key: str, body: bytes) -> None:
    """A message that is tried again has its object already; a bucket with versions would keep each copy."""
    try:
        store.stat(key)
    except ObjectMissingError:
        store.put(key, body, content_type="application/json")


def _take_back_if_forgotten(message: Message, ledger: Ledger, store: Store, key: str) -> None:
    """A child may have been forgotten between reading the result and putting it there."""
    try:
        ledger.case(str(message.data["submission_id"]))
    except UnknownCaseError:
        store.erase(key)
        raise


def _word(error: PipelineError) -> str:
    """A webhook's errors are words already; of others the kind says enough."""
    return str(error) if type(error).__name__ == "WebhookError" else type(error).__name__
