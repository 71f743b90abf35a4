"""The browser of the tests is one whose silence means something: what pages do wrong, it tells."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.chromium import Chromium, StartChromium, accessibility_problems

pytestmark = pytest.mark.browser
STRICT = "default-src 'self'; frame-ancestors 'none'"
GOOD = "<html lang=zh><title>案件</title><main><h1>案件</h1>{}</main></html>"


@contextmanager
def serving(body: str) -> Iterator[str]:
    """One page under a strict CSP; gives its origin."""

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", STRICT)
            self.end_headers()
            self.wfile.write(GOOD.format(body).encode() if self.path == "/" else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium(start_chromium: StartChromium) -> Iterator[Chromium]:
    with start_chromium() as started:
        yield started


@pytest.mark.parametrize(
    ("body", "complaints"),
    [
        pytest.param("<p>通过</p>", 0, id="a page in order"),
        pytest.param("<script>document.title = 1</script>", 1, id="a script within the page, against its CSP"),
        pytest.param("<p style='color:red'>退回</p>", 1, id="a style within the page, against its CSP"),
        pytest.param("<img alt='' src='http://elsewhere.example/a.png'>", 1, id="a picture from elsewhere"),
    ],
)
def test_what_the_console_complains_of_is_noted(chromium: Chromium, body: str, complaints: int) -> None:
    with serving(body) as origin:
        visit = chromium.visit()
        visit.page.goto(origin, wait_until="networkidle")
        assert len(visit.complaints) == complaints, visit.complaints
        assert visit.page.evaluate("navigator.language") == "zh-CN"


def test_what_is_asked_of_others_is_noted_and_what_is_asked_of_us_is_not(chromium: Chromium) -> None:
    with serving("") as origin:
        visit = chromium.visit()
        visit.page.goto(origin, wait_until="networkidle")
        ours = [f"fetch('{origin}/x')", f"new WebSocket('{origin.replace('http', 'ws')}/x')"]
        theirs = ["location.href = 'http://elsewhere.example/a'"]
        for script in ours:
            visit.page.evaluate(f"() => {{ {script} }}")
        assert visit.requests_elsewhere(origin) == []
        for script in theirs:
            visit.page.evaluate(f"() => {{ {script} }}")
        visit.page.wait_for_timeout(300)
        assert len(visit.requests) >= 4
        assert visit.requests_elsewhere(origin) == ["http://elsewhere.example/a"]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        pytest.param("<button>确认</button>", [], id="nothing wrong"),
        pytest.param("<input name=a>", ["label"], id="a field without a name"),
        pytest.param("<p><font color='#bbbbbb'>看不清</font></p>", ["color-contrast"], id="grey on white"),
        pytest.param("<h4>跳过两级</h4>", ["heading-order"], id="a heading that skips"),
    ],
)
def test_what_keeps_people_out_is_told_under_a_strict_csp(chromium: Chromium, body: str, problems: list[str]) -> None:
    with serving(body) as origin:
        visit = chromium.visit()
        visit.page.goto(origin)
        found = accessibility_problems(visit.page)
        assert [problem.split()[0] for problem in found] == problems, found
        assert visit.complaints == []
