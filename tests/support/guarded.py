"""Our own Prefect server with the password in force, and clients that send it.

Prefect is imported when a client is made: a bench that names this module is imported again by the processes that it
starts, and those must find Prefect's settings before they import it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from pydantic import SecretStr

from service.drawn_secrets import prefect_auth
from service.options import PrefectOptions
from service.prefect_server import prefect_server
from service.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from prefect.client.orchestration import PrefectClient, SyncPrefectClient


class Guarded(NamedTuple):
    """A running server: where its API is, and the `USER:PASSWORD` that it asks for."""

    api_url: str
    auth: str

    @property
    def origin(self) -> str:
        """Where its pages are."""
        return self.api_url.removesuffix("/api")

    @property
    def options(self) -> PrefectOptions:
        """How a service uses it that does not run it."""
        return PrefectOptions(api_url=self.api_url, auth=SecretStr(self.auth))

    def client(self) -> "PrefectClient":
        """A client for a program with an event loop."""
        from prefect.client.orchestration import PrefectClient

        return PrefectClient(self.api_url, auth_string=self.auth)

    def sync_client(self) -> "SyncPrefectClient":
        """A client for a program without one."""
        from prefect.client.orchestration import SyncPrefectClient

        return SyncPrefectClient(self.api_url, auth_string=self.auth)


@contextmanager
def guarded_server(settings: Settings) -> Iterator[Guarded]:
    """Run a server for as long as the block lasts."""
    with prefect_server(settings) as api_url:
        yield guarded_by(settings, api_url)


def guarded_by(settings: Settings, api_url: str) -> Guarded:
    """The server that runs with these settings."""
    return Guarded(api_url, prefect_auth(settings) or "")


def sign_in(page: "Page", guarded: Guarded, path: str) -> None:
    """Open a page of Prefect's as an operator does who is asked for the password first."""
    ask_for_the_password(page, guarded, path)
    page.get_by_placeholder("admin:pass").fill(guarded.auth)
    page.get_by_role("button", name="Login").click()
    page.get_by_text("Event Feed", exact=True).wait_for()
    page.goto(f"{guarded.origin}{path}")  # without what the page said before anybody had signed in


def ask_for_the_password(page: "Page", guarded: Guarded, path: str) -> None:
    """Open a page of Prefect's that nobody signed in to, and wait until it has found that out."""
    page.goto(f"{guarded.origin}{path}")
    page.get_by_text("Authentication failed.").first.wait_for()
