"""Secrets that the first start draws: each is a file of the workspace that only its owner can read."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from service.settings import Settings, SettingsError

_USER: Final = "intake"
_PASSWORD_BYTES: Final = 18


def prefect_auth(settings: Settings) -> str | None:
    """The `USER:PASSWORD` that Prefect's server asks for and its clients send.

    Returns:
        INTAKE_PREFECT__AUTH if it is set; else, for our own server, what the first start drew; None for an external
        server.

    Raises:
        SettingsError: The drawn one cannot be read or made, or is not `USER:PASSWORD`.
    """
    if settings.prefect.auth:
        return settings.prefect.auth.get_secret_value()
    if settings.prefect.api_url is not None:
        return None
    file = settings.prefect_secret_file
    auth = drawn_secret(settings, file, lambda: f"{_USER}:{secrets.token_urlsafe(_PASSWORD_BYTES)}")
    if not is_user_and_password(auth):
        raise SettingsError(
            f"The secret file {file} must hold USER:PASSWORD", hint="remove it, and the next start draws one."
        )
    return auth


def is_user_and_password(auth: str) -> bool:
    """Whether a text is `USER:PASSWORD`, of printable ASCII alone: Prefect breaks at anything else."""
    user, _, password = auth.partition(":")
    return bool(user and password) and auth.isascii() and auth.isprintable()


def drawn_secret(settings: Settings, file: Path, draw: Callable[[], str]) -> str:
    """What a file of the workspace holds; the first process that asks draws it.

    Raises:
        SettingsError: The file cannot be read or made.
    """
    make_private(settings)
    try:
        if not file.exists():
            _keep(file, draw())
        return _held(file)
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, error) from error


def with_drawn_secrets(settings: Settings) -> Settings:
    """The settings with the secrets that an earlier start drew; draws none.

    Raises:
        SettingsError: A file of one cannot be read.
    """
    prefect = settings.prefect
    if not prefect.auth and prefect.api_url is None:
        prefect = prefect.model_copy(update={"auth": _earlier(settings.prefect_secret_file)})
    register = settings.register_secret or _earlier(settings.secret_file)
    return settings.model_copy(update={"prefect": prefect, "register_secret": register})


def make_private(settings: Settings) -> None:
    """Make the workspace for its owner alone, unless it is there.

    Raises:
        SettingsError: It cannot be made.
    """
    try:
        settings.workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"The workspace {settings.workspace} cannot be made: {error.strerror}.") from error


def _earlier(file: Path) -> SecretStr | None:
    try:
        return SecretStr(_held(file)) if file.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, error) from error


def _held(file: Path) -> str:
    return file.read_text("ascii").strip()


def _unusable(file: Path, error: Exception) -> SettingsError:
    return SettingsError(f"The secret file {file} cannot be read or made: {type(error).__name__}.")


def _keep(file: Path, secret: str) -> None:
    """Make the file whole or not at all; of several processes that start at once, one makes it."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False) as made:
        made.write(secret)
        made.flush()
        os.fsync(made.fileno())
    try:
        os.link(made.name, file)  # unlike a rename, refuses to replace the one that another process made
    except FileExistsError:
        pass
    finally:
        Path(made.name).unlink()
