"""What Prefect's own server goes by: our settings, whatever the user's own Prefect says."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from service.options import PrefectOptions
from service.prefect_environment import use_environment
from service.prefect_server import ServerError, server_environment
from service.settings import Settings
from tests.support.processes import environment

PROGRAM = textwrap.dedent("""
    import json, sys
    from pathlib import Path
    from service.options import PrefectOptions
    from service.prefect_server import server_environment
    from service.prefect_environment import use_environment
    from service.settings import Settings
    settings = Settings(workspace=Path(sys.argv[1]), prefect=PrefectOptions(auth="intake:ours"))
    use_environment(server_environment(settings, 4200))
    from prefect.settings import get_current_settings
    found = get_current_settings()
    api = found.server.api
    print(json.dumps([
        api.auth_string.get_secret_value(), api.csrf_protection_enabled, api.cors_allowed_origins, api.base_path,
        found.server.ui.api_url, str(found.home), found.server.database.connection_url.get_secret_value(),
    ]))
""")
WEAK = {
    "PREFECT_SERVER_API_AUTH_STRING": "foreign:foreign",
    "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "false",
    "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "false",
    "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": "*",
    "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "*",
    "PREFECT_UI_API_URL": "http://foreign.example/api",
    "PREFECT_API_URL": "http://foreign.example/api",
    "PREFECT_HOME": "/nowhere",
    "PREFECT_SERVER_API_BASE_PATH": "/foreign",  # which no setting of ours answers
}
TABLES = """
[{at}server.api]
auth_string = "foreign:foreign"
csrf_protection_enabled = false
cors_allowed_origins = "*"
base_path = "/foreign"
[{at}server.ui]
api_url = "http://foreign.example/api"
"""


def weakened(folder: Path, place: str) -> dict[str, str]:
    """Write weak settings where Prefect looks for the user's own; gives those that stand in the environment."""
    lines = "\n".join(f'{name} = "{value}"' for name, value in WEAK.items())
    match place:
        case "environment":
            return WEAK
        case "small letters":
            return {name.lower(): value for name, value in WEAK.items()}
        case ".env":
            (folder / ".env").write_text(lines)
        case "prefect.toml" | "pyproject.toml":
            (folder / place).write_text(TABLES.format(at="tool.prefect." if place == "pyproject.toml" else ""))
        case _:
            profiles = folder / "profiles.toml"
            profiles.write_text(f'active = "theirs"\n[profiles.theirs]\n{lines}\n')
            return {"PREFECT_PROFILES_PATH": str(profiles)}
    return {}


@pytest.mark.parametrize(
    "places",  # each names a place that would win where the one behind it does not: what leaks from any of them is seen
    [
        pytest.param(("environment", ".env", "pyproject.toml"), id="environment, .env and pyproject.toml"),
        pytest.param(("small letters", "prefect.toml", "profile"), id="small letters, prefect.toml and profile"),
    ],
)
def test_the_users_own_prefect_weakens_nothing(tmp_path: Path, places: tuple[str, ...]) -> None:
    workspace, chosen = tmp_path / "workspace", environment()
    for place in places:
        chosen |= weakened(tmp_path, place)
    command = [sys.executable, "-c", PROGRAM, str(workspace)]
    done = subprocess.run(command, cwd=tmp_path, env=chosen, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        "intake:ours",
        True,
        "http://127.0.0.1:4200,http://localhost:4200,http://[::1]:4200",
        None,
        "http://127.0.0.1:4200/api",
        str(workspace / "prefect"),
        f"sqlite+aiosqlite:///{workspace}/prefect/prefect.db",
    ]


CLIENT = textwrap.dedent("""
    import json, os, sys, urllib.request
    from pathlib import Path
    from service.options import PrefectOptions
    from service.prefect_environment import client_environment, use_environment
    from service.settings import Settings
    settings = Settings(workspace=Path(sys.argv[1]), prefect=PrefectOptions(auth="intake:ours", api_url=sys.argv[2]))
    use_environment(client_environment(settings, sys.argv[2]), proxies=settings.prefect.is_elsewhere)
    from prefect.settings import get_current_settings
    found = get_current_settings().api
    asked = {name: url for name, url in urllib.request.getproxies().items() if name != "no"}
    print(json.dumps([found.url, found.auth_string.get_secret_value(), found.key is None, asked]))
""")


@pytest.mark.parametrize(
    ("api_url", "proxies"),
    [
        pytest.param("http://127.0.0.1:4200/api", {}, id="of this machine"),
        pytest.param("http://[::1]:4200/api", {}, id="of this machine, by IPv6"),
        pytest.param("https://p.example/api", {"http": "http://proxy.example:1"}, id="of another machine"),
    ],
)
def test_a_client_finds_our_settings_and_proxies_for_other_machines_alone(
    tmp_path: Path, api_url: str, proxies: dict[str, str]
) -> None:
    foreign = weakened(tmp_path, "environment") | weakened(tmp_path, ".env") | {"PREFECT_API_KEY": "foreign"}
    chosen = environment() | foreign | {"http_proxy": "http://proxy.example:1"}
    command = [sys.executable, "-c", CLIENT, str(tmp_path / "workspace"), api_url]
    done = subprocess.run(command, cwd=tmp_path, env=chosen, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [api_url, "intake:ours", True, proxies]


def test_settings_that_come_too_late_are_refused() -> None:
    import prefect  # noqa: F401 - it has read the environment now

    with pytest.raises(RuntimeError, match="imported before"):
        use_environment({})


def test_our_own_server_never_starts_without_a_password(tmp_path: Path) -> None:
    options = PrefectOptions(api_url="http://p.example/api")
    with pytest.raises(ServerError, match="INTAKE_PREFECT__API_URL"):
        server_environment(Settings(workspace=tmp_path, prefect=options), 4200)
