"""What the desk's pages stand on."""

from functools import cache
from typing import NamedTuple

from pipeline.judge.likeness import Reader
from pipeline.ledger.base import Clock, Ledger
from pipeline.names.readable import readable
from pipeline.perceive.ocr.engines import engine_kind
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.stores.base import Store
from pipeline.workers.render_pool import PageViewer
from service.settings import Settings, read_policy
from web.desk.base_url import Address, address_of
from web.desk.cookies import Cookies


class Backing(NamedTuple):
    """Made once, and safe to share between threads."""

    settings: Settings
    ledger: Ledger
    store: Store
    address: Address
    cookies: Cookies
    clock: Clock
    reader: Reader
    viewer: PageViewer


def backing_of(settings: Settings, ledger: Ledger, store: Store, clock: Clock) -> Backing:
    """What the settings ask for, with a ledger and a store that are open.

    Raises:
        SettingsError: The desk is off, or the policy cannot be read.
        ModelsError: The recogniser, whose alphabet is needed, is missing or altered.
    """
    address = address_of(settings.desk)
    reader = Reader(_readable(settings.engine), read_policy(settings.policy_file))
    cookies, viewer = Cookies(secure=address.secure), PageViewer(settings.readers)
    return Backing(settings, ledger, store, address, cookies, clock, reader, viewer)


@cache
def _readable(ocr: OcrOptions) -> frozenset[str]:
    """The characters that the engine of this installation reads; its file is checked once in a process."""
    return readable(engine_kind(ocr.engine).alphabet(ocr))
