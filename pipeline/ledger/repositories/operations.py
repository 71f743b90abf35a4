"""The audit chain and the figures of those who operate the system: each operation is one transaction."""

from datetime import date, timedelta

from pipeline.ledger import metrics as figures
from pipeline.ledger import overview
from pipeline.ledger.overview_values import Overview
from pipeline.ledger.records import Heartbeat, Metrics
from pipeline.ledger.repositories.base import Repository

_SILENT = timedelta(days=1)


class OperationRepository(Repository):
    """What those who operate the system look at."""

    def heartbeat(self, identity: str, engine_restarts: int) -> None:
        """Say that a process works; those that were silent for a day are struck out."""
        now = self._clock()
        with self._database.writing() as connection:
            figures.beat(connection, Heartbeat(identity, now, engine_restarts), before=now - _SILENT)

    def metrics(self) -> Metrics:
        """Counts and ages as of now; nothing of any case."""
        with self._database.reading() as connection:
            return figures.figures(connection)

    def overview(self, since: date, until: date) -> Overview:
        """What was decided from one day in Beijing to another, both counted, and what there is now.

        A case counts once, on the day of its latest result and as that says. Counts, shares and ages; nothing of any
        one case, and nothing that would have to be opened.
        """
        with self._database.reading() as connection:
            return overview.overview(connection, since, until, now=self._clock())
