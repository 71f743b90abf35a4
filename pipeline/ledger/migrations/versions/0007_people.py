"""People who sign in, cases that wait for them, what they decided, and batches of cases that are run again."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from pipeline.ledger.value_encryption import AssociatedData as purposes
from pipeline.ledger.value_encryption import Seal

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_Row = sa.Row[*tuple[Any, ...]]
_BATCH = 200  # results
_IN_FORCE = """
    INSERT INTO runs_in_force (run_id, submission_id, day, decision, by_person, version)
    SELECT id, submission_id, {day}, decision, false, version FROM (
        SELECT runs.id, cases.submission_id, finished_at, decision, version, row_number() OVER (
            PARTITION BY cases.submission_id ORDER BY cases.revision DESC, runs.ordinal DESC) AS place
        FROM runs JOIN cases ON cases.id = runs.case_id) AS placed
    WHERE place = 1
"""
_DAYS = {"sqlite": "date(finished_at, '+8 hours')", "postgresql": "CAST(finished_at + interval '8 hours' AS date)"}
_RESULTS = (
    "SELECT runs.id, cases.submission_id, revision, ordinal, result, day FROM runs_in_force"
    " JOIN runs ON runs.id = run_id JOIN cases ON cases.id = case_id"
    f" WHERE run_id > :last ORDER BY run_id LIMIT {_BATCH}"
)
_FOUND = (
    "INSERT INTO findings_in_force (run_id, page_kind, code, reason, day)"
    " VALUES (:run_id, :page_kind, :code, :reason, :day)"
)


def upgrade() -> None:
    """Make the tables; whatever waits for a person now lies before people from the start."""
    op.add_column("runs", sa.Column("author", sa.String(64)))
    _accounts()
    _reviews()
    _batches()
    _fill_the_queue()
    _counts()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime),
        sa.Column("disabled_at", sa.DateTime),
    )
    op.create_table(
        "sessions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(64), sa.ForeignKey("accounts.name"), nullable=False, index=True),
        sa.Column("began_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
    )


def _reviews() -> None:
    op.create_table(
        "waiting",
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("submission_id", sa.String(64), nullable=False, unique=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("code", sa.String(32)),
        sa.Column("reason", sa.String(32)),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("held_until", sa.DateTime),
    )
    op.create_index("ix_waiting_order", "waiting", ["escalated", "priority", "since", "case_id"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("decision_id", sa.String(32), nullable=False, unique=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("made_run", sa.Integer),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("agreed", sa.Boolean),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False, index=True),
        sa.Column("verdict", sa.LargeBinary, nullable=False),
    )


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("batch_id", sa.String(32), primary_key=True),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(255)),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("leased_until", sa.DateTime),
    )
    op.create_table(
        "batch_items",
        sa.Column("batch_id", sa.String(32), sa.ForeignKey("batches.batch_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("submission_id", sa.String(64), nullable=False, index=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("before", sa.Integer),
        sa.Column("after", sa.Integer),
        sa.Column("failure", sa.String(64)),
        sa.Column("found_by", sa.Text),
        sa.Column("payload", sa.LargeBinary),
    )
    op.create_index("ix_batch_items_state", "batch_items", ["batch_id", "state", "number"])


def _fill_the_queue() -> None:
    """Latest runs of latest revisions that wait for a person; the code by which they are listed is any that they have."""
    op.execute(
        """
        INSERT INTO waiting (case_id, submission_id, revision, run, why, code, priority, escalated, since)
        SELECT cases.id, cases.submission_id, cases.revision, runs.ordinal, 'review',
               (SELECT min(run_codes.code) FROM run_codes WHERE run_codes.run_id = runs.id), 2, false, runs.finished_at
        FROM cases JOIN runs ON runs.case_id = cases.id
        WHERE runs.decision = 'review'
          AND cases.revision = (SELECT max(revision) FROM cases AS later WHERE later.submission_id = cases.submission_id)
          AND runs.ordinal = (SELECT max(ordinal) FROM runs AS later WHERE later.case_id = cases.id)
        """
    )


def _counts() -> None:
    """Make what overviews are counted from, and note in it which runs are in force and what they found."""
    op.create_table(
        "runs_in_force",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
        sa.Column("submission_id", sa.String(64), nullable=False, unique=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("by_person", sa.Boolean, nullable=False),
        sa.Column("version", sa.String(64), nullable=False, index=True),
    )
    op.create_index("ix_runs_in_force_day", "runs_in_force", ["day", "decision", "by_person", "run_id"])
    op.create_table(
        "findings_in_force",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("page_kind", sa.String(32), primary_key=True),
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("reason", sa.String(32), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
    )
    op.create_index("ix_findings_in_force_page_kind", "findings_in_force", ["page_kind", "code", "reason", "day"])
    op.execute(_IN_FORCE.format(day=_DAYS[op.get_bind().dialect.name]))
    seal = context.config.attributes["seal"]
    for rows in _results():
        if found := [one for row in rows for one in _findings(seal, row)]:
            op.get_bind().execute(sa.text(_FOUND), found)


def _results() -> Iterator[Sequence[_Row]]:
    """The results in force, some at a time."""
    rows = op.get_bind().execute(sa.text(_RESULTS), {"last": 0}).all()
    while rows:
        yield rows
        rows = op.get_bind().execute(sa.text(_RESULTS), {"last": rows[-1].id}).all()


def _findings(seal: Seal, row: _Row) -> Iterator[dict[str, object]]:
    about = purposes.of_run(row.submission_id, row.revision, row.ordinal)
    findings = json.loads(seal.decrypt(bytes(row.result), about))["findings"]
    weighty = [one for one in findings if one["severity"] != "warning"]
    for page_kind, code, reason in sorted({(one["page_kind"] or "", one["code"], one["reason"]) for one in weighty}):
        yield {"run_id": row.id, "page_kind": page_kind, "code": code, "reason": reason, "day": row.day}
