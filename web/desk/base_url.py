"""Where the desk is: under which names it answers, and whether browsers reach it over TLS."""

from typing import NamedTuple
from urllib.parse import urlsplit

from service.options import DeskOptions
from service.settings import SettingsError
from service.settings_checks import is_loopback

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PORTS = {"https": 443, "http": 80}


class BaseUrl(NamedTuple):
    """Where browsers find us.

    Attributes:
        scheme: http or https.
        hosts: What they may say in `Host`; anything else comes of a name that somebody else turned to us.
    """

    scheme: str
    hosts: frozenset[str]

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.scheme == "https"


def base_url_of(options: DeskOptions) -> BaseUrl:
    """Where the desk is.

    Raises:
        SettingsError: It is off.
    """
    if options.address is None:
        raise SettingsError("The review desk has no port: set INTAKE_DESK__PORT.")
    parts = urlsplit(options.address)
    port = parts.port or _PORTS[parts.scheme]
    name = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    names = _LOOPBACK if options.url is None and is_loopback(options.host) else (name,)
    hosts = {f"{one}:{port}".lower() for one in names}
    if port == _PORTS[parts.scheme]:
        hosts |= {one.lower() for one in names}
    return BaseUrl(parts.scheme, frozenset(hosts))
