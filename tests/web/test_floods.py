"""Clients that open connections and do not send their requests: others are served meanwhile."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.support.door import answering

HALF = {
    "a line that does not end": b"GET /wel",
    "headers that do not end": b"GET / HTTP/1.1\r\nHost: a\r\nX: ",
    "a body that does not come": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\na",
    "nothing at all": b"",
    "a second request that does not end": b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT",
}


async def well(request: Request) -> Response:
    await request.body()
    return PlainTextResponse("well")


@pytest.fixture
def port() -> Iterator[int]:
    with answering(Starlette(routes=[Route("/", well, methods=["GET", "POST"])])) as port:
        yield port


@pytest.fixture
def _many_files() -> Iterator[None]:
    """Both ends of the connections are of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("_many_files")
@pytest.mark.parametrize("sent", HALF.values(), ids=HALF)
def test_half_sent_requests_keep_nobody_out(port: int, sent: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(520):
            talking = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            talking.sendall(sent)
        waited = []
        for _ in range(40):
            began = time.monotonic()
            assert httpx.get(f"http://127.0.0.1:{port}/", timeout=10).status_code == 200
            waited.append(time.monotonic() - began)
    assert sorted(waited)[len(waited) // 2] < 1.0, "the others are as slow as the machine is busy"


@pytest.mark.parametrize("sent", ["a line that does not end", "headers that do not end", "nothing at all"])
def test_headers_are_waited_for_only_so_long(port: int, monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    monkeypatch.setattr("web.connections._HEAD_SECONDS", 2.0)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as talking:
        began = time.monotonic()
        talking.sendall(HALF[sent])
        time.sleep(0.2)
        talking.sendall(b"a")  # a byte now and then does not help
        assert talking.recv(4096).startswith(b"HTTP/1.1 408 ")
        assert talking.recv(4096) == b""
    assert time.monotonic() - began < 8


def test_a_connection_that_is_kept_is_served_again_and_given_up_in_the_middle_of_a_request(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.connections._HEAD_SECONDS", 1.0)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as talking:
        for _ in range(2):
            talking.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = b""
            while not answer.endswith(b"well"):
                answer += talking.recv(4096) or pytest.fail("the connection ended")
            time.sleep(1.2)  # a client may be idle between requests
        talking.sendall(b"GET / HT")
        assert talking.recv(4096).startswith(b"HTTP/1.1 408 ")
