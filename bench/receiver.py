"""Throughput and latency of the receiver's acknowledgements: `python -m bench.receiver [--full]`.

The receiver runs in its own process, as in the service, on a ledger that syncs its commits to the disk; senders keep
their connections open, as object stores do. The bench sends events as fast as answers arrive, then at the target rate,
and at that rate again while another process writes to the same ledger.
"""

import http.client
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bench.metrics import Figure, percentile, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.workspace import SECRET, running_process
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.values import UploadEvent, Via
from service.options import ReceiverOptions
from service.settings import Settings
from tests.support.processes import free_port
from web.receiver.app import run

BENCH: Final = Bench("receiver", __doc__, 6, "events", small=1500, full=15_000)
_TOKEN: Final = "t" * 40
_SENDERS: Final = 16
_PACE: Final = 300.0  # events a second: the target
_WRITES: Final = (
    50.0  # transactions a second of the other writer: about ten times as many as two cores need for uploads
)
_READY_SECONDS: Final = 30.0
_NO_CONTENT: Final = 204


def measure(count: int) -> Measured:
    """Send `count` events as fast as possible, at the target rate, and at that rate beside a writer."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            workspace=Path(folder),
            register_secret=SecretStr(SECRET.hex()),
            receiver=ReceiverOptions(port=free_port(), tokens=SecretStr(_TOKEN)),
        )
        with _receiver(settings) as port:
            rush = tuple(_figures("in a rush", _sent(port, 0, count, None)))
            paced = tuple(_figures(f"at {_PACE:.0f} a second", _sent(port, count, count, _PACE)))
            with _writer(settings):
                sent = _sent(port, 2 * count, count, _PACE)
            beside = tuple(_figures(f"at {_PACE:.0f} a second, beside a writer", sent))
            with closing(open_ledger(settings.ledger_at, SECRET)) as ledger:
                kept = len(ledger.inbox.notifications(4 * count))
    return Measured((*rush, *paced, *beside, share("acknowledged events that are in the ledger", kept, 3 * count)), {})


def _body(number: int) -> bytes:
    about = {"bucket": {"name": "intake"}, "object": {"key": f"inbox/{number:08}/submission.json", "size": 900}}
    record = {"eventSource": "ceph:s3", "eventName": "ObjectCreated:Put", "eventId": str(number), "s3": about}
    return json.dumps({"Records": [record]}).encode()


def _sent(port: int, first: int, count: int, pace: float | None) -> tuple[float, list[float]]:
    """Seconds in total, and milliseconds from the moment when each event was due to its acknowledgement."""
    began, local = time.perf_counter(), threading.local()

    def send(at: int) -> float:
        due = began + at / pace if pace else time.perf_counter()
        time.sleep(max(0.0, due - time.perf_counter()))
        if not hasattr(local, "talking"):
            local.talking = http.client.HTTPConnection("127.0.0.1", port)
        local.talking.request("POST", "/s3-events", _body(first + at), {"Authorization": f"Bearer {_TOKEN}"})
        answer = local.talking.getresponse()
        answer.read()
        if answer.status != _NO_CONTENT:
            raise RuntimeError(f"The receiver answered {answer.status}.")
        return (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(_SENDERS) as senders:
        took = list(senders.map(send, range(count)))
    return time.perf_counter() - began, took


def _figures(words: str, sent: tuple[float, list[float]]) -> Iterator[Figure]:
    seconds, took = sent
    yield Figure(name=f"events a second, {words}", value=len(took) / seconds, unit="number")
    for percent in (50, 99):
        yield Figure(name=f"acknowledged, {words}, p{percent}", value=percentile(took, percent), unit="ms")


@contextmanager
def _receiver(settings: Settings) -> Iterator[int]:
    with running_process(run, settings):
        port = settings.receiver.port or 0
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end:
            try:
                http.client.HTTPConnection("127.0.0.1", port).request("GET", "/")
            except ConnectionError:
                time.sleep(0.05)
                continue
            break
        yield port


@contextmanager
def _writer(settings: Settings) -> Iterator[None]:
    with running_process(_write, settings.ledger_at, os.getpid()):
        time.sleep(2.0)  # time for the writer to start
        yield


def _write(url: str, parent: int) -> None:
    """Write as busy workers do: a transaction, then a pause."""
    ledger = open_ledger(url, SECRET)
    number = 0
    while os.getppid() == parent:
        ledger.inbox.add_upload(UploadEvent(bucket="b", key=f"written/{number}", etag="e", via=Via.RECONCILE))
        number += 1
        time.sleep(1 / _WRITES)


if __name__ == "__main__":
    run_bench(BENCH, measure)
