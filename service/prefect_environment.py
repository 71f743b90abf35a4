"""What Prefect finds in the environment when it is imported: our settings, and nothing of the user's own Prefect.

Prefect reads PREFECT_ variables, and `.env`, `prefect.toml` and `pyproject.toml` in the working directory; its clients
ask proxies of the environment even for this machine.
"""

import importlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from typing import Final

from service.drawn_secrets import prefect_auth
from service.settings import Settings

log = logging.getLogger(__name__)
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "socks_proxy")
_NO_PROXY: Final = "no_proxy"
_HERE: Final = "localhost,127.0.0.1,::1"


def client_environment(settings: Settings, api_url: str) -> dict[str, str]:
    """What Prefect's client reads when it is imported.

    Raises:
        SettingsError: The password of our own server cannot be drawn.
    """
    auth = prefect_auth(settings)
    return {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_API_URL": api_url,
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "true",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_COLORS": "false",
        **({"PREFECT_API_AUTH_STRING": auth} if auth else {}),
    }


def use_environment(values: Mapping[str, str], *, proxies: bool = False) -> None:
    """Import Prefect, which finds these settings and no others.

    Args:
        values: What Prefect finds, by its own names; PREFECT_HOME is among them.
        proxies: Whether it finds the environment's proxies too; for this machine they are never asked.

    Raises:
        RuntimeError: Prefect was imported already, and would run without these settings.
    """
    if "prefect" in sys.modules:
        raise RuntimeError("Prefect was imported before its settings were there, and would run without them.")
    theirs = sorted(_named("prefect_"))
    if theirs:
        log.warning("variables of another Prefect have no effect", extra={"variables": theirs})
    beside = sorted(name for proxy in _PROXIES for name in _named(proxy) if name.lower() == proxy)
    exceptions = [os.environ.pop(name) for name in _named(_NO_PROXY)]  # noqa: TID251 - this is the room
    for name in (*theirs, *(() if proxies else beside)):
        del os.environ[name]  # noqa: TID251 - this is the room
    os.environ.update({**values, "no_proxy": ",".join((_HERE, *filter(None, exceptions)))})  # noqa: TID251 - this is the room
    try:
        Path.home()
    except RuntimeError:  # Prefect fails without a home, even if it has a place of its own
        os.environ["HOME"] = values["PREFECT_HOME"]  # noqa: TID251 - this is the room
    own = Path(values["PREFECT_HOME"])
    own.mkdir(parents=True, exist_ok=True, mode=0o700)
    with chdir(own):  # where nobody else puts an .env or a prefect.toml
        importlib.import_module("prefect")


def _named(prefix: str) -> Iterator[str]:
    """The variables that begin so, in letters of any size."""
    return (name for name in tuple(os.environ) if name.lower().startswith(prefix))  # noqa: TID251 - this is the room
