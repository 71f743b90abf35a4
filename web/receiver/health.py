"""Whether we live, whether we are ready and why not, and figures for Prometheus."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from models.errors import ObjectMissingError, PipelineError
from pipeline.ledger.clock import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.records import Metrics
from pipeline.stores.base import Store
from service.threads import run_in_thread
from service.tokens import Tokens, shown_by

_KEPT_SECONDS: Final = 5.0  # whoever asks more often gets the same answer
_ALIVE: Final = timedelta(seconds=60)  # since a worker last spoke
_PATIENCE: Final = timedelta(minutes=15)  # with uploads and messages that wait
_PROBE: Final = "audit/probe"  # an object that need not be there


class HealthCheck(NamedTuple):
    """What was found; `figures` only if the ledger answered."""

    figures: Metrics | None
    why_not_ready: tuple[str, ...]


class Health:
    """Looks at ledger and store, and not more often than every few seconds however often it is asked."""

    def __init__(self, ledger: Ledger, store: Store, tokens: Tokens) -> None:
        self._ledger = ledger
        self._store = store
        self._tokens = tokens
        self._turn = asyncio.Lock()
        self._seen: tuple[float, HealthCheck] | None = None

    async def live(self, _request: Request) -> Response:
        """Answer: that is all."""
        return PlainTextResponse("alive\n")

    async def ready(self, _request: Request) -> Response:
        """Say whether uploads become results, and if not why, in whole sentences."""
        look = await self._look()
        body = {"ready": not look.why_not_ready, "why_not": list(look.why_not_ready)}
        return Response(json.dumps(body) + "\n", 503 if look.why_not_ready else 200, media_type="application/json")

    async def metrics(self, request: Request) -> Response:
        """Figures for Prometheus, to whoever shows a token."""
        if not self._tokens.admit(shown_by(request.headers.get("authorization", ""))):
            return PlainTextResponse("A token is missing, or is none.\n", 401, {"WWW-Authenticate": "Bearer"})
        look = await self._look()
        registry = CollectorRegistry()
        registry.register(_Collector(lambda: exported(look, utc_now())))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def _look(self) -> HealthCheck:
        """One look at a time: whoever asks meanwhile waits for it without taking a thread."""
        async with self._turn:
            if self._seen is None or time.monotonic() - self._seen[0] > _KEPT_SECONDS:
                look = await run_in_thread(check_health, self._ledger, self._store)
                self._seen = (time.monotonic(), look)
            return self._seen[1]


def check_health(ledger: Ledger, store: Store) -> HealthCheck:
    """Ask ledger and store."""
    try:
        figures = ledger.operations.metrics()
    except PipelineError as error:
        return HealthCheck(
            None, (f"The ledger does not answer ({type(error).__name__}): look at its log and its disk.",)
        )
    return HealthCheck(figures, (*_of_store(store), *_of_figures(figures, utc_now())))


def _of_store(store: Store) -> Iterator[str]:
    try:
        store.stat(_PROBE)
    except ObjectMissingError:
        return
    except PipelineError as error:
        yield f"The object store does not answer ({type(error).__name__}): check that it runs, and its keys."


def _of_figures(figures: Metrics, now: datetime) -> Iterator[str]:
    if not any(now - worker.seen_at < _ALIVE for worker in figures.workers):
        yield "No worker has spoken for a minute: look whether `intake serve` runs, and at intake-worker.log."
    waits = {
        "An upload has waited": figures.oldest_upload,
        "A notification has waited": figures.oldest_notification,
        "A result has not been delivered": figures.oldest_message,
    }
    for words, since in waits.items():
        if since is not None and now - since > _PATIENCE:
            yield f"{words} for {(now - since) // timedelta(minutes=1)} minutes: see the runbook."


def exported(look: HealthCheck, now: datetime) -> Iterator[Metric]:
    """What Prometheus is told. Labels are codes and ways; no id is one."""
    yield GaugeMetricFamily("intake_ready", "1 if uploads become results.", int(not look.why_not_ready))
    figures = look.figures
    if figures is None:
        return
    alive = sum(now - worker.seen_at < _ALIVE for worker in figures.workers)
    yield GaugeMetricFamily("intake_workers", "Workers that spoke within a minute.", alive)
    waiting = {
        "uploads": (figures.uploads, figures.oldest_upload),
        "notifications": (figures.notifications, figures.oldest_notification),
        "messages": (figures.messages, figures.oldest_message),
        "reviews": (figures.reviews, figures.oldest_review),
    }
    for what, (count, oldest) in waiting.items():
        age = 0.0 if oldest is None else (now - oldest).total_seconds()
        yield GaugeMetricFamily(f"intake_{what}_waiting", f"How many {what} wait.", count)
        yield GaugeMetricFamily(f"intake_{what}_oldest_seconds", f"For how long the oldest of the {what} waits.", age)
    yield _counter("intake_uploads", "Uploads by how they were heard of.", "via", figures.heard)
    yield _counter("intake_decisions", "Runs by decision.", "decision", figures.decisions)
    yield _counter("intake_codes", "Runs that have a finding with a code.", "code", figures.codes)
    restarts = sum(worker.engine_restarts for worker in figures.workers)
    yield GaugeMetricFamily("intake_engine_restarts", "Reading processes replaced since their workers began.", restarts)


def _counter(name: str, about: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, about, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


class _Collector(Collector):
    def __init__(self, collected: Callable[[], Iterator[Metric]]) -> None:
        self._collected = collected

    def collect(self) -> Iterator[Metric]:
        """What is told."""
        return self._collected()
