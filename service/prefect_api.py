"""Whether a Prefect API answers at a URL, and if not, why: asked when a worker starts, and by the doctor."""

import re
import ssl
from typing import Final

import httpx

from models.errors import PipelineError
from service.settings import SettingsError

_ANSWER_SECONDS: Final = 5.0
_VERSION: Final = re.compile(r'"?(\d+\.\d+[\w.+-]*)"?')
_OK, _REFUSED, _DOWN, _BUSY = 200, frozenset({401, 403, 407}), range(500, 600), frozenset({408, 425, 429})


class PrefectDownError(PipelineError):
    """The Prefect server does not answer at the moment."""

    exit_code = SettingsError.exit_code
    retryable = True


def version_at(api_url: str, auth: str | None, *, proxies: bool) -> str:
    """The version of the Prefect server whose API is at a URL.

    Args:
        api_url: The URL, which ends in /api.
        auth: `USER:PASSWORD`, if the server asks for them.
        proxies: Whether to go through the environment's proxy.

    Raises:
        SettingsError: What answers is no Prefect API, or does not let us in; trying again does not help.
        PrefectDownError: Nothing answers, or the server is busy.
    """
    user, _, password = (auth or "").partition(":")
    try:
        with httpx.Client(trust_env=proxies, timeout=_ANSWER_SECONDS) as client:
            answer = client.get(f"{api_url.rstrip('/')}/admin/version", auth=(user, password) if auth else None)
    except httpx.ProxyError as error:
        raise PrefectDownError(
            "The proxy of the environment does not reach the Prefect server",
            hint="correct HTTPS_PROXY, or name the server's host in NO_PROXY.",
        ) from error
    except httpx.TransportError as error:
        raise _unreachable(error) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _foreign(type(error).__name__) from error
    except (ValueError, ImportError, OSError) as error:  # httpx over a proxy, or certificates, of the environment
        raise SettingsError(
            f"A proxy or certificate variable of the environment cannot be used ({type(error).__name__})",
            hint="correct or remove HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from None
    return _version_of(answer)


def _version_of(answer: httpx.Response) -> str:
    if answer.status_code in _REFUSED:
        raise SettingsError(
            f"The Prefect server asks for a password (HTTP {answer.status_code})",
            hint="set INTAKE_PREFECT__AUTH to its USER:PASSWORD.",
        )
    if answer.status_code in _BUSY or answer.status_code in _DOWN:
        raise PrefectDownError(f"The Prefect server is busy (HTTP {answer.status_code})", hint="trying again helps.")
    found = _VERSION.fullmatch(answer.text.strip())
    if answer.status_code != _OK or found is None:
        raise _foreign(f"HTTP {answer.status_code}")
    return found[1]


def _foreign(why: str) -> SettingsError:
    return SettingsError(
        f"What answers is no Prefect API ({why})",
        hint="correct INTAKE_PREFECT__API_URL; it ends in /api.",
    )


def _unreachable(error: httpx.TransportError) -> PipelineError:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return SettingsError(
            f"The Prefect server's TLS certificate is not trusted, or it speaks no TLS ({type(cause).__name__})",
            hint="let SSL_CERT_FILE name the certificates of its CA, or correct INTAKE_PREFECT__API_URL.",
        )
    if isinstance(error, httpx.UnsupportedProtocol):
        return _foreign("no http")
    return PrefectDownError("The Prefect server does not answer", hint="start it, or correct INTAKE_PREFECT__API_URL.")
