"""Cases, runs, readings, children, inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first ledger."""
    _cases()
    _readings()
    _children()
    _inbox()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission_id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("input_digest", sa.String(64), nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("submission_id", "revision"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("finished_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("case_id", "ordinal"),
    )
    op.create_table(
        "run_codes",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("code", sa.String(32), primary_key=True, index=True),
    )


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("key", sa.String(512), primary_key=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime, nullable=False),
    )


def _children() -> None:
    op.create_table(
        "children",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("name_key", sa.String(255), nullable=False),
        sa.Column("sex", sa.String(8), nullable=False),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column("id_number", sa.String(40), unique=True),
        sa.Column("birth_certificate_number", sa.String(40), unique=True),
        sa.Column("mother_id_number", sa.String(40)),
        sa.Column("submission_id", sa.String(64), unique=True),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("registered_at", sa.DateTime, nullable=False),
    )
    op.create_index(None, "children", ["birth_date", "name_key"])


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item_id", sa.String(32), nullable=False, unique=True),
        sa.Column("identity", sa.String(64), nullable=False, unique=True),
        sa.Column("bucket", sa.String(255), nullable=False),
        sa.Column("key", sa.String(1024), nullable=False),
        sa.Column("version", sa.String(255)),
        sa.Column("etag", sa.String(255), nullable=False),
        sa.Column("via", sa.String(16), nullable=False),
        sa.Column("heard_at", sa.DateTime, nullable=False),
        sa.Column("flow_run_id", sa.String(64)),
        sa.Column("dispatched_at", sa.DateTime),
        sa.Column("owner", sa.String(255)),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("leased_until", sa.DateTime),
        sa.Column("due_at", sa.DateTime, index=True),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("submission_id", sa.String(64)),
    )
