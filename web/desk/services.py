"""What the desk's handlers use: settings, ledger, store, the address of the desk, and what judges and draws pages."""

from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.judge.name_match import NameContext
from pipeline.ledger.database import Clock
from pipeline.ledger.ledger import Ledger
from pipeline.names.characters import readable
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.stores.base import Store
from pipeline.workers.render_pool import PageRenderer
from service.options import DeskOptions, is_loopback
from service.resources import register_secret
from service.settings import Settings, SettingsError, read_policy

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PORTS = {"https": 443, "http": 80}


class BaseUrl(NamedTuple):
    """The address of the desk, as browsers see it.

    Attributes:
        scheme: http or https.
        hosts: The values of the `Host` header that we answer; any other one means DNS rebinding.
    """

    scheme: str
    hosts: frozenset[str]

    @property
    def secure(self) -> bool:
        """Whether browsers reach the desk over TLS."""
        return self.scheme == "https"


class Services(NamedTuple):
    """Opened once; threads share it.

    Attributes:
        browser_key: Signs the cookies of browsers in which somebody signed in.
    """

    settings: Settings
    ledger: Ledger
    store: Store
    base_url: BaseUrl
    clock: Clock
    name_context: NameContext
    renderer: PageRenderer
    browser_key: bytes


def open_services(settings: Settings, ledger: Ledger, store: Store, clock: Clock) -> Services:
    """The services that the settings describe, with a ledger and a store that are open.

    Raises:
        SettingsError: The desk is off, or the policy or the register's secret cannot be read.
        ModelsError: The recogniser, whose alphabet is needed, is missing or altered.
    """
    base_url = base_url_of(settings.desk)
    name_context = NameContext(_readable(settings.engine), read_policy(settings.policy_file), settings.hospital)
    renderer = PageRenderer(settings.readers)
    return Services(settings, ledger, store, base_url, clock, name_context, renderer, register_secret(settings))


def base_url_of(options: DeskOptions) -> BaseUrl:
    """The address of the desk.

    Raises:
        SettingsError: The desk is off.
    """
    if options.address is None:
        raise SettingsError("The review desk has no port", hint="set INTAKE_DESK__PORT.")
    parts = urlsplit(options.address)
    port = parts.port or _PORTS[parts.scheme]
    name = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    names = _LOOPBACK if options.url is None and is_loopback(options.host) else (name,)
    hosts = {f"{one}:{port}".lower() for one in names}
    if port == _PORTS[parts.scheme]:
        hosts |= {one.lower() for one in names}
    return BaseUrl(parts.scheme, frozenset(hosts))


@cache
def _readable(ocr: OcrOptions) -> frozenset[str]:
    """The characters that the configured engine reads; a process checks the engine's file once."""
    return readable(engine_kind(ocr.engine).alphabet(ocr))
