"""The audit chain and the figures of those who operate the system: each operation is one transaction."""

from collections.abc import Iterable
from datetime import date, timedelta

from pipeline.ledger import audit, overview
from pipeline.ledger import metrics as figures
from pipeline.ledger.overview_values import Overview
from pipeline.ledger.records import Anchor, AuditRecord, AuditReport, Heartbeat, Metrics
from pipeline.ledger.repositories.on_database import OnDatabase

_SILENT = timedelta(days=1)


class Audit(OnDatabase):
    def audit_trail(self, submission_id: str) -> tuple[AuditRecord, ...]:
        with self._database.reading() as connection:
            return audit.trail(connection, self._seal, submission_id)

    def audit_anchor(self) -> Anchor:
        with self._database.reading() as connection:
            return audit.anchor(connection, self._seal)

    def verify_audit(self, anchors: Iterable[Anchor] = ()) -> AuditReport:
        with self._database.reading() as connection:
            return AuditReport(*audit.problems(connection, self._seal, anchors))


class Operation(OnDatabase):
    def beat(self, identity: str, engine_restarts: int) -> None:
        now = self._clock()
        with self._database.writing() as connection:
            figures.beat(connection, Heartbeat(identity, now, engine_restarts), before=now - _SILENT)

    def figures(self) -> Metrics:
        with self._database.reading() as connection:
            return figures.figures(connection)

    def overview(self, since: date, until: date) -> Overview:
        with self._database.reading() as connection:
            return overview.overview(connection, since, until, now=self._clock())
