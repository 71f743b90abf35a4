"""When the scans of a case were erased and sent again, and since when objects are to be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("cases", sa.Column("scans_erased_at", sa.DateTime))
    op.add_column("cases", sa.Column("sent_again_at", sa.DateTime))
    op.add_column("erasures", sa.Column("noted_at", sa.DateTime))
