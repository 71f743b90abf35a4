"""Liveness, readiness with its reasons, and metrics for Prometheus."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from models.errors import ObjectMissingError, PipelineError
from models.overview import Heartbeat, Metrics
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Via
from pipeline.stores.base import Store
from pipeline.workers.process_identity import machine_of
from service.threads import run_in_thread
from service.tokens import Tokens, shown_by

_CACHED_SECONDS: Final = 5.0
_ALIVE: Final = timedelta(seconds=60)  # since a worker's last heartbeat
_PATIENCE: Final = timedelta(minutes=15)  # with uploads and messages that wait
_PROBE: Final = "audit/probe"  # an object that need not exist


class HealthCheck(NamedTuple):
    """The result of a check; `metrics` is None if the ledger did not answer."""

    metrics: Metrics | None
    why_not_ready: tuple[str, ...]


class Health:
    """Checks ledger and store, at most once in a few seconds however many requests arrive."""

    def __init__(self, ledger: Ledger, store: Store, tokens: Tokens) -> None:
        self._ledger = ledger
        self._store = store
        self._tokens = tokens
        self._lock = asyncio.Lock()
        self._cached: tuple[float, HealthCheck] | None = None

    async def live(self, _request: Request) -> Response:
        """Answer, and nothing more."""
        return PlainTextResponse("alive\n")

    async def ready(self, _request: Request) -> Response:
        """Say whether uploads become results, and if not, why."""
        reasons = (await self._check()).why_not_ready
        body = {"ready": not reasons, "why_not": list(reasons)}
        return Response(json.dumps(body) + "\n", 503 if reasons else 200, media_type="application/json")

    async def metrics(self, request: Request) -> Response:
        """Metrics for Prometheus, for requests with a token."""
        if not self._tokens.admit(shown_by(request.headers.get("authorization", ""))):
            return PlainTextResponse("A token is missing, or is none.\n", 401, {"WWW-Authenticate": "Bearer"})
        registry = CollectorRegistry()
        registry.register(_Collector(exported(await self._check(), utc_now())))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def _check(self) -> HealthCheck:
        """Run one check at a time: requests that arrive meanwhile wait for it without taking a thread."""
        async with self._lock:
            if self._cached is None or time.monotonic() - self._cached[0] > _CACHED_SECONDS:
                check = await run_in_thread(check_health, self._ledger, self._store)
                self._cached = (time.monotonic(), check)
            return self._cached[1]


def check_health(ledger: Ledger, store: Store) -> HealthCheck:
    """Ask ledger and store whether uploads become results."""
    try:
        metrics = ledger.operations.metrics()
    except PipelineError as error:
        return HealthCheck(
            None, (f"The ledger does not answer ({type(error).__name__}): look at its log and its disk.",)
        )
    return HealthCheck(metrics, (*_store_problems(store), *_ledger_problems(metrics, utc_now())))


def _store_problems(store: Store) -> Iterator[str]:
    try:
        store.stat(_PROBE)
    except ObjectMissingError:
        return
    except PipelineError as error:
        yield f"The object store does not answer ({type(error).__name__}): check that it runs, and its keys."


def _ledger_problems(metrics: Metrics, now: datetime) -> Iterator[str]:
    if not any(now - worker.seen_at < _ALIVE for worker in metrics.workers):
        yield "No worker has spoken for a minute: look whether `intake serve` runs, and at intake-worker.log."
    waits = {
        "An upload has waited": metrics.oldest_upload,
        "A notification has waited": metrics.oldest_notification,
        "A result has not been delivered": metrics.oldest_message,
    }
    for problem, since in waits.items():
        if since is not None and now - since > _PATIENCE:
            yield f"{problem} for {(now - since) // timedelta(minutes=1)} minutes: see the runbook."


def exported(check: HealthCheck, now: datetime) -> Iterator[Metric]:
    """The metrics for Prometheus. Labels are codes, decisions, machines, flows, and how uploads came, never ids."""
    yield GaugeMetricFamily("intake_ready", "1 if uploads become results.", int(not check.why_not_ready))
    metrics = check.metrics
    if metrics is None:
        return
    alive = sum(now - worker.seen_at < _ALIVE for worker in metrics.workers)
    yield GaugeMetricFamily("intake_workers", "Workers that spoke within a minute.", alive)
    yield _silence(metrics.workers, now)
    waiting = {
        "uploads": (metrics.uploads, metrics.oldest_upload),
        "notifications": (metrics.notifications, metrics.oldest_notification),
        "messages": (metrics.messages, metrics.oldest_message),
        "reviews": (metrics.reviews, metrics.oldest_review),
    }
    for what, (count, oldest) in waiting.items():
        age = 0.0 if oldest is None else (now - oldest).total_seconds()
        yield GaugeMetricFamily(f"intake_{what}_waiting", f"How many {what} wait.", count)
        yield GaugeMetricFamily(f"intake_{what}_oldest_seconds", f"For how long the oldest of the {what} waits.", age)
    yield _counter(
        "intake_uploads", "Uploads by how they were heard of.", "via", {**dict.fromkeys(Via, 0), **metrics.heard}
    )
    yield _counter("intake_decisions", "Runs by decision.", "decision", metrics.decisions)
    yield _counter("intake_codes", "Runs that have a finding with a code.", "code", metrics.codes)
    yield _upkeep(metrics.upkeep, now)
    restarts = sum(worker.engine_restarts for worker in metrics.workers)
    yield GaugeMetricFamily("intake_engine_restarts", "Reading processes replaced since their workers began.", restarts)


def _silence(workers: Iterable[Heartbeat], now: datetime) -> Metric:
    """Of each machine: one that stopped in good order is not among them, and one that died is for a day."""
    family = GaugeMetricFamily(
        "intake_machine_silent_seconds", "Since a worker of the machine last spoke.", labels=["machine"]
    )
    latest: dict[str, datetime] = {}
    for worker in workers:
        machine = machine_of(worker.identity)
        latest[machine] = max(worker.seen_at, latest.get(machine, worker.seen_at))
    for machine, seen_at in sorted(latest.items()):
        family.add_metric([machine], (now - seen_at).total_seconds())
    return family


def _upkeep(ended: Mapping[str, datetime], now: datetime) -> Metric:
    family = GaugeMetricFamily(
        "intake_upkeep_seconds", "Since a flow that runs by the clock last ended well.", labels=["flow"]
    )
    for flow, ended_at in sorted(ended.items()):
        family.add_metric([flow], (now - ended_at).total_seconds())
    return family


def _counter(name: str, about: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, about, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


class _Collector(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def collect(self) -> Iterable[Metric]:
        """All metrics."""
        return self._metrics
