"""The tables of those who decide and of those who run cases again; how a file gets there is written in migrations/."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from pipeline.ledger.columns import UtcTime, metadata

accounts = Table(  # people of the hospital who sign in
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", String(255), nullable=False),  # Argon2id, in PHC form
    Column("made_at", UtcTime, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("locked_until", UtcTime),
    Column("disabled_at", UtcTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("key", String(64), primary_key=True),  # digest of what the cookie holds
    Column("account", ForeignKey("accounts.name"), nullable=False, index=True),
    Column("began_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)

waiting = Table(  # cases that lie before people, one row each; follows from runs and reviews, see waiting.py
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

reviews = Table(  # what people decided, never changed
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("decision_id", String(32), nullable=False, unique=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("run", Integer, nullable=False),  # that was seen
    Column("made_run", Integer),  # that came of it; none where nothing changed
    Column("why", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("agreed", Boolean),  # with the machine, of a blind look
    Column("account", String(64), nullable=False),
    Column("decided_at", UtcTime, nullable=False, index=True),
    Column("verdict", LargeBinary, nullable=False),
)

batches = Table(  # stored cases run again, many at a time
    "batches",
    metadata,
    Column("batch_id", String(32), primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("account", String(64), nullable=False),
    Column("options", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("total", Integer, nullable=False),
    Column("owner", String(255)),
    Column("token", Integer, nullable=False),
    Column("leased_until", UtcTime),
)

batch_items = Table(
    "batch_items",
    metadata,
    Column("batch_id", ForeignKey("batches.batch_id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("submission_id", String(64), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("revision", Integer),
    Column("before", Integer),  # run in force when it was run again
    Column("after", Integer),  # run that replaced it
    Column("failure", String(64)),
    Column("found_by", Text),  # keys of every child that the payload would bring back, with spaces between them
    Column("payload", LargeBinary),  # sealed: what changed, what to put in force, what to restore
    Index("ix_batch_items_state", "batch_id", "state", "number"),
)
