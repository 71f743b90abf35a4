"""Whose wrong passwords are counted together: those of a browser that an account used before, else of an address.

So guesses from the same address, as behind a proxy or in one ward, lock nobody out of a browser that they use.

Source:
    OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from starlette.requests import Request

from models.accounts import tidied_name
from web.client_networks import network_of
from web.desk.services import Services

_ID_BYTES: Final = 16
_LONGEST: Final = 128
_SHOWN: Final = 16  # characters of an id in the ledger


def guesser(request: Request, name: str, services: Services) -> str:
    """By what the failures of a sign-in are counted: `browser ID` if this name signed in with it, else the network."""
    held = request.cookies.get(cookie_of(name, services), "")[:_LONGEST]
    browser_id, _, mac = held.partition(".")
    if mac and hmac.compare_digest(mac.encode(), _mac(name, browser_id, services).encode()):
        return f"browser {browser_id[:_SHOWN]}"
    return network_of(request.client.host if request.client else "")


def known_browser(name: str, services: Services) -> str:
    """The value of the cookie by which a browser is known from now on."""
    browser_id = secrets.token_hex(_ID_BYTES)
    return f"{browser_id}.{_mac(name, browser_id, services)}"


def cookie_of(name: str, services: Services) -> str:
    """The cookie of an account; a browser that several people use has one of each."""
    prefix = "__Host-" if services.base_url.secure else ""
    return f"{prefix}desk-known-{sha256(tidied_name(name).encode(errors='replace')).hexdigest()[:_SHOWN]}"


def _mac(name: str, browser_id: str, services: Services) -> str:
    said = f"known browser\0{tidied_name(name)}\0{browser_id}"
    return hmac.new(services.browser_key, said.encode(errors="replace"), sha256).hexdigest()
