"""An S3 server that misbehaves, on a free port."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

_ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message><Resource>/b/k</Resource></Error>"
STATUS_OF = {"SlowDown": 503, "InternalError": 500, "AccessDenied": 403, "NoSuchBucket": 404, "NoSuchKey": 404}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults: Iterator[str]

    def _answer(self) -> None:
        self.close_connection = True
        match next(self.faults, "none"):
            case "none":
                self._send(200, b"well")
            case "stall":
                time.sleep(1.0)
            case "reset":
                pass
            case "half a body":
                self._send(200, b"x" * 100, claimed=1000)
            case "a page of HTML":
                self._send(502, b"<html>Bad Gateway</html>", content_type="text/html")
            case code:
                self._send(STATUS_OF[code], _ERROR.format(code=code).encode())

    def _send(self, status: int, body: bytes, *, claimed: int = 0, content_type: str = "application/xml") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(claimed or len(body)))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 03:18:41 GMT")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _put(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer()

    do_GET = do_HEAD = do_DELETE = _answer
    do_PUT = _put

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def bad_s3(fault: str, *, times: int = 1000) -> Iterator[str]:
    """Answer the first requests with a fault and all later ones correctly; yields host and port."""
    handler = type("_Faulty", (_Handler,), {"faults": repeat(fault, times)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
