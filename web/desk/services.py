"""What the desk's pages stand on."""

from functools import cache
from typing import NamedTuple

from pipeline.judge.likeness import NameContext
from pipeline.ledger.clock import Clock
from pipeline.ledger.ledger import Ledger
from pipeline.names.characters import readable
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.stores.base import Store
from pipeline.workers.render_pool import PageRenderer
from service.settings import Settings, read_policy
from web.desk.base_url import BaseUrl, base_url_of
from web.desk.cookies import Cookies


class Services(NamedTuple):
    """Made once, and safe to share between threads."""

    settings: Settings
    ledger: Ledger
    store: Store
    address: BaseUrl
    cookies: Cookies
    clock: Clock
    reader: NameContext
    viewer: PageRenderer


def open_services(settings: Settings, ledger: Ledger, store: Store, clock: Clock) -> Services:
    """What the settings ask for, with a ledger and a store that are open.

    Raises:
        SettingsError: The desk is off, or the policy cannot be read.
        ModelsError: The recogniser, whose alphabet is needed, is missing or altered.
    """
    address = base_url_of(settings.desk)
    reader = NameContext(_readable(settings.engine), read_policy(settings.policy_file))
    cookies, viewer = Cookies(secure=address.secure), PageRenderer(settings.readers)
    return Services(settings, ledger, store, address, cookies, clock, reader, viewer)


@cache
def _readable(ocr: OcrOptions) -> frozenset[str]:
    """The characters that the engine of this installation reads; its file is checked once in a process."""
    return readable(engine_kind(ocr.engine).alphabet(ocr))
