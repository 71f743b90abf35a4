"""Signing in while clients flood the review desk: `python -m bench.floods [--full]`.

The desk runs in its own process, as in the service. 520 connections hold half-sent requests, and every second new ones
replace those that the desk ended. Twelve loops try wrong passwords as fast as they are answered, at names of the staff
and at unknown ones, from addresses of their own, as a proxy passes them on. Meanwhile one of the staff signs in again
and again with the right password, and somebody else opens the page for signing in.
"""

import http.client
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from pydantic import SecretStr

from bench.metrics import Figure, percentile, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.workspace import SECRET, running_process
from models.review import Role
from pipeline.ledger.ledger import open_ledger
from service.options import DeskOptions
from service.settings import Settings
from tests.support.people import PASSWORD
from tests.support.processes import answers, free_port, wait_until
from web.desk.app import run

BENCH: Final = Bench("floods", __doc__, 12, "sign-ins", small=100, full=1000)
_HALF_SENT: Final = 520
_LOOPS: Final = 12
_STAFF: Final = ("amy", "bob", "sue")
_GUESSED: Final = (*_STAFF, "nobody")
_SETTLED_SECONDS: Final = 3.0  # from the first flood to the first right sign-in
_IN_TIME_MS: Final = 1000.0
_AGAIN_SECONDS: Final = 1.0  # after which new half-sent requests take the place of those that were ended
_PAUSE_SECONDS: Final = 0.2  # between two right sign-ins
_FORM: Final = "application/x-www-form-urlencoded"
_PATIENCE_SECONDS: Final = 30.0
_FOUND, _OK, _REFUSED, _BUSY = 303, 200, 403, 503
_HALF: Final = (
    b"GET /login HTTP/1.1\r\nHost: a\r\nX: ",
    b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
    b"GET /lo",
    b"",
)


def measure(count: int) -> Measured:
    """Sign in so many times without a flood, and so many times in it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            workspace=Path(folder),
            register_secret=SecretStr(SECRET.hex()),
            desk=DeskOptions(port=free_port()),
        )
        with closing(open_ledger(settings.ledger_at, SECRET)) as ledger:
            for name in _STAFF:
                ledger.accounts.make(name, Role.REVIEWER, PASSWORD, by="bench")
        port = settings.desk.port or 0
        with running_process(run, settings):
            wait_until(lambda: answers(port), "the desk")
            quiet = tuple(_figures("without a flood", _signed_in(port, max(20, count // 10))))
            over = threading.Event()
            with _half_sent(port, over), _guesses(port, over) as guessed:
                time.sleep(_SETTLED_SECONDS)
                with ThreadPoolExecutor(1) as pool:
                    pages = pool.submit(_opened, port, over)
                    flooded = tuple(_figures("in the flood", _signed_in(port, count)))
                    over.set()
                    seen = pages.result()
    others = (
        share("pages for signing in, in the flood, within 1 s", _in_time(seen), len(seen)),
        Figure(name="wrong passwords that were checked meanwhile", value=guessed.count(_REFUSED), unit="count"),
        Figure(name="wrong passwords that were asked to come later", value=guessed.count(_BUSY), unit="count"),
    )
    return Measured((*quiet, *flooded, *others), {})


def _in_time(took: list[tuple[bool, float]]) -> int:
    return sum(right and milliseconds <= _IN_TIME_MS for right, milliseconds in took)


def _figures(words: str, took: list[tuple[bool, float]]) -> Iterator[Figure]:
    yield share(f"right sign-ins, {words}", sum(right for right, _ in took), len(took))
    yield share(f"right sign-ins, {words}, within 1 s", _in_time(took), len(took))
    for percent in (50, 99):
        yield Figure(
            name=f"right sign-ins, {words}, p{percent}", value=percentile([one for _, one in took], percent), unit="ms"
        )


def _signed_in(port: int, count: int) -> list[tuple[bool, float]]:
    """Whether each right sign-in led in, and how many milliseconds it took, its connection included."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        status = _try(port, _STAFF[0], PASSWORD, "10.1.0.1")
        found.append((status == _FOUND, (time.perf_counter() - began) * 1000))
        time.sleep(_PAUSE_SECONDS)
    return found


def _opened(port: int, over: threading.Event) -> list[tuple[bool, float]]:
    """The same of the page for signing in, until it is over."""
    found = []
    while not over.is_set():
        began = time.perf_counter()
        status = _asked(port, "GET", "", {})
        found.append((status == _OK, (time.perf_counter() - began) * 1000))
        time.sleep(_PAUSE_SECONDS)
    return found


def _try(port: int, name: str, password: str, address: str) -> int:
    """The status of one try to sign in from an address."""
    headers = {"Origin": f"http://127.0.0.1:{port}", "X-Forwarded-For": address, "Content-Type": _FORM}
    return _asked(port, "POST", urlencode({"name": name, "password": password}), headers)


def _asked(port: int, method: str, body: str, headers: Mapping[str, str]) -> int:
    """The status of a request for the page of signing in, on a connection of its own; 0 where none came."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)) as talking:
        try:
            talking.request(method, "/login", body, dict(headers))
            answer = talking.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        return answer.status


@contextmanager
def _half_sent(port: int, over: threading.Event) -> Iterator[None]:
    """Connections that send no whole request; each that ends is replaced."""

    def hold() -> None:
        held: list[socket.socket] = []
        while not over.is_set():
            held = [one for one in held if not _ended(one)]
            for number in range(_HALF_SENT - len(held)):
                with suppress(OSError):
                    talking = socket.create_connection(("127.0.0.1", port), timeout=1)
                    talking.setblocking(False)
                    talking.send(_HALF[number % len(_HALF)])
                    held.append(talking)
            over.wait(_AGAIN_SECONDS)
        for one in held:
            one.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield
    finally:
        over.set()
        holder.join()


def _ended(talking: socket.socket) -> bool:
    try:
        if talking.recv(4096):
            return False
    except BlockingIOError:
        return False
    except OSError:
        pass
    talking.close()
    return True


@contextmanager
def _guesses(port: int, over: threading.Event) -> Iterator[list[int]]:
    """Loops of wrong passwords; the statuses of all."""
    statuses: list[int] = []

    def guess(number: int) -> None:
        while not over.is_set():
            statuses.append(_try(port, _GUESSED[number % len(_GUESSED)], "wrong-password", f"10.2.0.{number}"))

    with ThreadPoolExecutor(_LOOPS) as pool:
        loops = [pool.submit(guess, number) for number in range(_LOOPS)]
        try:
            yield statuses
        finally:
            over.set()
            for loop in loops:
                loop.result()


if __name__ == "__main__":
    run_bench(BENCH, measure)
