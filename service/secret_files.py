"""Secrets from files: `INTAKE_X_FILE` names the file that holds `INTAKE_X`, for every setting that is a secret.

The environment is visible to child processes and in `ps`; systemd's credentials and containers' secrets are files.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, EnvSettingsSource

from models.errors import ExitCode, PipelineError

_SUFFIX = "_file"


class SecretFileError(PipelineError):
    """A file that should hold a secret cannot be used; the text names the setting, never the content."""

    exit_code = ExitCode.USAGE


class EnvironmentWithFiles(EnvSettingsSource):
    """The environment, with the content of secret files in place of their names."""

    def __init__(self, settings: type[BaseSettings]) -> None:
        super().__init__(settings)
        secrets = frozenset(f"{self.env_prefix}{name}".lower() for name in secret_names(settings))
        self.env_vars = MappingProxyType(dict(_with_files(self.env_vars, secrets)))


def secret_names(kind: type[BaseModel]) -> Iterator[str]:
    """The variables of all secrets in a group of settings and its subgroups, without the common prefix."""
    for name, field in kind.model_fields.items():
        if SecretStr in _parts(field.annotation):
            yield name
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{name}__{within}" for within in secret_names(field.annotation))


def _parts(annotation: object) -> Iterator[object]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _with_files(variables: Mapping[str, str | None], secrets: frozenset[str]) -> Iterator[tuple[str, str | None]]:
    for variable, value in variables.items():
        name = variable.removesuffix(_SUFFIX)
        if name == variable or name not in secrets:
            yield variable, value
        elif value:
            if variables.get(name):
                raise SecretFileError(f"Set {name.upper()} or {variable.upper()}, not both.")
            yield name, _content_of(variable.upper(), Path(value))


def _content_of(variable: str, file: Path) -> str:
    try:
        secret = file.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise SecretFileError(f"The file that {variable} names cannot be read ({reason})", hint="check it.") from None
    if not secret:
        raise SecretFileError(f"The file that {variable} names is empty", hint="put the secret into it.")
    return secret
