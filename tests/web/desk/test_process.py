"""The review desk as a process of its own, and what it does with whoever does not speak as a browser does."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from service.options import DeskOptions
from service.settings import Settings, SettingsError
from service.supervisor import SupervisedProcess
from tests.support.desk import Desk, desk, ledger
from tests.support.processes import answers, free_port, wait_until
from web.desk.app import run
from web.desk.services import base_url_of

__all__ = ["desk", "ledger"]  # fixtures


def test_a_process_answers_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path / "w", desk=DeskOptions(port=free_port()))
    port = settings.desk.port or 0
    charge = SupervisedProcess("intake-desk", tmp_path, run, settings, stop_seconds=10)
    assert charge.ensure_running() is None
    try:
        wait_until(lambda: answers(port), "the desk", 60)
        assert httpx.get(f"http://127.0.0.1:{port}/login").status_code == 200
    finally:
        charge.stop()
    assert not answers(port)
    assert "rror" not in (tmp_path / "intake-desk.log").read_text()


def test_a_port_that_is_in_use_is_no_reason_to_give_up(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(SystemExit) as ended:
            run(Settings(workspace=tmp_path / "w", desk=DeskOptions(port=busy.getsockname()[1])))
    assert ended.value.code == 75, "for the service to start it again"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"Content-Length: 10\r\n\r\na", b"408", id="a body that never comes"),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\n" + b"8000\r\n" + b"x" * 0x8000 + b"\r\n", b"408", id="nor ends"
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\n" + 3 * (b"8000\r\n" + b"x" * 0x8000 + b"\r\n"), b"413", id="or is long"
        ),
    ],
)
def test_a_body_is_waited_for_only_so_long(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, sent: bytes, status: bytes
) -> None:
    monkeypatch.setattr("web.desk.guard._BODY_SECONDS", 0.3)
    with desk.answering() as port, socket.create_connection(("127.0.0.1", port), timeout=20) as talking:
        head = (
            f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )
        talking.sendall(head.encode() + sent)
        assert talking.recv(65536).split(b" ")[1] == status


@pytest.mark.parametrize(
    ("options", "scheme", "hosts"),
    [
        pytest.param({}, "http", {"127.0.0.1:8098", "localhost:8098", "[::1]:8098"}, id="on this machine"),
        pytest.param({"host": "::1"}, "http", {"127.0.0.1:8098", "localhost:8098", "[::1]:8098"}, id="by IPv6"),
        pytest.param({"url": "https://D.example/"}, "https", {"d.example", "d.example:443"}, id="behind a proxy"),
        pytest.param({"url": "https://d.example:8443"}, "https", {"d.example:8443"}, id="on another port"),
        pytest.param({"url": "https://[fd00::1]"}, "https", {"[fd00::1]", "[fd00::1]:443"}, id="an address in the net"),
    ],
)
def test_under_which_names_it_answers(options: dict[str, object], scheme: str, hosts: set[str]) -> None:
    address = base_url_of(DeskOptions.model_validate({"port": 8098} | options))
    assert (address.scheme, set(address.hosts)) == (scheme, hosts)


def test_a_desk_that_is_off_has_no_address() -> None:
    with pytest.raises(SettingsError, match="INTAKE_DESK__PORT"):
        base_url_of(DeskOptions())


def test_a_flood_of_guesses_keeps_nobody_out_who_is_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*_: object, **__: object) -> None:
        time.sleep(0.2)

    monkeypatch.setattr(desk.ledger.accounts, "sign_in", slowly)
    with desk.answering() as port, ThreadPoolExecutor(80) as pool, httpx.Client(timeout=60) as client:
        here = f"http://127.0.0.1:{port}"

        def guess(_: int) -> int:
            return client.post(f"{here}/login", data={"name": "amy"}, headers={"Origin": here}).status_code

        guesses = [pool.submit(guess, number) for number in range(80)]
        time.sleep(1)
        began = time.monotonic()
        assert client.get(f"{here}/static/desk.css").status_code == 200
        waited = time.monotonic() - began
        assert {one.result() for one in guesses} == {403, 503}
    assert waited < 1.5
