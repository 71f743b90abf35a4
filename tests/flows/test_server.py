import signal
import socket
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx
import pytest
from pydantic import AnyHttpUrl

from service.options import PrefectOptions
from service.prefect_server import ServerError, usable_port
from service.settings import Settings
from tests.support.guarded import Guarded, guarded_server
from tests.support.processes import answers, wait_until

pytestmark = [pytest.mark.flow, pytest.mark.timeout(180)]


def test_the_ui_is_the_one_that_asks_the_internet_for_nothing(guarded: Guarded) -> None:
    told = httpx.get(f"{guarded.origin}/ui-settings").json()
    assert (told["default_ui"], told["api_url"]) == ("v1", guarded.api_url)


def test_a_server_behind_a_proxy_on_ipv6_is_reached_under_its_own_name_and_no_other(tmp_path: Path) -> None:
    options = PrefectOptions(host="::1", port=0, url=AnyHttpUrl("https://prefect.hospital.example"))
    with guarded_server(Settings(workspace=tmp_path, prefect=options)) as guarded:
        with guarded.sync_client() as client:
            assert list(client.read_flow_runs()) == []
        named, unnamed = ({"Host": f"{name}.example"} for name in ("prefect.hospital", "prefect.other"))
        shown = httpx.get(f"{guarded.origin}/ui-settings", headers=named, timeout=60).json()
        foreign = httpx.get(f"{guarded.api_url}/health", headers=unnamed, timeout=60)
    assert guarded.origin.startswith("http://[::1]:")
    assert shown["api_url"] == "https://prefect.hospital.example/api"
    assert foreign.status_code == 400


def test_only_we_can_read_prefects_files(guarded: Guarded, settings: Settings) -> None:
    files = [*settings.prefect_home.rglob("*"), *settings.logs.rglob("*")]
    assert settings.prefect_home / "prefect.db" in files
    pages = settings.prefect_home / "ui"  # a copy of what Prefect's package has, with the modes that it has there
    private = [file for file in files if pages not in file.parents]
    assert pages in private
    assert [file for file in private if stat.S_IMODE(file.stat().st_mode) & 0o077] == []


def test_another_port_is_taken_when_the_wanted_one_is_in_use_unless_a_proxy_leads_to_it() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        wanted = busy.getsockname()[1]
        assert usable_port("127.0.0.1", wanted) != wanted
        with pytest.raises(ServerError, match="INTAKE_PREFECT__PORT"):
            usable_port("127.0.0.1", wanted, fixed=True)
    assert usable_port("127.0.0.1", wanted) == wanted


def test_the_server_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from service.prefect_server import prefect_server
        from service.options import PrefectOptions
        from service.settings import Settings
        if __name__ == "__main__":
            with prefect_server(Settings(workspace=Path(sys.argv[1]), prefect=PrefectOptions(port=0))) as url:
                print(url, flush=True)
                time.sleep(120)
    """)
    script = tmp_path / "program.py"
    script.write_text(program)
    words = [sys.executable, str(script), str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline().split(":")[2].split("/")[0])
        assert answers(port)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_until(lambda: not answers(port), "The end of the server")
