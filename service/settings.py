"""The settings. The only module that reads the environment."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from models.errors import ExitCode, PipelineError
from models.hospital import Hospital
from models.policy import Limits, Policy
from pipeline.delivery.webhook import WebhookOptions
from pipeline.perceive.ocr.options import NO_HOME, OcrOptions, ReaderOptions
from pipeline.stores.options import StoreOptions
from service.options import DeskOptions, PrefectOptions, ReceiverOptions, RetentionOptions, WorkerOptions
from service.secret_files import EnvironmentWithFiles, secret_names

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # that httpx and minio read; neither reads REQUESTS_CA_BUNDLE
_FOR_TESTS = "INTAKE_REQUIRE_"  # says which servers a lane of tests must have


class Settings(BaseSettings):
    """Everything that can be set: `INTAKE_WORKSPACE`, `INTAKE_LIMITS__BYTES`, `INTAKE_STORE__ENDPOINT` and so on.

    A secret may be in a file, which `INTAKE_REGISTER_SECRET_FILE`, `INTAKE_STORE__SECRET_KEY_FILE` and so on name.

    Attributes:
        workspace: Folder of all that has no other place: store, ledger, Prefect's own files, logs.
        store_url: `file:DIR` or `s3://BUCKET`; a folder in the workspace if None.
        ledger_url: `sqlite:///FILE` or `postgresql://...`; a file in the workspace if None.
        register_secret: Encrypts the register of children: 64 random hexadecimal digits, the same on every machine; a
            file in the workspace, made at the first start, if None.
        policy_file: The hospital's rules as YAML; the built-in ones if None.
        models: The operator's own PaddleOCR models as ONNX, `det/` and `rec/`; the bundled ones if None.
        hospital: The facts of the hospital that messages to parents name.
        store: How to reach an S3 server, and under which keys objects are encrypted.
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
    hospital: Hospital = Hospital()
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
        """Arguments first, then the environment."""
        return init_settings, EnvironmentWithFiles(settings_cls)

    @property
    def store_at(self) -> str:
        """The store's URL, with its default."""
        return self.store_url or f"file:{self.workspace.absolute() / 'store'}"

    @property
    def engine(self) -> OcrOptions:
        """How the engine runs, with the operator's models."""
        cache = self.workspace.absolute() / NO_HOME.name if self.ocr.cache == NO_HOME else self.ocr.cache
        return self.ocr.model_copy(update={"models": self.models or self.ocr.models, "cache": cache})

    @property
    def ledger_at(self) -> str:
        """The ledger's URL, with its default."""
        if self.ledger_url is not None:
            return self.ledger_url.get_secret_value()
        return f"sqlite:///{self.workspace.absolute() / 'ledger.db'}"

    @property
    def secret_file(self) -> Path:
        """The file of the register's secret, if the secret is not set."""
        return self.workspace.absolute() / "register.secret"

    @property
    def prefect_secret_file(self) -> Path:
        """Where the password of our own Prefect server is kept if it is not set."""
        return self.workspace.absolute() / "prefect.secret"

    @property
    def prefect_home(self) -> Path:
        """Where Prefect keeps its files on this machine."""
        return self.workspace.absolute() / "prefect"

    @property
    def logs(self) -> Path:
        """Where the service's processes write their logs."""
        return self.workspace.absolute() / "logs"


class SettingsError(PipelineError):
    """A setting cannot be used; the text names it."""

    exit_code = ExitCode.USAGE


def read_policy(file: Path | None) -> Policy:
    """The hospital's rules.

    Raises:
        SettingsError: The file cannot be read, is not YAML, or has an unknown key or value.
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
    """The variables of the environment that look like settings and are none; Settings ignores them."""
    known = {*_variables("INTAKE", "_", Settings), *_secret_file_variables()}
    names = sorted(name for name in os.environ if name.upper().startswith("INTAKE_"))  # noqa: TID251 - this is the room
    return tuple(name for name in names if name.upper() not in known and not name.startswith(_FOR_TESTS))


def certificate_places() -> tuple[tuple[str, Path], ...]:
    """The variables of the environment that name certificates of others, and what they name."""
    found = ((name, os.environ.get(name)) for name in _CERTIFICATES)  # noqa: TID251 - this is the room
    return tuple((name, Path(value)) for name, value in found if value)


def key_log() -> bool:
    """Whether the environment asks TLS to write its keys into a file."""
    return bool(os.environ.get("SSLKEYLOGFILE"))  # noqa: TID251 - this is the room


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
