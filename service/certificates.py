"""What the environment says about TLS: our own checks stand before every connection that would fail without a word."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

from service.settings import SettingsError, certificate_places, key_log


def certificate_problems() -> Iterator[SettingsError]:
    """What is wrong about the variables that name certificates, or ask for the keys of connections."""
    for name, place in certificate_places():
        if not _has_certificates(name, place):
            yield SettingsError(
                f"{name} names {place}, where no certificate can be read", hint="correct it, or remove it."
            )
    if key_log():
        yield SettingsError(
            "SSLKEYLOGFILE would write the keys of our connections into a file", hint="remove it from the environment."
        )


def _has_certificates(name: str, place: Path) -> bool:
    try:
        if name != "SSL_CERT_DIR":
            return _loads(place)
        folders = [Path(one) for one in str(place).split(os.pathsep) if one]
        return any(_loads(file) for folder in folders if folder.is_dir() for file in folder.iterdir())
    except OSError:
        return False


def _loads(file: Path) -> bool:
    """Whether a file holds certificates."""
    try:
        ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError, ValueError):
        return False
    return True
