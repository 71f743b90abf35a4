"""What the steps of a case need at hand."""

from typing import NamedTuple

from models.hospital import Hospital
from models.policy import Limits, Policy
from pipeline.judge.name_match import NameContext
from pipeline.ledger.ledger import Ledger
from pipeline.names.characters import readable
from pipeline.stores.base import Store
from pipeline.workers.ocr_pool import PageReader


class PipelineContext(NamedTuple):
    """Ledger, store, reading processes, rules and facts; `store` keeps the bytes of what came in."""

    ledger: Ledger
    store: Store
    readers: PageReader
    policy: Policy
    limits: Limits
    hospital: Hospital = Hospital()

    @property
    def reader(self) -> NameContext:
        """What judging needs of the engine and of the hospital."""
        return NameContext(readable(self.readers.alphabet), self.policy, self.hospital)
