"""A Prefect server with a password: strangers are turned away, and our worker's client is not."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from service.options import PrefectOptions
from service.prefect_server import prefect_server
from service.settings import Settings

pytestmark = [pytest.mark.flow, pytest.mark.timeout(180)]
AUTH = "intake:canary-password"


@pytest.fixture(scope="module")
def protected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, str]]:
    options = PrefectOptions(port=0, auth=SecretStr(AUTH))
    settings = Settings(workspace=tmp_path_factory.mktemp("guarded"), prefect=options)
    with prefect_server(settings) as url:
        yield settings, url


@pytest.mark.parametrize(
    ("auth", "with_token", "status"),
    [
        pytest.param(None, True, 401, id="no password"),
        pytest.param(("intake", "wrong"), True, 401, id="a wrong password"),
        pytest.param(("intake", "canary-password"), False, 403, id="the password without a token against CSRF"),
        pytest.param(("intake", "canary-password"), True, 200, id="the password"),
    ],
)
def test_who_may_see_the_runs(
    protected: tuple[Settings, str], auth: tuple[str, str] | None, with_token: bool, status: int
) -> None:
    user, _, password = AUTH.partition(":")
    asked = f"{protected[1]}/csrf-token?client=test"
    token = httpx.get(asked, auth=(user, password), timeout=60).json()["token"]
    headers = {"Prefect-Csrf-Client": "test", "Prefect-Csrf-Token": token} if with_token else {}
    answer = httpx.post(f"{protected[1]}/flow_runs/filter", json={}, auth=auth, headers=headers, timeout=60)
    assert answer.status_code == status


def test_the_workers_client_is_let_in_and_provides_what_it_needs(
    protected: tuple[Settings, str], tmp_path: Path
) -> None:
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from pydantic import SecretStr
        from service.options import PrefectOptions
        from service.prefect_environment import client_environment, use_environment
        from service.settings import Settings
        auth = SecretStr(sys.argv[3]) if sys.argv[3] else None
        settings = Settings(workspace=Path(sys.argv[1]), prefect=PrefectOptions(auth=auth))
        use_environment(client_environment(settings, sys.argv[2]))
        from prefect import get_client
        from prefect.events.clients import get_events_client
        from flows.deployments import ensure_deployments
        from flows.worker_process import DEPLOYMENTS, FLOWS
        async def main():
            async with get_client() as client, get_events_client() as events:
                made = await ensure_deployments(client, FLOWS, DEPLOYMENTS, work_pool="intake", reading=1)
                print(len(made), type(events).__name__)
        asyncio.run(main())
    """)
    script = tmp_path / "program.py"
    script.write_text(program)

    def run(auth: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, str(script), str(tmp_path), protected[1], auth]
        return subprocess.run(words, capture_output=True, text=True, timeout=90, check=False)

    let_in = run(AUTH)
    assert (let_in.returncode, let_in.stdout.split()[:1]) == (0, ["4"]), let_in.stderr
    turned_away = run("")
    assert turned_away.returncode != 0
    assert "canary" not in let_in.stderr + turned_away.stderr


def test_the_password_is_in_no_file_of_the_workspace(protected: tuple[Settings, str]) -> None:
    held = [file for file in protected[0].workspace.rglob("*") if file.is_file()]
    assert held
    assert [file for file in held if b"canary-password" in file.read_bytes()] == []
