"""The tables of cases, their results and their reviews, and what all tables share; migrations/ makes them."""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A time, stored as UTC without a zone in every database alike; naive times are refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        """Take the zone off."""
        if value is not None and value.tzinfo is None:
            raise ValueError("The ledger takes times with a zone only.")
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        """Put the zone back on."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(naming_convention=NAMING)

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("input_digest", String(64), nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("arrived_at", UtcTime),  # NULL in rows of older ledgers, whose cases arrived when they were opened
    Column("scans_erased_at", UtcTime),
    Column("sent_again_at", UtcTime),  # after they were erased
    UniqueConstraint("submission_id", "revision"),
)

case_files = Table(  # which bytes a case has; all else about its files is encrypted
    "case_files",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("digest", String(64), primary_key=True, index=True),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("version", String(64), nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("finished_at", UtcTime, nullable=False),
    Column("author", String(64)),  # the account of the person who decided; NULL for the machine
    UniqueConstraint("case_id", "ordinal"),
)

run_codes = Table(
    "run_codes",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("code", String(32), primary_key=True, index=True),
)

runs_in_force = Table(  # of each case the run that is its latest result; follows from runs, see recording.py
    "runs_in_force",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("submission_id", String(64), nullable=False, unique=True),
    Column("day", Date, nullable=False),  # on which it ended, in Beijing
    Column("decision", String(16), nullable=False),
    Column("by_person", Boolean, nullable=False),
    Column("version", String(64), nullable=False, index=True),
    Index("ix_runs_in_force_day", "day", "decision", "by_person", "run_id"),
)

findings_in_force = Table(  # why these runs reject or ask for a person, by kind of page; no value of a document
    "findings_in_force",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("page_kind", String(32), primary_key=True),  # "" where a finding points at no page
    Column("code", String(32), primary_key=True),
    Column("reason", String(32), primary_key=True),
    Column("day", Date, nullable=False),
    Index("ix_findings_in_force_page_kind", "page_kind", "code", "reason", "day"),
)

readings = Table(
    "readings",
    metadata,
    Column("key", String(512), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("kept_at", UtcTime, nullable=False),
)

contents = Table(
    "contents",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("engine", String(512), nullable=False),
    Column("version", String(64), nullable=False),  # a number; in older ledgers a digest, which equals no version
    Column("payload", LargeBinary, nullable=False),
    Column("kept_at", UtcTime, nullable=False),
)

# Keys are HMACs of numbers and births under the hospital's secret; nothing about a child is stored in plain text.
children = Table(
    "children",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("id_key", String(32), unique=True),
    Column("certificate_key", String(32), unique=True),
    Column("birth_key", String(32), nullable=False, index=True),
    Column("delivery_key", String(32), index=True),
    Column("submission_id", String(64), unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("registered_at", UtcTime, nullable=False),
)

case_keys = Table(
    "case_keys",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("key", String(32), primary_key=True, index=True),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("forgotten_at", UtcTime, nullable=False),
)

erasures = Table(  # objects that are to be erased from the store
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(1024), nullable=False),
    Column("noted_at", UtcTime),  # NULL in rows of older ledgers
)

register_check = Table(  # one row: a wrong secret is detected before it writes anything
    "register_check",
    metadata,
    Column("key", String(32), primary_key=True),
)

waiting = Table(  # the review queue, one row for each case; follows from runs and reviews, see queue.py
    "waiting",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("submission_id", String(64), nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("run", Integer, nullable=False),
    Column("why", String(16), nullable=False),
    Column("code", String(32)),
    Column("reason", String(32)),
    Column("priority", Integer, nullable=False),
    Column("escalated", Boolean, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("owner", String(64)),
    Column("held_until", UtcTime),
    Index("ix_waiting_order", "escalated", "priority", "since", "case_id"),
)

reviews = Table(  # people's decisions, never changed
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("decision_id", String(32), nullable=False, unique=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("run", Integer, nullable=False),  # that the person saw
    Column("made_run", Integer),  # that came of it; NULL where nothing changed
    Column("why", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("agreed", Boolean),  # with the machine, in a blind review
    Column("account", String(64), nullable=False),
    Column("decided_at", UtcTime, nullable=False, index=True),
    Column("verdict", LargeBinary, nullable=False),
)
