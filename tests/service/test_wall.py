"""The wall around Prefect: which names it answers to, and which pages may speak to it."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from service.options import PrefectOptions
from service.prefect_wall import Address, address_of, walled

PORT = 4200
URL = "https://prefect.hospital.example"


async def speak(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("spoken")
    await socket.close()


def behind(**options: object) -> TestClient:
    inner = Starlette(
        routes=[
            Route("/api/health", lambda _: PlainTextResponse("true"), methods=["GET", "POST"]),
            WebSocketRoute("/api/events/out", speak),
        ]
    )
    return TestClient(walled(inner, address_of(PrefectOptions.model_validate(options), PORT)))


@pytest.mark.parametrize(
    ("options", "host", "status"),
    [
        pytest.param({}, "127.0.0.1:4200", 200, id="loopback"),
        pytest.param({}, "localhost:4200", 200, id="loopback by name"),
        pytest.param({}, "LOCALHOST", 200, id="in capitals and without a port"),
        pytest.param({}, "[::1]:4200", 200, id="loopback of IPv6"),
        pytest.param({}, "foreign.example:4200", 400, id="a foreign name"),
        pytest.param({}, "127.0.0.1.foreign.example", 400, id="a name that begins as ours"),
        pytest.param({}, "foreign.example@127.0.0.1", 400, id="a name with a user"),
        pytest.param({}, "www.localhost", 400, id="a name below ours"),
        pytest.param({}, "", 400, id="no name"),
        pytest.param({}, "0.0.0.0:4200", 400, id="every address"),
        pytest.param({}, "prefect.hospital.example", 400, id="a public name that is not set"),
        pytest.param({"url": URL}, "prefect.hospital.example", 200, id="the public name"),
        pytest.param({"url": URL}, "127.0.0.1:4200", 200, id="loopback beside a public name"),
        pytest.param({"url": URL}, "www.prefect.hospital.example", 400, id="a name below the public one"),
        pytest.param({"names": "prefect other.example"}, "Other.example:4200", 200, id="a further name"),
        pytest.param({"names": "prefect"}, "prefect.example", 400, id="a name that begins as a further one"),
        pytest.param({"host": "10.0.0.7"}, "10.0.0.7:4200", 200, id="the address where we listen"),
        pytest.param({"host": "fd00::2"}, "[fd00::2]:4200", 200, id="that of IPv6"),
        pytest.param({"host": "0.0.0.0"}, "0.0.0.0:4200", 400, id="where we listen everywhere"),
        pytest.param({"host": "::"}, "[::1]:4200", 200, id="the same of IPv6"),
    ],
)
def test_a_name_that_is_not_ours_is_refused(options: dict[str, object], host: str, status: int) -> None:
    assert behind(**options).get("/api/health", headers={"Host": host}).status_code == status


ORIGINS = [
    pytest.param({}, "http://127.0.0.1:4200", True, id="our own"),
    pytest.param({}, "http://localhost:4200", True, id="our own by name"),
    pytest.param({}, "http://127.0.0.1:4201", False, id="another port"),
    pytest.param({}, "http://127.0.0.1", False, id="no port"),
    pytest.param({}, "https://127.0.0.1:4200", False, id="another scheme"),
    pytest.param({}, "http://foreign.example:4200", False, id="a foreign one"),
    pytest.param({}, "null", False, id="none"),
    pytest.param({}, "", False, id="an empty one"),
    pytest.param({"url": URL}, URL, True, id="the public one"),
    pytest.param({"url": f"{URL}:8443"}, f"{URL}:8443", True, id="the public one with a port"),
    pytest.param({"url": URL}, f"{URL}:8443", False, id="another port of the public one"),
    pytest.param({"url": URL}, "http://prefect.hospital.example", False, id="the public one without TLS"),
]


@pytest.mark.parametrize(("options", "origin", "ours"), ORIGINS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_another_origin_is_refused(options: dict[str, object], origin: str, ours: bool, method: str) -> None:
    headers = {"Host": "127.0.0.1:4200", "Origin": origin}
    assert behind(**options).request(method, "/api/health", headers=headers).status_code == (200 if ours else 403)


@pytest.mark.parametrize(("options", "origin", "ours"), ORIGINS)
def test_a_websocket_of_another_origin_is_refused(options: dict[str, object], origin: str, ours: bool) -> None:
    assert opened(behind(**options), {"Host": "127.0.0.1:4200", "Origin": origin}) is ours


@pytest.mark.parametrize(("host", "ours"), [("127.0.0.1:4200", True), ("foreign.example:4200", False)])
def test_a_websocket_under_a_foreign_name_is_refused(host: str, ours: bool) -> None:
    assert opened(behind(), {"Host": host}) is ours


def opened(client: TestClient, headers: dict[str, str]) -> bool:
    try:
        with client.websocket_connect("/api/events/out", headers=headers) as socket:
            return socket.receive_text() == "spoken"
    except WebSocketDenialResponse:
        return False


def test_a_second_origin_does_not_hide_behind_ours() -> None:
    headers = [("Host", "127.0.0.1"), ("Origin", "http://127.0.0.1:4200"), ("Origin", "http://foreign.example")]
    assert behind().get("/api/health", headers=headers).status_code == 403


def test_no_page_shows_ours_in_a_frame_and_ours_ask_nobody_else() -> None:
    headers = behind(url=URL).get("/api/health", headers={"Host": "127.0.0.1"}).headers
    rules = {rule.split()[0]: rule.split()[1:] for rule in headers["Content-Security-Policy"].split("; ")}
    assert (headers["X-Frame-Options"], rules["frame-ancestors"], rules["default-src"]) == (
        "DENY",
        ["'none'"],
        ["'self'"],
    )
    asked = {word for words in rules.values() for word in words if "." in word}
    assert asked == {f"{scheme}://127.0.0.1:4200" for scheme in ("http", "ws")} | {URL, URL.replace("https", "wss")}


@pytest.mark.parametrize("page", ["/docs", "/api/docs/", "/redoc"])
def test_a_page_that_is_blank_without_the_internet_is_not_served(page: str) -> None:
    assert behind().get(page, headers={"Host": "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(
    ("options", "here", "public"),
    [
        pytest.param({}, "http://127.0.0.1:4200", "http://127.0.0.1:4200", id="loopback"),
        pytest.param({"host": "::1"}, "http://[::1]:4200", "http://[::1]:4200", id="loopback of IPv6"),
        pytest.param({"host": "0.0.0.0", "url": URL}, "http://127.0.0.1:4200", URL, id="everywhere"),
        pytest.param({"host": "::", "url": f"{URL}:443/"}, "http://[::1]:4200", URL, id="everywhere of IPv6"),
    ],
)
def test_where_we_are_reached(options: dict[str, object], here: str, public: str) -> None:
    address = address_of(PrefectOptions.model_validate(options), PORT)
    assert (address.here, address.public) == (here, public)


def test_browsers_leave_out_the_port_of_http() -> None:
    address: Address = address_of(PrefectOptions(), 80)
    assert address.origins == ("http://127.0.0.1", "http://localhost", "http://[::1]")
