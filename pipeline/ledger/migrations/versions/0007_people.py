"""People who sign in, cases that wait for them, what they decided, and batches of cases that are run again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; whatever waits for a person now lies before people from the start."""
    op.add_column("runs", sa.Column("author", sa.String(64)))
    _accounts()
    _reviews()
    _batches()
    _fill_the_queue()


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
