"""Certificates of a hospital's own CA: all whom we ask over TLS are believed if it signed theirs, and not otherwise."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl, SecretStr

from models.errors import LedgerError, PipelineError, StoreError
from pipeline.delivery.webhook import Webhook, WebhookError, WebhookOptions
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.opening import open_store
from pipeline.stores.options import StoreOptions
from service.prefect_api import version_at
from service.settings import SettingsError
from tests.support.certificates import signed_by_own_ca
from tests.support.postgres import running_postgres
from tests.support.values import SECRET

ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'


class _Answers(BaseHTTPRequestHandler):
    """As much of an object store, of a webhook's receiver and of Prefect as one question needs."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        body = b'"3.8.8"'
        self.send_response(200)
        for name, value in (("ETag", ETAG), ("Last-Modified", "Mon, 30 Nov 2026 09:30:00 GMT")):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(context: ssl.SSLContext) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"localhost:{server.server_port}"
        server.shutdown()


def ask_the_store(place: str) -> None:
    options = StoreOptions(endpoint=place, access_key=SecretStr("a"), secret_key=SecretStr("b"), retries=0)
    open_store("s3://bucket", options).stat("k")


def ask_the_webhook(place: str) -> None:
    options = WebhookOptions(url=AnyHttpUrl(f"https://{place}/results"), secrets=SecretStr(f"whsec_{'QUFB' * 12}"))
    Webhook(options).send("m-1", "{}")


def ask_prefect(place: str) -> None:
    version_at(f"https://{place}/api", None, proxies=True)


@pytest.mark.parametrize("believed", [True, False])
@pytest.mark.parametrize(
    ("ask", "error"), [(ask_the_store, StoreError), (ask_the_webhook, WebhookError), (ask_prefect, SettingsError)]
)
def test_who_asks_over_tls(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[str], None],
    error: type[PipelineError],
    believed: bool,
) -> None:
    with answering(signed_by_own_ca(tmp_path, "localhost")) as place:
        if believed:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
            ask(place)
        else:
            monkeypatch.delenv("SSL_CERT_FILE", raising=False)
            with pytest.raises(error):
                ask(place)


@pytest.mark.postgres
def test_a_ledger_over_tls(tmp_path: Path) -> None:
    (other := tmp_path / "other").mkdir()
    for folder in (tmp_path, other):
        signed_by_own_ca(folder, "localhost")
    with running_postgres(tls=tmp_path / "server.pem") as url:
        place = url.replace("127.0.0.1", "localhost")
        with closing(open_ledger(f"{place}/postgres?sslmode=verify-full&sslrootcert={tmp_path}/ca.pem", SECRET)):
            pass
        with pytest.raises(LedgerError):
            open_ledger(f"{place}/postgres?sslmode=verify-full&sslrootcert={other}/ca.pem", SECRET)
