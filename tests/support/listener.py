"""A webhook receiver: it records requests, and answers with the given statuses."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from tests.support.schemas import assert_fits


class Heard(NamedTuple):
    """A received request."""

    path: str
    headers: dict[str, str]
    body: str


class Listener:
    """The received requests; `answers` are the next statuses, then 204.

    "stall" waits too long, "drip" answers drop by drop, "reset" hangs up after reading.
    """

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answers: list[int | str] = []
        self.url = ""


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port until the block ends; every message of the webhook must fit its published schema."""
    listener = Listener()

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            listener.heard.append(Heard(self.path, headers, body))
            answer = listener.answers.pop(0) if listener.answers else 204
            self.close_connection = True
            if answer == "drip":
                for drop in b"HTTP/1.1 204":
                    time.sleep(0.1)
                    self.wfile.write(bytes([drop]))
                    self.wfile.flush()
                return
            if answer == "stall":
                time.sleep(1.0)
            if isinstance(answer, str):
                return
            self.send_response(answer)
            if answer in {301, 302, 307, 308}:
                self.send_header("Location", f"{listener.url}internal")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        listener.url = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield listener
        server.shutdown()
    for heard in listener.heard:
        if "webhook-id" in heard.headers:
            assert_fits("webhook", heard.body)
