"""When the flows that run by the clock last ended well is kept, so that one that does not run is missed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "upkeep",
        sa.Column("flow", sa.String(32), primary_key=True),
        sa.Column("ended_at", sa.DateTime, nullable=False),
    )
