"""Whether what answers at INTAKE_PREFECT__API_URL can be used, and how a worker ends where it cannot."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.errors import ExitCode, PipelineError
from service.options import PrefectOptions
from service.prefect_api import PrefectDownError, version_at
from service.prefect_environment import client_environment
from service.service import _work
from service.settings import Settings, SettingsError
from service.supervisor import start_child
from tests.support.certificates import self_signed
from tests.support.processes import free_port

PAGE = "<html>Welcome to nginx!</html>"
AUTH = "intake:canary"


@contextmanager
def answering(status: int, body: str, folder: Path | None = None) -> Iterator[str]:
    """A server that gives every request the same answer; yields its host and port. With TLS if there is a folder."""

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        if folder is not None:
            server.socket = self_signed(folder).wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def _foreign_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies that reach nothing, in letters of both sizes, and one that no client understands."""
    for name, value in {
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "127.0.0.1:9",
        "ALL_PROXY": "socks5://127.0.0.1:9",
        "https_proxy": "nonsense://x",
        "NO_PROXY": "",
        "SSL_CERT_FILE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_foreign_proxies")
@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        pytest.param(200, '"3.8.8"', None, "3.8.8", id="a Prefect API"),
        pytest.param(200, PAGE, SettingsError, "no Prefect API", id="another web server, or no /api at the end"),
        pytest.param(404, PAGE, SettingsError, "no Prefect API", id="a server without this path"),
        pytest.param(302, "", SettingsError, "no Prefect API", id="a redirect, as to a page for signing in"),
        pytest.param(401, "", SettingsError, "INTAKE_PREFECT__AUTH", id="another password"),
        pytest.param(403, "", SettingsError, "INTAKE_PREFECT__AUTH", id="no access"),
        pytest.param(503, "", PrefectDownError, "busy", id="busy"),
        pytest.param(429, "", PrefectDownError, "busy", id="too many requests"),
    ],
)
def test_what_answers_is_named(status: int, body: str, kind: type[PipelineError] | None, words: str) -> None:
    with answering(status, body) as place:
        if kind is None:
            assert version_at(f"http://{place}/api/", AUTH, proxies=False) == words
            return
        with pytest.raises(PipelineError, match=words) as caught:
            version_at(f"http://{place}/api", AUTH, proxies=False)
    assert type(caught.value) is kind
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        pytest.param("http://127.0.0.1:{free}/api", PrefectDownError, "does not answer", id="nothing there"),
        pytest.param("ftp://127.0.0.1/api", SettingsError, "no Prefect API", id="another scheme"),
        pytest.param("https://{tls}/api", SettingsError, "not trusted", id="a certificate that nobody trusts"),
        pytest.param("https://{plain}/api", SettingsError, "speaks no TLS", id="no TLS"),
    ],
)
def test_what_does_not_answer_is_named(tmp_path: Path, url: str, kind: type[PipelineError], words: str) -> None:
    with answering(200, '"3"') as plain, answering(200, '"3"', tmp_path) as tls:
        place = url.format(free=free_port(), tls=tls, plain=plain)
        with pytest.raises(PipelineError, match=words) as caught:
            version_at(place, None, proxies=False)
    assert type(caught.value) is kind


@pytest.mark.usefixtures("_foreign_proxies")
def test_a_proxy_that_no_client_understands_is_named_where_one_is_asked() -> None:
    with pytest.raises(SettingsError, match="ALL_PROXY"):
        version_at("http://prefect.example/api", None, proxies=True)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        pytest.param(401, ExitCode.USAGE, "INTAKE_PREFECT__AUTH", id="a password that is refused lasts"),
        pytest.param(503, 75, "busy", id="a server that is busy does not"),
    ],
)
def test_a_worker_that_cannot_start_says_why_in_the_services_own_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], status: int, code: int, words: str
) -> None:
    with answering(status, "") as place:
        url = f"http://{place}/api"
        settings = Settings(workspace=tmp_path, prefect=PrefectOptions(api_url=url))
        child = start_child("intake-worker", tmp_path / "log", _work, settings, client_environment(settings, url))
        child.join(60)
    assert child.exitcode == code
    said = capfd.readouterr().err
    assert words in said
    assert "intake-worker" in said
    assert words in (tmp_path / "log").read_text()
