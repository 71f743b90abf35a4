"""What erased runs counted for, so that no metric falls when a child is erased."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what was erased before is not counted."""
    op.create_table(
        "erased_counts",
        sa.Column("metric", sa.String(16), primary_key=True),
        sa.Column("label", sa.String(32), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
