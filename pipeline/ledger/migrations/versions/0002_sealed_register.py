"""The register under keys and sealed; content of cases; what it takes to forget a child."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op

from models.register import KnownChild
from pipeline.ledger.repositories.children import encrypted_values as sealed_values

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Seal the register, and make the new tables."""
    known = _known_children()
    op.drop_table("children")
    _children()
    _fill(known)
    _contents()
    _forgetting()


def _known_children() -> list[tuple[KnownChild, datetime]]:
    rows = op.get_bind().execute(sa.text("SELECT * FROM children ORDER BY id")).mappings()
    return [(_child(row), _moment(row["registered_at"])) for row in rows]


def _child(row: sa.RowMapping) -> KnownChild:
    values = {key: row[key] for key in KnownChild.model_fields}
    return KnownChild.model_validate(values | {"withdrawn": bool(row["withdrawn"])})


def _moment(stored: str | datetime) -> datetime:
    """SQLite hands text on where the type of a column is not named."""
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)


def _fill(known: list[tuple[KnownChild, datetime]]) -> None:
    seal = context.config.attributes["seal"]
    table = sa.table("children", *(sa.column(name) for name in _COLUMNS))
    for child, moment in known:
        values = sealed_values(seal, child, child.submission_id, now=moment.replace(tzinfo=UTC))
        op.get_bind().execute(sa.insert(table).values(**values | {"registered_at": moment}))


_COLUMNS = ("id_key", "certificate_key", "birth_key", "delivery_key", "submission_id", "sealed", "registered_at")


def _children() -> None:
    op.create_table(
        "children",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("id_key", sa.String(32), unique=True),
        sa.Column("certificate_key", sa.String(32), unique=True),
        sa.Column("birth_key", sa.String(32), nullable=False, index=True),
        sa.Column("delivery_key", sa.String(32), index=True),
        sa.Column("submission_id", sa.String(64), unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("registered_at", sa.DateTime, nullable=False),
    )


def _contents() -> None:
    op.create_table(
        "contents",
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("engine", sa.String(512), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime, nullable=False),
    )


def _forgetting() -> None:
    op.create_table(
        "case_keys",
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True, index=True),
    )
    op.create_table(
        "forgotten",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("forgotten_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(1024), nullable=False),
    )
    op.create_table("register_check", sa.Column("key", sa.String(32), primary_key=True))
