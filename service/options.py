"""The groups of settings; settings.py reads them."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, Field, SecretStr

from models.base import Model

Port = Annotated[int, Field(ge=0, le=65535)]


class PrefectOptions(Model):
    """Which Prefect server to use.

    Attributes:
        api_url: API of an external server; None to run our own server on this machine.
        host: Address on which our own server listens; other than loopback only with an https `url`.
        port: Port on which our own server listens; if it is in use, the server takes another free one.
        url: URL under which browsers reach our own server through a proxy: scheme, host and port alone.
            `http://HOST:PORT` if None.
        names: Further names under which other machines reach our own server, with white space between, such as that of
            its container.
        auth: `USER:PASSWORD` that the server requires and our clients send; one for all users. If None, our own server
            draws one at the first start, and clients send none to an external server.
        database_url: Database of our own server, `postgresql+asyncpg://...`; SQLite in the workspace if None.
        work_pool: Work pool that all machines of this installation share.
    """

    api_url: str | None = None
    host: str = "127.0.0.1"
    port: Port = 4200
    url: AnyHttpUrl | None = None
    names: str = ""
    auth: SecretStr | None = None
    database_url: SecretStr | None = None
    work_pool: str = "intake"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the server is on another machine, so that the environment's proxy may be asked for it."""
        return self.api_url is not None and not is_loopback(_host_of(self.api_url))


class ReceiverOptions(Model):
    """The receiver of upload notifications, with health and metrics. Off unless a port is given.

    Attributes:
        host: Address on which it listens; other than loopback only with TLS in front.
        port: Port on which it listens; None for off.
        tokens: Token that a client must send; two, separated by white space, while the first is replaced by the
            second.
    """

    host: str = "127.0.0.1"
    port: Port | None = None
    tokens: SecretStr = SecretStr("")


class WorkerOptions(Model):
    """How one machine works.

    Attributes:
        cases: Cases processed at the same time; at least two, so that reprocessing never keeps uploads waiting.
        perceiving: Cases whose pages may be read at the same time, over all machines.
        poll_seconds: Between two requests to Prefect for work.
        scan_seconds: Between two scans of the store's inbox, which find uploads without a notification.
        settle_seconds: How long a scan must see an upload unchanged before it counts; some 30 where notifications
            come, so that the share of uploads without one is worth an alarm.
        event_seconds: Between two checks for received notifications, and for uploads that wait for a run.
        upload_seconds: How long files that a manifest names may take to arrive, before the upload counts as broken
            off.
        lease_seconds: How long a case belongs to a worker that does not respond.
        patience_seconds: After which a run that no worker started is requested again.
        stop_seconds: How long runs may take to end when the service is stopped.
    """

    cases: int = Field(default=2, ge=2)
    perceiving: int = Field(default=2, ge=1)
    poll_seconds: float = Field(default=1.0, gt=0)
    scan_seconds: float = Field(default=2.0, gt=0)
    settle_seconds: float = Field(default=1.0, ge=0)
    event_seconds: float = Field(default=0.5, gt=0)
    upload_seconds: float = Field(default=300.0, ge=0)
    lease_seconds: float = Field(default=120.0, ge=5, le=3600)
    patience_seconds: float = Field(default=300.0, ge=5, le=3600)
    stop_seconds: float = Field(default=20.0, gt=0)


class RetentionOptions(Model):
    """How long data that is no longer needed is kept.

    Attributes:
        scans_days: Days after its decision until the scans of a case are erased: at least the time in which a family
            may object. None to keep them; cases in the review queue keep theirs.
    """

    scans_days: int | None = Field(default=None, ge=1)


class DeskOptions(Model):
    """The review desk, where the hospital's staff review cases. Off unless a port is given.

    Attributes:
        host: Address on which it listens; other than loopback only with TLS in front.
        port: Port on which it listens; None for off.
        url: URL under which reviewers reach it, for links; `http://HOST:PORT` if None.
        idle_seconds: After which an idle user must sign in again.
        session_seconds: After which every user must sign in again.
        hold_seconds: How long a case belongs to the reviewer who opened it and stopped working on it.
        due_seconds: After which a case is overdue.
    """

    host: str = "127.0.0.1"
    port: Port | None = None
    url: AnyHttpUrl | None = None
    idle_seconds: float = Field(default=900.0, ge=60, le=12 * 3600.0)
    session_seconds: float = Field(default=12 * 3600.0, ge=300, le=7 * 86400.0)
    hold_seconds: float = Field(default=300.0, ge=30)
    due_seconds: float = Field(default=1800.0, ge=60)

    @property
    def address(self) -> str | None:
        """Its URL, without a slash at the end; None if it is off."""
        if self.url is not None:
            return str(self.url).rstrip("/")
        return f"http://{bracketed(self.host)}:{self.port}" if self.port else None


def bracketed(host: str) -> str:
    """A host as it is written in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host; False for names that would have to be resolved."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
        return (getattr(address, "ipv4_mapped", None) or address).is_loopback
    except ValueError:
        return False


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
