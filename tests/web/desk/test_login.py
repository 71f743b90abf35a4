"""Signing in at the review desk, and forms: of our own pages, of this session, and nothing else."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from models.review import Role
from pipeline.ledger.ledger import Ledger
from tests.support.desk import HERE, TLS, Desk, csrf_of, desk, desk_in, ledger
from tests.support.people import PASSWORD

__all__ = ["desk", "ledger"]  # fixtures


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param({}, {"csrf": "own"}, 303, id="of this session"),
        pytest.param({"X-CSRF": "own"}, {"a": "b"}, 303, id="the same in a header, as htmx sends it"),
        pytest.param({}, {"a": "b"}, 403, id="no token"),
        pytest.param({}, {"csrf": ""}, 403, id="an empty one"),
        pytest.param({}, {"csrf": "0" * 64}, 403, id="a wrong one"),
        pytest.param({}, {"csrf": "密"}, 403, id="one that is no ASCII"),
        pytest.param({}, {"csrf": "other"}, 403, id="of another session"),
        pytest.param({"Origin": "https://evil.example"}, {"csrf": "own"}, 403, id="from elsewhere, by Origin"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, {"csrf": "own"}, 403, id="from another port"),
        pytest.param({"Origin": HERE.replace("http", "https")}, {"csrf": "own"}, 403, id="by another scheme"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, {"csrf": "own"}, 403, id="from elsewhere, by Sec-Fetch-Site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, {"csrf": "own"}, 403, id="from a neighbour of ours"),
        pytest.param({"Sec-Fetch-Site": "none"}, {"csrf": "own"}, 403, id="from no page"),
        pytest.param({"Origin": "null"}, {"csrf": "own"}, 303, id="a form under no-referrer"),
        pytest.param({"Origin": "null", "Sec-Fetch-Site": ""}, {"csrf": "own"}, 403, id="a sandbox that says nothing"),
    ],
)
def test_a_form_is_taken_from_our_own_pages_only(
    desk: Desk, headers: dict[str, str], body: dict[str, str], status: int
) -> None:
    browser, other = desk.signed_in(Role.REVIEWER), desk.signed_in(Role.SUPERVISOR)
    tokens = {"own": csrf_of(browser), "other": csrf_of(other)}
    answer = browser.post(
        "/logout",
        data={name: tokens.get(value, value) for name, value in body.items()},
        headers={name: tokens.get(value, value) for name, value in headers.items()},
    )
    assert answer.status_code == status
    assert (browser.get("/alive").status_code == 204) is (status == 403), "what is refused changes nothing"


def test_signing_in_from_elsewhere_is_refused(desk: Desk) -> None:
    form = {"name": "amy", "password": PASSWORD}
    answer = desk.browser(headers={"Sec-Fetch-Site": "cross-site"}).post("/login", data=form)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        pytest.param(b"a=" + b"x" * (64 * 1024 - 2), "application/x-www-form-urlencoded", 403, id="just as long"),
        pytest.param(b"a=" + b"x" * (64 * 1024 - 1), "application/x-www-form-urlencoded", 413, id="a byte longer"),
        pytest.param(b"a=b&" * 2001, "application/x-www-form-urlencoded", 400, id="two thousand fields and more"),
        pytest.param(b"a=%ff", "application/x-www-form-urlencoded", 400, id="no UTF-8"),
        pytest.param(b"\xff", "application/x-www-form-urlencoded", 400, id="no text"),
        pytest.param(b"{}", "application/json", 400, id="JSON"),
        pytest.param(b"", "multipart/form-data; boundary=x", 400, id="files"),
        pytest.param(b"a=b", "", 400, id="of no kind"),
    ],
)
def test_what_is_no_form_is_refused(desk: Desk, body: bytes, kind: str, status: int) -> None:
    browser = desk.signed_in(Role.REVIEWER)
    answer = browser.post("/logout", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status


def test_the_secret_changes_whenever_somebody_signs_in(desk: Desk, ledger: Ledger) -> None:
    browser = desk.browser()
    browser.cookies.set("desk", "chosen-by-somebody-else", domain="127.0.0.1")
    secrets = ["chosen-by-somebody-else"]
    for _ in range(2):
        browser.post("/login", data={"name": "amy", "password": PASSWORD})
        secrets.append(browser.cookies["desk"])
    assert len(set(secrets)) == 3
    open_still = [ledger.accounts.session(secret, idle=900, longest=900) is not None for secret in secrets]
    assert open_still == [False, False, True]


@pytest.mark.parametrize(
    ("base", "name", "words"),
    [
        pytest.param(HERE, "desk", {"HttpOnly", "Path=/", "SameSite=strict"}, id="on loopback"),
        pytest.param(TLS, "__Host-desk", {"HttpOnly", "Path=/", "SameSite=strict", "Secure"}, id="over TLS"),
    ],
)
def test_what_the_cookie_says(tmp_path: Path, ledger: Ledger, base: str, name: str, words: set[str]) -> None:
    desk = desk_in(tmp_path, ledger, **({} if base == HERE else {"url": base}))
    browser = desk.browser(base)
    answer = browser.post("/login", data={"name": "amy", "password": PASSWORD})
    session, known = (one.split("; ") for one in answer.headers.get_list("set-cookie"))
    assert session[0].partition("=")[0] == name
    assert set(session[1:]) == words
    assert words <= set(known[1:]), "the one by which the browser is known later, too"
    assert ("strict-transport-security" in answer.headers) is (base == TLS)
    gone = browser.post("/logout", data={"csrf": csrf_of(browser)}).headers["set-cookie"]
    assert gone.startswith(f'{name}=""')
    assert "Max-Age=0" in gone


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("amy", "bad-guess", id="a wrong password"),
        pytest.param("nobody", PASSWORD, id="an unknown name"),
        pytest.param("sue", PASSWORD, id="a disabled account"),
        pytest.param("otto", PASSWORD, id="a locked account"),
        pytest.param("", "", id="nothing at all"),
    ],
)
def test_whatever_was_wrong_the_words_are_the_same(desk: Desk, ledger: Ledger, name: str, password: str) -> None:
    ledger.accounts.disable("sue", by="test")
    for _ in range(5):
        desk.browser().post("/login", data={"name": "otto", "password": "wrong"})
    answers = [
        desk.browser().post("/login", data={"name": one, "password": word})
        for one, word in ((name, password), ("nobody-else", "wrong"))
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].text.replace(f'value="{name}"', "") == answers[1].text.replace('value="nobody-else"', "")
    assert [answer.headers.get("set-cookie") for answer in answers] == [None, None]
    assert password not in answers[0].text or not password


@pytest.mark.parametrize(
    ("onward", "to"),
    [
        pytest.param("/queue", "/queue", id="a page of ours"),
        pytest.param("/queue?why=review&page=2", "/queue?why=review&page=2", id="with what was asked"),
        pytest.param("", "/", id="nothing"),
        pytest.param("//evil.example", "/", id="another host"),
        pytest.param("/\\evil.example", "/", id="another host, with a backslash"),
        pytest.param("https://evil.example/", "/", id="another address"),
        pytest.param("javascript:alert(1)", "/", id="a script"),
        pytest.param("/queue\r\nSet-Cookie: a=b", "/", id="a header"),
        pytest.param("/\t/evil.example", "/", id="a tab, which browsers leave out"),
        pytest.param("queue", "/", id="no slash"),
    ],
)
@pytest.mark.parametrize("way", ["login", "language"])
def test_nobody_is_sent_elsewhere(desk: Desk, onward: str, to: str, way: str) -> None:
    browser = desk.browser()
    if way == "login":
        answer = browser.post("/login", data={"name": "amy", "password": PASSWORD, "next": onward})
        assert f'name="next" value="{to.replace("&", "&amp;")}"' in browser.get("/login", params={"next": onward}).text
    else:
        answer = browser.get("/language/en", params={"next": onward})
    assert (answer.status_code, answer.headers["location"]) == (303, to)


def test_whoever_must_sign_in_comes_back_to_where_they_were(desk: Desk) -> None:
    browser = desk.browser()
    asked = browser.get("/queue?why=review&page=2")
    page = browser.get(asked.headers["location"])
    assert 'value="/queue?why=review&amp;page=2"' in page.text
    part = browser.get("/queue", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/login")


def test_a_session_that_was_ended_elsewhere_is_over_at_once(desk: Desk, ledger: Ledger) -> None:
    browser = desk.signed_in(Role.REVIEWER)
    ledger.accounts.change_role("amy", Role.OPERATOR, by="test")
    assert browser.get("/queue").headers["location"].startswith("/login")


def test_guesses_at_the_same_address_lock_nobody_out_of_a_browser_that_they_used(desk: Desk) -> None:
    hers, stranger = desk.browser(), desk.browser()

    def sign_in(browser: TestClient, password: str, name: str = "amy") -> int:
        return int(browser.post("/login", data={"name": name, "password": password}).status_code)

    assert sign_in(hers, PASSWORD) == 303
    assert [sign_in(stranger, "wrong") for _ in range(5)] == [403] * 5
    assert sign_in(stranger, PASSWORD) == 403, "locked for the address"
    assert sign_in(hers, PASSWORD) == 303
    for cookie in hers.cookies.jar:
        stranger.cookies.set(cookie.name, (cookie.value or "").swapcase() + "0", domain="127.0.0.1")
    assert sign_in(stranger, PASSWORD) == 403, "a cookie that was made up opens nothing"
    assert [sign_in(hers, "wrong") for _ in range(5)] == [403] * 5
    assert sign_in(hers, PASSWORD) == 403, "guesses in her own browser count there"
