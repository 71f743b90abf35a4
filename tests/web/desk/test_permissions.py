"""Who may do what at the review desk, route by route; and what is done to whoever comes by another way."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from models.errors import LedgerBusyError, LedgerError, UnknownCaseError
from models.review import Role
from pipeline.ledger.ledger import Ledger, open_ledger
from tests.support.desk import HERE, NAMES, TLS, Desk, csrf_of, desk, desk_in, ledger
from tests.support.ledgers import new_ledger
from tests.support.people import PASSWORD
from tests.support.values import SECRET
from web.desk.app import HEADERS, ROUTES, application, home
from web.desk.guard import RouteSpec
from web.desk.request_context import RequestContext

__all__ = ["desk", "ledger"]  # fixtures

IN, OUT, LOGIN = "let in", "403", "to sign in"
WHO: Final = (None, Role.REVIEWER, Role.SUPERVISOR, Role.OPERATOR)
# What nobody, a reviewer, a supervisor and an operator are answered. A route has a row here, or the test fails.
MATRIX: Final = {
    "static": (IN, IN, IN, IN),
    "language": (IN, IN, IN, IN),
    "login": (IN, IN, IN, IN),
    "sign_in": (IN, IN, IN, IN),
    "sign_out": (LOGIN, IN, IN, IN),
    "alive": (LOGIN, IN, IN, IN),
    "home": (LOGIN, IN, IN, IN),
    "queue": (LOGIN, IN, IN, OUT),
    "find": (LOGIN, IN, IN, OUT),
    "case": (LOGIN, IN, IN, OUT),
    "prioritise": (LOGIN, IN, IN, OUT),
    "picture": (LOGIN, IN, IN, OUT),
    "reveal": (LOGIN, IN, IN, OUT),
    "preview": (LOGIN, IN, IN, OUT),
    "decide": (LOGIN, IN, IN, OUT),
    "release": (LOGIN, IN, IN, OUT),
    "reopen": (LOGIN, OUT, IN, OUT),
    "dashboard": (LOGIN, OUT, IN, IN),
    "dashboard_csv": (LOGIN, OUT, IN, IN),
    "batches": (LOGIN, OUT, IN, IN),
    "batch": (LOGIN, OUT, IN, IN),
    "batch_csv": (LOGIN, OUT, IN, IN),
}
PARAMETERS: Final = {"file": "desk.css", "tag": "en", "submission_id": "s-1", "number": 0, "batch_id": "b-1"}


def path_of(way: RouteSpec) -> str:
    return way.path.replace(":int", "").format(**PARAMETERS)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for tests that leave nothing behind that another could see."""
    folder = tmp_path_factory.mktemp("desk")
    ledger = new_ledger(folder / "ledger.db")
    yield desk_in(folder, ledger)
    ledger.close()


@pytest.fixture(scope="module")
def browsers(lasting: Desk) -> Mapping[Role | None, TestClient]:
    """A client of each role."""
    return {role: lasting.signed_in(role) for role in WHO}


def told(status: int, location: str) -> str:
    if status == 303 and location.startswith("/login"):
        return LOGIN
    return OUT if status == 403 else IN


@pytest.mark.parametrize("way", [pytest.param(way, id=f"{way.method} {way.path}") for way in ROUTES])
def test_every_route_lets_in_whom_the_matrix_says(
    lasting: Desk, browsers: Mapping[Role | None, TestClient], way: RouteSpec
) -> None:
    answers = []
    for role in WHO:
        # These two end the session, or begin another one.
        browser = lasting.signed_in(role) if way.name in ("sign_in", "sign_out") else browsers[role]
        form = {"csrf": csrf_of(browser) if role else "0" * 64}
        if way.name == "sign_in":
            form |= {"name": "amy", "password": PASSWORD}
        answer = browser.request(way.method, path_of(way), data=form if way.method == "POST" else None)
        # Who signs out is sent to where one signs in, and that is being let in.
        answers.append(
            IN if way.name == "sign_out" and role else told(answer.status_code, answer.headers.get("location", ""))
        )
    assert tuple(answers) == MATRIX[way.name]


def test_the_matrix_has_a_row_for_every_route_and_no_other() -> None:
    assert set(MATRIX) == {way.name for way in ROUTES}


def test_a_route_without_roles_is_not_built() -> None:
    unguarded: dict[str, Any] = {"name": "forgotten", "method": "GET", "path": "/forgotten", "handler": home}
    with pytest.raises(TypeError, match="roles"):
        RouteSpec(**unguarded)


def test_nothing_is_answered_but_the_table_of_routes(desk: Desk) -> None:
    routes = application(desk.settings, desk.ledger, desk.store).routes
    assert all(isinstance(route, Route) for route in routes)
    assert {route.name for route in routes if isinstance(route, Route)} == set(MATRIX)


@pytest.mark.parametrize(
    ("base", "host", "status"),
    [
        pytest.param(HERE, "127.0.0.1:8098", 200, id="here"),
        pytest.param(HERE, "LOCALHOST:8098", 200, id="here by another name"),
        pytest.param(HERE, "[::1]:8098", 200, id="here by IPv6"),
        pytest.param(HERE, "127.0.0.1", 421, id="no port"),
        pytest.param(HERE, "127.0.0.1:80", 421, id="another port"),
        pytest.param(HERE, "evil.example:8098", 421, id="a name that somebody turned to us"),
        pytest.param(HERE, "", 421, id="no name"),
        pytest.param(TLS, "desk.hospital.example", 200, id="behind a proxy"),
        pytest.param(TLS, "desk.hospital.example:443", 200, id="the same with its port"),
        pytest.param(TLS, "127.0.0.1:8098", 421, id="past the proxy"),
        pytest.param(f"{TLS}:8443", "desk.hospital.example:8443", 200, id="behind a proxy on another port"),
        pytest.param(f"{TLS}:8443", "desk.hospital.example", 421, id="without that port"),
    ],
)
def test_only_our_own_address_is_answered(tmp_path: Path, ledger: Ledger, base: str, host: str, status: int) -> None:
    desk = desk_in(tmp_path, ledger, **({} if base == HERE else {"url": base}))
    answer = desk.browser(base).get("/login", headers={"Host": host})
    assert answer.status_code == status
    assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()


def breaks(error: Exception) -> RouteSpec:
    def answer(_visit: RequestContext) -> Response:
        raise error

    return RouteSpec("queue", "GET", "/queue", frozenset(Role), answer)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        pytest.param(LedgerBusyError("canary"), 503, "系统正忙", id="a busy ledger"),
        pytest.param(LedgerError("canary"), 500, "系统出错了", id="a broken ledger"),
        pytest.param(UnknownCaseError("canary"), 404, "没有这个页面", id="a case that is not there"),
        pytest.param(RuntimeError("canary"), 500, "系统出错了", id="a bug of ours"),
    ],
)
def test_what_breaks_is_told_in_whole_sentences_and_quotes_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture, error: Exception, status: int, words: str
) -> None:
    ways = [breaks(error) if way.name == "queue" else way for way in ROUTES]
    browser = desk.signed_in(Role.REVIEWER, ways)
    for headers in ({}, {"HX-Request": "true"}):
        answer = browser.get("/queue", headers=headers)
        assert (answer.status_code, words in answer.text, "canary" in answer.text) == (status, True, False)
        assert ("hx-retarget" in answer.headers) is bool(headers)
        assert ("retry-after" in answer.headers) is (status == 503)
    assert "canary" not in caplog.text
    assert [record.message for record in caplog.records] == ["unforeseen error"] * (2 if status == 500 else 0)


@pytest.mark.parametrize("role", [pytest.param(role, id=role or "nobody") for role in WHO])
@pytest.mark.parametrize(
    ("method", "path"),
    [*((way.method, path_of(way)) for way in ROUTES), ("GET", "/nowhere"), ("DELETE", "/queue"), ("POST", "/queue")],
)
def test_every_answer_has_the_walls_around_it(
    browsers: Mapping[Role | None, TestClient], role: Role | None, method: str, path: str
) -> None:
    answer = browsers[role].request(method, path, content=b"")
    assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()
    kept = answer.status_code == 200 and path.startswith("/static/")
    assert answer.headers["cache-control"] == ("no-cache" if kept else "no-store")
    assert "server" not in answer.headers
    assert answer.status_code < 500


def test_names_of_people_stand_on_their_pages(desk: Desk) -> None:
    page = desk.signed_in(Role.SUPERVISOR).get("/queue").text
    assert re.search(rf'<svg class="watermark".*{NAMES[Role.SUPERVISOR]} \d{{4}}-', page, re.DOTALL), "the watermark"
    assert "主管" in page


@pytest.mark.postgres
@pytest.mark.parametrize("path", ["/cases/%00", "/find?id=a%00", "/cases/x/pages/%00", "/batches/%00"])
def test_a_name_that_no_database_takes_is_of_nothing(tmp_path: Path, postgres_url: str, path: str) -> None:
    ledger = open_ledger(postgres_url, SECRET)
    assert desk_in(tmp_path, ledger).signed_in(Role.SUPERVISOR).get(path).status_code == 404
    ledger.close()


@pytest.mark.parametrize(
    "path",
    [
        *(f"/cases/{name}" for name in ("%2e%2e%2fx", "a%20b", "%E5%AD%A9", "x" * 65, "%FF", "a%0Ab", "%E2%80%AEx")),
        *(f"/cases/x/pages/{number}" for number in ("-1", "1.0", "%EF%BC%91", "9" * 12)),
        *(f"/batches/{name}" for name in ("x" * 40, "a%2Fb", "%27%20or%201=1")),
        "/find?id=%FF",
        f"/find?id={'x' * 5000}",
    ],
)
def test_a_path_that_names_nothing_is_missing(desk: Desk, path: str) -> None:
    assert desk.signed_in(Role.SUPERVISOR).get(path).status_code == 404


def test_a_page_with_a_number_of_thousands_of_digits_is_no_bug_of_ours(desk: Desk) -> None:
    assert desk.browser().get(f"/cases/x/pages/{'9' * 5000}").status_code == 303
    assert desk.signed_in(Role.REVIEWER).get(f"/cases/x/pages/{'9' * 5000}").status_code == 404
