"""What the operator decides, group by group; settings.py reads it."""

from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr

from models.base import Model

Port = Annotated[int, Field(ge=0, le=65535)]


class PrefectOptions(Model):
    """Which Prefect server to use.

    Attributes:
        api_url: Of a server that somebody else runs; None to run one of our own on this machine.
        host: Where our own server listens. Elsewhere than on loopback only with an https `url`.
        port: Where our own server listens; another free port is taken if this one is in use.
        url: Under which browsers reach our own server through a proxy: scheme, host and port alone.
            `http://HOST:PORT` if None.
        auth: `USER:PASSWORD` that the server asks for and our clients send; one for everybody. If None, our own server
            draws one at the first start, and an external server is sent none.
        database_url: Of our own server's database, `postgresql+asyncpg://...`; SQLite in the workspace if None.
        work_pool: Through which every machine of this installation shares the work.
    """

    api_url: str | None = None
    host: str = "127.0.0.1"
    port: Port = 4200
    url: AnyHttpUrl | None = None
    auth: SecretStr | None = None
    database_url: SecretStr | None = None
    work_pool: str = "intake"


class ReceiverOptions(Model):
    """Where object stores tell of uploads, and where health and metrics are asked for. Off unless a port is given.

    Attributes:
        host: Where we listen. Elsewhere than on loopback put TLS in front.
        port: Where we listen; None to listen nowhere.
        tokens: Of which whoever speaks to us must show one; two, with white space between them, while the first is
            changed for the second.
    """

    host: str = "127.0.0.1"
    port: Port | None = None
    tokens: SecretStr = SecretStr("")


class WorkerOptions(Model):
    """How one machine works.

    Attributes:
        cases: Worked on at the same time; at least two, so that reprocessing never keeps uploads waiting.
        perceiving: Cases whose pages may be read at the same time, over all machines.
        poll_seconds: Between two questions to Prefect for work.
        scan_seconds: Between two looks into the store's inbox, which find what no event told.
        settle_seconds: For which a look must see an upload unchanged before it counts; some 30 where events come, so
            that the share of uploads that no event told is worth an alarm.
        event_seconds: Between two looks for notifications that came, and for uploads that wait for a run.
        upload_seconds: For files that a manifest names to arrive, before the upload counts as broken off.
        lease_seconds: For how long a case belongs to a worker that stays silent.
        patience_seconds: After which a run that nobody started is asked for again.
        stop_seconds: For runs to end by themselves when the service is stopped.
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
    """How long what is needed no more is kept.

    Attributes:
        scans_days: After its decision, until the scans of a case are erased: no less than a family may object. None to
            keep them; cases that wait for a person keep theirs.
    """

    scans_days: int | None = Field(default=None, ge=1)


class DeskOptions(Model):
    """The review desk: where people of the hospital look at cases and decide. Off unless a port is given.

    Attributes:
        host: Where it listens. Elsewhere than on loopback put TLS in front.
        port: Where it listens; None to listen nowhere.
        url: Under which reviewers reach it, for links; `http://HOST:PORT` if None.
        idle_seconds: After which somebody who did nothing must sign in again.
        session_seconds: After which everybody must.
        hold_seconds: For which a case belongs to whoever opened it, unless they go on working on it.
        due_seconds: After which a family has waited too long.
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
        """Where reviewers find it, without a slash at the end; None where it is off."""
        if self.url is not None:
            return str(self.url).rstrip("/")
        return f"http://{bracketed(self.host)}:{self.port}" if self.port else None


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
