"""An S3 server that misbehaves, on a free port."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

_ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message><Resource>/b/k</Resource></Error>"
_LISTING = (
    "<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><IsTruncated>{more}"
    "</IsTruncated><Contents><Key>{key}</Key><LastModified>{day}T03:18:41.000Z</LastModified><ETag>e</ETag>"
    "<Size>{size}</Size></Contents></ListBucketResult>"
)
_LISTINGS = {
    "a listing that never ends": {"more": "true"},
    "a listing of other objects": {"key": "other"},
    "a listing without dates": {"day": "gestern"},
    "a listing with odd sizes": {"size": "many"},
}
_PAGE = b"<html><body><br>Please sign in</body></html>"
_PAGE_HEADERS = {"Content_Type": "text/html", "ETag": None, "Last_Modified": None}
_ANSWERS: dict[str, tuple[int, bytes, dict[str, str | None]]] = {
    "none": (200, b"well", {}),
    "a page of HTML": (502, b"<html>Bad Gateway</html>", _PAGE_HEADERS),
    "a portal's page": (200, _PAGE, _PAGE_HEADERS),
    "a portal's page with an ETag": (200, _PAGE, {"Content_Type": "text/html"}),
    "a page that calls itself XML": (200, _PAGE, {"ETag": None}),
    "a page without access": (401, _PAGE, _PAGE_HEADERS),
    "nothing": (200, b"", {"ETag": None, "Last_Modified": None}),
    "another object": (200, b"well", {"x_amz_meta_sha256": "0" * 64}),
    "no content": (204, b"", {}),
    "a length that is none": (200, b"well", {"Content_Length": "many", "Last_Modified": "gestern"}),
    "busy for an hour": (503, b"", {"Retry_After": "3600"}),
    "a redirect": (307, b"", {"Location": "http://127.0.0.1:9/bucket/k"}),
}
STATUS_OF = {
    "SlowDown": 503,
    "InternalError": 500,
    "AccessDenied": 403,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "TooManyRequests": 429,
    "OperationAborted": 409,
    "XMinioStorageFull": 507,
    "QuotaExceeded": 403,
    "RequestTimeTooSkewed": 403,
    "AuthorizationHeaderMalformed": 400,
    "RequestTimeout": 408,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults: Iterator[str]

    def _answer(self) -> None:
        self.close_connection = True
        match next(self.faults, "none"):
            case "stall":
                time.sleep(1.0)
            case "reset":
                pass
            case "half a body":
                self._send(200, b"x" * 100, Content_Length="1000")
            case fault if fault in _ANSWERS:
                status, body, headers = _ANSWERS[fault]
                self._send(status, body, **headers)
            case listing if listing in _LISTINGS:
                values = {"more": "false", "key": "k", "day": "2026-11-23", "size": "3", **_LISTINGS[listing]}
                listed = _LISTING.format(**values) if "list-type" in self.path else "<VersioningConfiguration/>"
                self._send(200, listed.encode())
            case code:
                self._send(STATUS_OF[code], _ERROR.format(code=code).encode())

    def _send(
        self,
        status: int,
        body: bytes,
        **headers: str | None,
    ) -> None:
        """Answer; headers replace or add to those that every object has, and None leaves one out."""
        sent = {
            "Content-Type": "application/xml",
            "Content-Length": str(len(body)),
            "ETag": '"e"',
            "Last-Modified": "Mon, 23 Nov 2026 03:18:41 GMT",
            "Connection": "close",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        self.send_response(status)
        for name, value in sent.items():
            if value is not None:
                self.send_header(name, value)
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
def bad_s3(fault: str, *, times: int = 1000, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Answer the first requests with a fault and all later ones correctly; yields host and port.

    Args:
        fault: A case of the handler, or an error code of S3.
        times: How many requests meet it.
        tls: The server's certificate; plain HTTP if None.
    """
    handler = type("_Faulty", (_Handler,), {"faults": repeat(fault, times)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
