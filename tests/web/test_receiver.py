"""What is answered to whoever tells of uploads: durable first, then acknowledged, and never to strangers."""

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from models.errors import LedgerBusyError
from pipeline.ledger.ledger import Ledger
from pipeline.stores.folder import FolderStore
from service.options import ReceiverOptions
from service.settings import Settings, SettingsError
from service.tokens import shown_by, tokens_in_force
from tests.support.door import SECOND, TOKEN, answering
from tests.support.ledgers import new_ledger
from web.receiver.app import LONGEST_BODY, application, run

RECORD: dict[str, Any] = {
    "eventSource": "ceph:s3",
    "eventName": "ObjectCreated:Put",
    "s3": {"bucket": {"name": "intake"}, "object": {"key": "inbox/a/submission.json"}},
}
BODY = json.dumps({"Records": [RECORD]}).encode()
TO = b"/s3-events HTTP/1.1\r\nHost: x\r\n"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def marked(token: str) -> bytes:
    return json.dumps({"Records": [RECORD | {"opaqueData": token}]}).encode()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def options() -> Settings:
    return Settings(receiver=ReceiverOptions(port=1, tokens=SecretStr(f"{TOKEN} {SECOND}")))


@pytest.fixture
def port(ledger: Ledger, tmp_path: Path) -> Iterator[int]:
    with answering(application(options(), ledger, FolderStore(tmp_path / "store"))) as number:
        yield number


def post(port: int, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{port}/s3-events", content=body, headers=headers)


def raw(port: int, request: bytes) -> bytes:
    """What comes back for bytes that no well-bred client sends."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as talking:
        try:
            talking.sendall(request)
            return talking.recv(65536)
        except ConnectionError:  # they hung up while we spoke
            return talking.recv(65536)


@pytest.mark.parametrize(
    ("body", "headers", "status", "kept"),
    [
        pytest.param(BODY, BEARER, 204, 1, id="a bearer's token, as MinIO, Silo and RustFS send it"),
        pytest.param(BODY, {"Authorization": f"bearer  {SECOND}"}, 204, 1, id="the second token"),
        pytest.param(BODY, {"Authorization": basic("any", TOKEN)}, 204, 1, id="a password, as Ceph from 18 on"),
        pytest.param(marked(TOKEN), {}, 204, 1, id="opaque data, as every Ceph sends it"),
        pytest.param(b'{"Event": "s3:TestEvent"}', BEARER, 204, 1, id="a test"),
        pytest.param(BODY, {}, 401, 0, id="no token"),
        pytest.param(BODY, {"Authorization": f"Bearer {TOKEN[:-1]}"}, 401, 0, id="a token that lacks its last letter"),
        pytest.param(BODY, {"Authorization": f"Bearer {TOKEN}x"}, 401, 0, id="a token with a letter more"),
        pytest.param(BODY, {"Authorization": "Bearer"}, 401, 0, id="an empty token"),
        pytest.param(BODY, {"Authorization": basic(TOKEN, "")}, 401, 0, id="a token as the user's name"),
        pytest.param(BODY, {"Authorization": "Basic ***"}, 401, 0, id="a password that is no base64"),
        pytest.param(BODY, {"Authorization": f"Digest {TOKEN}"}, 401, 0, id="another scheme"),
        pytest.param(marked("other"), {}, 401, 0, id="opaque data that is no token"),
        pytest.param(marked(TOKEN), {"Authorization": "Bearer x"}, 401, 0, id="a wrong token beside right opaque data"),
        pytest.param(b"{", {}, 401, 0, id="no token and no JSON"),
        pytest.param(b"{", BEARER, 400, 0, id="no JSON"),
        pytest.param(b"17", BEARER, 400, 0, id="JSON that is no object"),
        pytest.param(b"", BEARER, 400, 0, id="nothing"),
        pytest.param(b"[" * 200_000, BEARER, 400, 0, id="nested beyond all depth"),
        pytest.param(b"[" * 200_000, {}, 401, 0, id="the same of a stranger"),
        pytest.param(b'{"a": "%s"}' % (b"x" * (LONGEST_BODY - 9)), BEARER, 204, 1, id="exactly as long as may be"),
        pytest.param(b'{"a": "%s"}' % (b"x" * (LONGEST_BODY - 8)), BEARER, 413, 0, id="a byte longer"),
    ],
)
def test_what_is_answered(
    port: int, ledger: Ledger, body: bytes, headers: dict[str, str], status: int, kept: int
) -> None:
    answer = post(port, body, headers)
    assert answer.status_code == status
    assert [one.body for one in ledger.inbox.notifications(10)] == [body] * kept
    assert TOKEN not in answer.text
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(
            b"POST " + TO + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"411",
            id="no length",
        ),
        pytest.param(b"POST " + TO + b"Content-Length: -1\r\n\r\n", b"400", id="a negative length"),
        pytest.param(b"POST " + TO + b"Content-Length: 1e3\r\n\r\n", b"400", id="a length in words"),
        pytest.param(b"POST " + TO + b"Content-Length: 99999999999\r\n\r\n", b"413", id="a boast"),
        pytest.param(
            b"POST " + TO + b"a: b\r\n" * 1_000_000 + b"\r\n",
            b"400",
            id="a million headers",
        ),
        pytest.param(
            b"POST " + TO + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            b"411",
            id="a length, and another way to tell it",
        ),
        pytest.param(
            b"POST " + TO + b"Authorization: Bearer wrong\r\nContent-Length: 200000\r\n\r\n",
            b"401",
            id="a wrong token, and a body that is not waited for",
        ),
        pytest.param(b"GET /s3-events HTTP/1.1\r\nHost: x\r\n\r\n", b"405", id="asked for instead of told"),
        pytest.param(b"POST /elsewhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", b"404", id="elsewhere"),
        pytest.param(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", b"200", id="RustFS's question whether anybody is here"),
        pytest.param(
            b"POST /s3-events/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", b"404", id="never a redirect"
        ),
    ],
)
def test_requests_that_no_store_sends(port: int, ledger: Ledger, request_bytes: bytes, status: bytes) -> None:
    began = time.monotonic()
    assert raw(port, request_bytes).split(b" ")[1] == status
    assert time.monotonic() - began < 2
    assert ledger.inbox.notifications(10) == ()


def test_a_body_that_never_comes_is_not_waited_for_for_ever(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.receiver.app._BODY_SECONDS", 0.2)
    assert raw(port, b"POST " + TO + b"Content-Length: 10\r\n\r\n{").split(b" ")[1] == b"408"


def test_a_body_that_breaks_off_is_not_kept(port: int, ledger: Ledger) -> None:
    with socket.create_connection(("127.0.0.1", port)) as talking:
        talking.sendall(
            b"POST " + TO + b"Authorization: Bearer " + TOKEN.encode() + b"\r\nContent-Length: 100\r\n\r\n{}"
        )
    assert post(port, BODY, BEARER).status_code == 204
    assert [one.body for one in ledger.inbox.notifications(10)] == [BODY]


class _StubLedger:
    """A ledger whose disk is slow, or whose first commits fail."""

    def __init__(self, *, failures: int = 0, error: Exception | None = None) -> None:
        self.inbox = self
        self.failures = failures
        self.error = error or LedgerBusyError("locked")
        self.commits: list[Sequence[bytes]] = []
        self.open = threading.Event()
        self.open.set()

    def note_notifications(self, bodies: Sequence[bytes]) -> int:
        self.open.wait(10)
        if self.failures:
            self.failures -= 1
            raise self.error
        self.commits.append(bodies)
        return len(bodies)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(LedgerBusyError("locked"), id="the ledger is locked"),
        pytest.param(OSError(28, "No space left on device"), id="the disk is full"),
    ],
)
def test_what_could_not_be_kept_is_not_acknowledged(error: Exception) -> None:
    stub = _StubLedger(failures=1, error=error)
    with answering(application(options(), stub, FolderStore(Path()))) as port:  # type: ignore[arg-type]
        refused = post(port, BODY, BEARER)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert post(port, BODY, BEARER).status_code == 204
    assert stub.commits == [[BODY]]


def test_what_comes_at_the_same_time_is_made_durable_at_the_same_time() -> None:
    stub = _StubLedger()
    with answering(application(options(), stub, FolderStore(Path()))) as port:  # type: ignore[arg-type]
        stub.open.clear()
        bodies = [json.dumps({"number": number}).encode() for number in range(20)]
        place = f"http://127.0.0.1:{port}/s3-events"
        # One client: twenty would load their certificates for longer than the wait.
        with httpx.Client(timeout=60) as client, ThreadPoolExecutor(20) as senders:
            answers = [senders.submit(client.post, place, content=body, headers=BEARER) for body in bodies]
            time.sleep(1.0)
            assert not any(answer.done() for answer in answers), "nobody is answered before the disk is"
            stub.open.set()
            assert {answer.result().status_code for answer in answers} == {204}
    assert len(stub.commits) <= 3
    assert sorted(body for commit in stub.commits for body in commit) == sorted(bodies)


def test_the_same_body_again_waits_once(port: int, ledger: Ledger) -> None:
    with ThreadPoolExecutor(10) as senders:
        answers = [senders.submit(post, port, BODY, BEARER) for _ in range(30)]
    assert {answer.result().status_code for answer in answers} == {204}
    assert len(ledger.inbox.notifications(100)) == 1


@pytest.mark.parametrize(
    "tokens",
    [
        pytest.param("", id="none"),
        pytest.param("short", id="a short one"),
        pytest.param(f"{TOKEN} short", id="a short one beside a proper one"),
        pytest.param("密" * 32, id="one that no header carries"),
        pytest.param(f"{TOKEN} {SECOND} third-{'c' * 32}", id="three"),
    ],
)
def test_tokens_that_are_refused(tokens: str) -> None:
    with pytest.raises(SettingsError) as caught:
        tokens_in_force(ReceiverOptions(tokens=SecretStr(tokens)))
    assert not any(token in str(caught.value) for token in tokens.split())


def test_tokens_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"{TOKEN}\n\n{SECOND}\n")
    monkeypatch.setenv("INTAKE_RECEIVER__TOKENS_FILE", str(file))
    tokens = tokens_in_force(Settings().receiver)
    assert [tokens.admit([one]) for one in (TOKEN, SECOND, "")] == [True, True, False]


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        pytest.param("Bearer abc", ("abc",), id="a bearer's"),
        pytest.param(basic("user", "pass:word"), ("pass:word",), id="a password with a colon"),
        pytest.param("Basic " + base64.b64encode(b"nocolon").decode(), (), id="no password"),
        pytest.param("Basic " + base64.b64encode(b"\xff:\xff").decode(), (), id="no text"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_what_a_header_shows(header: str, shown: tuple[str, ...]) -> None:
    assert shown_by(header) == shown


def test_a_port_that_is_in_use_is_no_reason_to_give_up(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        receiver = ReceiverOptions(port=busy.getsockname()[1], tokens=SecretStr(TOKEN))
        with pytest.raises(SystemExit) as ended:
            run(Settings(workspace=tmp_path / "w", receiver=receiver))
    assert ended.value.code == 75, "for the service to start it again"
