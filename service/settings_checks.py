"""Settings that would put children's data at risk, or have no effect: the service refuses all of them at the start."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl

from models.errors import PipelineError
from models.messages import too_long
from pipeline.delivery.webhook import Webhook, WebhookOptionsError
from service.certificates import certificate_problems
from service.drawn_secrets import is_user_and_password
from service.options import is_loopback
from service.resources import register_secret
from service.settings import Settings, SettingsError, read_policy, unknown_variables
from service.tokens import tokens_in_force

_OTHERS = 0o077  # mode bits of the group and of everybody else
_PREFECT_DATABASES = ("postgresql+asyncpg://", "sqlite+aiosqlite://")
_LEAST_DIFFERENT = 17  # bytes of a secret: of 32 random ones 28 or more differ


def problems(settings: Settings) -> tuple[PipelineError, ...]:
    """Everything for which the service must not start: what is wrong, and what to do; no values."""
    return tuple(problem for rule in _RULES for problem in rule(settings))


def refuse_unsafe_settings(settings: Settings) -> None:
    """Stop here if something is unsafe.

    Raises:
        SettingsError: The text lists all of it.
    """
    found = problems(settings)
    if found:
        raise SettingsError(
            "\n".join(("The service does not start with these settings:", *(f"  {one}" for one in found)))
        )


def _is_in_clear(host: str, url: AnyHttpUrl | None) -> bool:
    """Whether pages of ours travel between machines without TLS. A server that has a URL refuses all other names."""
    if url is None:
        return not is_loopback(host)
    return url.scheme != "https" and not is_loopback(url.host or "")


def _is_more_than_an_origin(url: AnyHttpUrl | None) -> bool:
    if url is None:
        return False
    return bool(url.path not in {None, "/"} or url.query or url.fragment or url.username or "*" in (url.host or ""))


def _misspelt(_settings: Settings) -> Iterator[PipelineError]:
    for name in unknown_variables():
        yield SettingsError(
            f"{name} is no setting and would do nothing", hint="correct it, or remove it from the environment."
        )


def _prefect(settings: Settings) -> Iterator[PipelineError]:
    options = settings.prefect
    if options.auth and not is_user_and_password(options.auth.get_secret_value()):
        yield SettingsError("INTAKE_PREFECT__AUTH must be USER:PASSWORD, without characters beyond ASCII.")
    if options.api_url is not None:
        yield from _api_url(options.api_url)
        return
    if options.database_url and not options.database_url.get_secret_value().startswith(_PREFECT_DATABASES):
        yield SettingsError(
            "INTAKE_PREFECT__DATABASE_URL must be postgresql+asyncpg://USER:PASSWORD@HOST/NAME, or unset for a file."
        )
    if _is_in_clear(options.host, options.url):
        yield SettingsError(
            "Prefect's password would travel in clear to other machines",
            hint="put TLS in front, set INTAKE_PREFECT__URL to "
            "the https address under which people reach it, or leave INTAKE_PREFECT__HOST on 127.0.0.1.",
        )
    if _is_more_than_an_origin(options.url):
        yield SettingsError(
            "INTAKE_PREFECT__URL must be scheme, host and port alone, such as https://prefect.hospital.example."
        )


def _api_url(url: str) -> Iterator[PipelineError]:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        sound = False
    if not sound or parts.query or parts.fragment or "@" in url:
        yield SettingsError(
            "INTAKE_PREFECT__API_URL must be such as https://prefect.hospital.example/api, without a password",
            hint="a password belongs into INTAKE_PREFECT__AUTH.",
        )


def _ports(settings: Settings) -> Iterator[PipelineError]:
    """The receiver and the desk never share a port; our own Prefect moves to another one unless it has a URL."""
    prefect = settings.prefect
    named = {"INTAKE_RECEIVER__PORT": settings.receiver.port, "INTAKE_DESK__PORT": settings.desk.port}
    if prefect.api_url is None and prefect.url is not None:
        named["INTAKE_PREFECT__PORT"] = prefect.port
    chosen = [port for port in named.values() if port]
    for port in {port for port in chosen if chosen.count(port) > 1}:
        names = " and ".join(name for name, one in named.items() if one == port)
        yield SettingsError(f"{names} are both {port}", hint="choose a port for each.")


def _store(settings: Settings) -> Iterator[PipelineError]:
    if not settings.store_at.startswith("s3:"):
        return
    store = settings.store
    if not store.secure and not is_loopback(_host_of(store.endpoint)):
        yield SettingsError(
            "INTAKE_STORE__SECURE=false sends scans and keys in clear over the network",
            hint="set it to true, or reach the object store on this machine.",
        )
    for name in ("access_key", "secret_key"):
        if not getattr(store, name).get_secret_value():
            yield SettingsError(
                f"INTAKE_STORE__{name.upper()} is empty", hint="set it to the key that the object store gave out."
            )


def _host_of(endpoint: str) -> str:
    try:
        return urlsplit(f"//{endpoint}").hostname or ""
    except ValueError:
        return ""


def _register_secret(settings: Settings) -> Iterator[PipelineError]:
    if settings.register_secret is None:
        return
    try:
        secret = register_secret(settings)
    except SettingsError as error:
        yield error
        return
    if len(set(secret)) < _LEAST_DIFFERENT:
        yield SettingsError(
            "INTAKE_REGISTER_SECRET is an example and no secret",
            hint="draw it at random, as `openssl rand -hex 32` does.",
        )


def _hospital(settings: Settings) -> Iterator[PipelineError]:
    long = list(too_long(settings.hospital))
    if long:
        yield SettingsError(
            f"With the facts in INTAKE_HOSPITAL__..., {len(long)} sentences become too long for parents ({long[0]})",
            hint="shorten them.",
        )


def _policy(settings: Settings) -> Iterator[PipelineError]:
    try:
        read_policy(settings.policy_file)
    except SettingsError as error:
        yield error


def _workspace(settings: Settings) -> Iterator[PipelineError]:
    try:
        mode = settings.workspace.stat().st_mode
    except OSError:
        return  # the start makes it, for its owner alone, or says why it cannot
    if mode & _OTHERS:
        yield SettingsError(
            "The workspace (INTAKE_WORKSPACE) can be read by other users of this machine", hint="run chmod 700 on it."
        )


def _receiver(settings: Settings) -> Iterator[PipelineError]:
    if settings.receiver.port is None:
        return
    try:
        tokens_in_force(settings.receiver)
    except SettingsError as error:
        yield error


def _desk(settings: Settings) -> Iterator[PipelineError]:
    options = settings.desk
    if options.port is None:
        return
    if options.port == 0:
        yield SettingsError("INTAKE_DESK__PORT=0 is a port that nobody knows", hint="choose one, such as 8098.")
    if _is_in_clear(options.host, options.url):
        yield SettingsError(
            "Passwords and documents would travel in clear between the review desk and other machines",
            hint="put TLS in "
            "front, set INTAKE_DESK__URL to the https address under which reviewers reach it, or leave "
            "INTAKE_DESK__HOST on 127.0.0.1.",
        )
    if _is_more_than_an_origin(options.url):
        yield SettingsError(
            "INTAKE_DESK__URL must be scheme, host and port alone, such as https://desk.hospital.example."
        )


def _webhook(settings: Settings) -> Iterator[PipelineError]:
    options = settings.webhook
    if options.url is None:
        return
    try:
        Webhook(options)
    except WebhookOptionsError as error:
        yield error
    if options.whole and options.url.scheme != "https" and not is_loopback(options.url.host or ""):
        yield SettingsError(
            "INTAKE_WEBHOOK__WHOLE=true sends what documents say in clear over the network",
            hint="set INTAKE_WEBHOOK__URL to an https address, or send references only.",
        )


_RULES: tuple[Callable[[Settings], Iterator[PipelineError]], ...] = (
    _misspelt,
    lambda _settings: certificate_problems(),
    _ports,
    _prefect,
    _receiver,
    _desk,
    _webhook,
    _store,
    _register_secret,
    _hospital,
    _policy,
    _workspace,
)
