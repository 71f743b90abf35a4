"""The tables of cases, children and uploads; how a file gets there is written in migrations/."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.ledger.columns import UtcTime, metadata

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
    Column("scans_erased_at", UtcTime),
    Column("sent_again_at", UtcTime),  # after they were
    UniqueConstraint("submission_id", "revision"),
)

case_files = Table(  # which bytes a case has: what else is known of its files is sealed
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
    Column("author", String(64)),  # the account of the person who decided; none of the machine's
    UniqueConstraint("case_id", "ordinal"),
)

run_codes = Table(
    "run_codes",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("code", String(32), primary_key=True, index=True),
)

runs_in_force = Table(  # of each case the run that is its latest result; follows from runs, see counted.py
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

findings_in_force = Table(  # what these runs reject or ask a person for, once a kind of page; no value of a document
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
    Column(
        "version", String(64), nullable=False
    ),  # a number; before there was one, a digest: such content is of another version
    Column("payload", LargeBinary, nullable=False),
    Column("kept_at", UtcTime, nullable=False),
)

# Keys are made of numbers and births under the hospital's secret, see seal.py; nothing of a child stands here in plain.
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

erasures = Table(  # objects that a forgotten child left in the store, until they are gone
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(1024), nullable=False),
    Column("noted_at", UtcTime),  # unknown of those of an older ledger
)

register_check = Table(  # one row: tells a wrong secret before it makes a second register
    "register_check",
    metadata,
    Column("key", String(32), primary_key=True),
)

notifications = Table(  # of the object store, accepted and not yet worked on
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
    Column("identity", String(64), nullable=False, unique=True),  # digest of the four below: long keys outgrow an index
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

audit = Table(  # a chain: each record is bound to the one before, see audit.py
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),  # ISO, as it was signed
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

outbox = Table(  # what is to be told to others, until they have it
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

workers = Table(  # processes that work, as they last said so
    "workers",
    metadata,
    Column("identity", String(255), primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
    Column("engine_restarts", Integer, nullable=False),
)
