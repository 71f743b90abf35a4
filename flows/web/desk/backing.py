"""What the desk's pages stand on."""

from typing import NamedTuple

from flows.settings import Settings
from flows.web.desk.address import Address
from flows.web.desk.cookies import Cookies
from pipeline.ledger.base import Clock, Ledger
from pipeline.stores.base import Store


class Backing(NamedTuple):
    """Made once, and safe to share between threads."""

    settings: Settings
    ledger: Ledger
    store: Store
    address: Address
    cookies: Cookies
    clock: Clock
