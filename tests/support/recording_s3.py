"""An S3 server that records requests and gives prepared answers, for servers that cannot run here."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit


class Asked(NamedTuple):
    """A received request."""

    method: str
    path: str
    query: str
    body: str


class Recorder:
    """The received requests; `answers` has status and body by `METHOD query`; the default is a 200 without a body."""

    def __init__(self, answers: Mapping[str, tuple[int, str]]) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        self.endpoint = ""
        self.ahead = 0.0  # seconds by which its clock is ahead

    def put(self, query: str) -> str:
        """The body of the last PUT with this query."""
        return [one.body for one in self.asked if (one.method, one.query) == ("PUT", query)][-1]


@contextmanager
def recording_s3(answers: Mapping[str, tuple[int, str]]) -> Iterator[Recorder]:
    """Record on a free port until the block ends."""
    recorder = Recorder(answers)

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            query = parts.query.removesuffix("=")
            recorder.asked.append(Asked(self.command, parts.path, query, body))
            status, text = recorder.answers.get(f"{self.command} {query}", (200, ""))
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text.encode())

        do_GET = do_HEAD = do_PUT = do_POST = _answer

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + recorder.ahead)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        recorder.endpoint = f"127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield recorder
        server.shutdown()
