"""What the operator decides. The only room that looks at the environment."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AnyHttpUrl, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from flows.secret_files import EnvironmentWithFiles, secret_names
from models.base import Model
from models.errors import ExitCode, PipelineError
from models.policy import Limits, Policy
from pipeline.delivery.options import WebhookOptions
from pipeline.ocr.options import OcrOptions, ReaderOptions
from pipeline.stores.options import StoreOptions

_FOR_TESTS = "INTAKE_REQUIRE_"  # says which servers a lane of tests must have

Port = Annotated[int, Field(ge=0, le=65535)]


class PrefectOptions(Model):
    """Which Prefect server to use.

    Attributes:
        api_url: Of a server that somebody else runs; None to run one of our own on this machine.
        host: Where our own server listens. Elsewhere than on loopback only with `auth`, and with TLS in front.
        port: Where our own server listens; another free port is taken if this one is in use.
        auth: `USER:PASSWORD` that our own server asks for and our client shows; one for everybody. None to ask nobody.
        database_url: Of our own server's database, `postgresql+asyncpg://...`; SQLite in the workspace if None.
        work_pool: Through which every machine of this installation shares the work.
    """

    api_url: str | None = None
    host: str = "127.0.0.1"
    port: Port = 4200
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
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}" if self.port else None


class Settings(BaseSettings):
    """Everything that can be set: `INTAKE_WORKSPACE`, `INTAKE_LIMITS__BYTES`, `INTAKE_STORE__ENDPOINT` and so on.

    A secret may lie in a file, which `INTAKE_REGISTER_SECRET_FILE`, `INTAKE_STORE__SECRET_KEY_FILE` and so on name.

    Attributes:
        workspace: Holds whatever is not placed elsewhere: store, ledger, Prefect's own files, logs.
        store_url: `file:DIR` or `s3://BUCKET`; a folder in the workspace if None.
        ledger_url: `sqlite:///FILE` or `postgresql://...`; a file in the workspace if None.
        register_secret: Seals the register of children: 64 random hexadecimal digits, the same on every machine; a
            file in the workspace, made at the first start, if None.
        policy_file: The hospital's rules as YAML; the built-in ones if None.
        models: The operator's own PP-OCR models, `det/` and `rec/`; the bundled ones if None.
        store: How to reach an S3 server, and under which keys objects are sealed.
    """

    model_config = SettingsConfigDict(
        env_prefix="INTAKE_", env_nested_delimiter="__", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    workspace: Path = Path("workspace")
    store_url: str | None = None
    ledger_url: SecretStr | None = None
    register_secret: Annotated[SecretStr, Field(min_length=64)] | None = None
    policy_file: Path | None = None
    models: Path | None = None
    store: StoreOptions = StoreOptions()
    limits: Limits = Limits()
    ocr: OcrOptions = Field(default_factory=OcrOptions)
    readers: ReaderOptions = ReaderOptions()
    prefect: PrefectOptions = PrefectOptions()
    worker: WorkerOptions = WorkerOptions()
    receiver: ReceiverOptions = ReceiverOptions()
    desk: DeskOptions = DeskOptions()
    webhook: WebhookOptions = WebhookOptions()
    retention: RetentionOptions = RetentionOptions()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - theirs
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - theirs
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - theirs
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller says, then the environment."""
        return init_settings, EnvironmentWithFiles(settings_cls)

    @property
    def store_at(self) -> str:
        """The store's URL, filled in."""
        return self.store_url or f"file:{self.workspace.absolute() / 'store'}"

    @property
    def engine(self) -> OcrOptions:
        """How the engine runs, the operator's models filled in."""
        return self.ocr.model_copy(update={"models": self.models or self.ocr.models})

    @property
    def ledger_at(self) -> str:
        """The ledger's URL, filled in."""
        if self.ledger_url is not None:
            return self.ledger_url.get_secret_value()
        return f"sqlite:///{self.workspace.absolute() / 'ledger.db'}"

    @property
    def secret_file(self) -> Path:
        """Where the register's secret lies if it is not set."""
        return self.workspace.absolute() / "register.secret"

    @property
    def prefect_home(self) -> Path:
        """Where Prefect keeps its files on this machine."""
        return self.workspace.absolute() / "prefect"

    @property
    def logs(self) -> Path:
        """Where the service's processes write their logs."""
        return self.workspace.absolute() / "logs"


class SettingsError(PipelineError):
    """A setting cannot be used; the text says which."""

    exit_code = ExitCode.USAGE


def read_policy(file: Path | None) -> Policy:
    """The hospital's rules.

    Raises:
        SettingsError: The file cannot be read, is not YAML, or says something that no rule knows.
    """
    if file is None:
        return Policy()
    try:
        return Policy.model_validate(yaml.safe_load(file.read_bytes()) or {})
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"The policy file {file} cannot be read: {type(error).__name__}.") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise SettingsError(f"The policy file {file} is wrong: {wrong}.") from None


def unknown_variables() -> tuple[str, ...]:
    """The variables of the environment that look like settings and are none; reading the settings passes over them."""
    known = {*_variables("INTAKE", "_", Settings), *_secret_file_variables()}
    names = sorted(name for name in os.environ if name.upper().startswith("INTAKE_"))  # noqa: TID251 - this is the room
    return tuple(name for name in names if name.upper() not in known and not name.startswith(_FOR_TESTS))


def secret_files() -> tuple[Path, ...]:
    """The files that hold secrets for settings, as the environment names them."""
    named = (os.environ.get(variable) for variable in _secret_file_variables())  # noqa: TID251 - this is the room
    return tuple(Path(value) for value in named if value)


def _secret_file_variables() -> Iterator[str]:
    return (f"INTAKE_{name.upper()}_FILE" for name in secret_names(Settings))


def _variables(prefix: str, join: str, model: type[BaseModel]) -> Iterator[str]:
    """Every variable that sets something in a model, and every group as a whole, which may be JSON."""
    for name, field in model.model_fields.items():
        variable = f"{prefix}{join}{name.upper()}"
        yield variable
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _variables(variable, "__", field.annotation)


def use_environment(values: Mapping[str, str]) -> None:
    """Hand settings to a library that only looks at the environment; for a process that has not imported it yet."""
    os.environ.update(values)  # noqa: TID251 - this is the room
