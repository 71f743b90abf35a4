"""The tables of uploads, messages, the audit chain, accounts and batches; migrations/ makes them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from pipeline.ledger.tables import UtcTime, metadata

notifications = Table(  # of the object store, acknowledged and not yet processed
    "notifications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", String(32), nullable=False, unique=True),
    Column(
        "identity", String(64), nullable=False, unique=True
    ),  # digest of the four below: long keys are too long for an index
    Column("bucket", String(255), nullable=False),
    Column("key", String(1024), nullable=False),
    Column("version", String(255)),
    Column("etag", String(255), nullable=False),
    Column("via", String(16), nullable=False),
    Column("heard_at", UtcTime, nullable=False),
    Column("flow_run_id", String(64)),
    Column("dispatched_at", UtcTime),
    Column("owner", String(255)),
    Column("token", Integer, nullable=False),
    Column("leased_until", UtcTime),
    Column("due_at", UtcTime, index=True),
    Column("finished_at", UtcTime),
    Column("submission_id", String(64)),
)

outbox = Table(  # messages for other systems, until they are delivered
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(40), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("data", Text, nullable=False),
    Column("noted_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, index=True),
    Column("attempts", Integer, nullable=False),
    Column("failure", String(64)),
    Column("told_at", UtcTime),
)

audit = Table(  # a chain: each record has a MAC over the one before, see repositories/base.py
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),  # ISO 8601, as the MAC covers it
    Column("kind", String(32), nullable=False),
    Column("subject", String(32), index=True),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(  # one row: where the chain ends
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
)

workers = Table(  # the last heartbeat of each worker process
    "workers",
    metadata,
    Column("identity", String(255), primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
    Column("engine_restarts", Integer, nullable=False),
)

upkeep = Table(  # the flows that run by the clock
    "upkeep",
    metadata,
    Column("flow", String(32), primary_key=True),
    Column("ended_at", UtcTime, nullable=False),  # well, the last time; until then since when it is expected
)

erased_counts = Table(  # how many runs that were erased had a decision or a code: counters never fall
    "erased_counts",
    metadata,
    Column("metric", String(16), primary_key=True),  # decision or code
    Column("label", String(32), primary_key=True),
    Column("count", Integer, nullable=False),
)

accounts = Table(  # staff of the hospital who sign in
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", String(255), nullable=False),  # Argon2id, in PHC form
    Column("made_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
)

sign_in_failures = Table(  # wrong passwords in a row
    "sign_in_failures",
    metadata,
    Column("account", ForeignKey("accounts.name"), primary_key=True),
    Column("address", String(64), primary_key=True),  # of the client that tried
    Column("failures", Integer, nullable=False),
    Column("failed_at", UtcTime, nullable=False),  # the last one
    Column("locked_until", UtcTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("key", String(64), primary_key=True),  # digest of the cookie's secret
    Column("account", ForeignKey("accounts.name"), nullable=False, index=True),
    Column("began_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
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
    Column("found_by", Text),  # keys of every child that the payload would register again, separated by spaces
    Column("payload", LargeBinary),  # encrypted: what changed, what to put in force, what to restore
    Index("ix_batch_items_state", "batch_id", "state", "number"),
)
