"""A ledger on PostgreSQL, directly or behind pgbouncer: its URL and its engine.

Nothing here outlives a transaction at the server, because a pooler may give each transaction another session: limits
are set within the transaction, and no statement is prepared.

Source:
    libpq, "Parameter Key Words"; pgbouncer(5), `pool_mode`.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event

from models.errors import LedgerError
from pipeline.ledger.postgresql_faults import READ_ONLY, error_of

_IDLE_MS: Final = 60_000  # a transaction that idles longer loses its locks with its session
_NOT_OURS: Final = frozenset({"dbname", "replication", "fallback_application_name"})  # of libpq, and never in our URL
_HOST: Final = re.compile(r"[\w.:%/\[\]-]*")
_USER: Final = re.compile(r"[^:/?#\s]*")
_UTF8: Final = frozenset({"utf8", "utf-8", "unicode"})


def refuse_unfit(connection: Connection, place: str) -> None:
    """Refuse a database that cannot keep every name, or cannot be written.

    Raises:
        LedgerError: Its encoding is not UTF8, or it is read-only.
    """
    encoding, read_only = connection.exec_driver_sql(
        "SELECT current_setting('server_encoding'),"
        " pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
    ).one()
    if encoding != "UTF8":
        raise LedgerError(
            f"The ledger {place} is encoded as {encoding}, which cannot hold every name",
            hint="create its database with ENCODING 'UTF8' TEMPLATE template0.",
        )
    if read_only:
        raise error_of(place, READ_ONLY)


def place_of(url: URL) -> str:
    """A URL for messages: without its password and its parameters."""
    user = f"{url.username}{':***' if url.password else ''}@" if url.username else ""
    hosts = url.normalized_query.get("host", ()) or (url.host or "",)
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{','.join(hosts)}{port}/{url.database}"


def refuse_ambiguous(raw: str, url: URL) -> None:
    """Refuse a URL whose password, as it is written, ends elsewhere than its author meant.

    Raises:
        LedgerError: The text quotes nothing of the URL.
    """
    hosts = (url.host or "", *url.normalized_query.get("host", ()))
    plain = all(_HOST.fullmatch(host) for host in hosts) and _USER.fullmatch(url.username or "")
    if raw.count("@") > 1 or not plain or "@" in (url.database or ""):
        raise LedgerError(
            "The ledger's URL cannot be told apart into user, password, host and database",
            hint="in a password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25; in a user name "
            "write @ and % so, and none of the others.",
        )


def postgres_engine(url: URL, patience: float) -> Engine:
    """An engine whose every transaction has limits, and which obeys the URL's own parameters.

    Raises:
        LedgerError: A parameter is none of libpq's, or none that a ledger can obey; the text quotes no value.
    """
    given = _parameters(url)
    limits = {"lock_timeout": round(patience * 1000), "idle_in_transaction_session_timeout": _IDLE_MS}
    chosen = str(given.get("options", ""))
    ours = "; ".join(f"SET LOCAL {name} = {value}" for name, value in limits.items() if not _sets(chosen, name))
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "connect_timeout": max(2, round(patience)),
            **given,
            "client_encoding": "UTF8",
            "prepare_threshold": None,
        },
        pool_pre_ping=True,
        pool_timeout=patience,
        hide_parameters=True,
    )
    if ours:
        event.listen(engine, "begin", partial(_limit, ours))
    return engine


def _sets(options: str, name: str) -> bool:
    """Whether libpq's `options` set a parameter of the server: -c name=…, -cname=…, --name=…, also with hyphens."""
    return re.search(rf"(?:^|\s)(?:-c\s*|--){name.replace('_', '[-_]')}\s*=", options, re.IGNORECASE) is not None


def _limit(limits: str, connection: Connection) -> None:
    connection.exec_driver_sql(limits)


def _parameters(url: URL) -> Mapping[str, Any]:
    """The parameters of a URL but for its hosts, which SQLAlchemy joins."""
    from psycopg import pq

    known = {one.keyword.decode() for one in pq.Conninfo.get_defaults()} - _NOT_OURS
    for name, values in url.normalized_query.items():
        if name not in known or (len(values) > 1 and name not in {"host", "port"}):
            shown = name if name.isidentifier() else "of this name"
            raise LedgerError(
                f"The ledger's URL has a parameter {shown} that cannot be obeyed",
                hint="use libpq's parameters, each once; the ledger prepares no statements, and its database stands "
                "in front of the question mark.",
            )
    encoding = url.query.get("client_encoding", "utf8")
    if str(encoding).lower() not in _UTF8:
        raise LedgerError("The ledger's URL asks for another client_encoding than UTF8", hint="remove it.")
    return {name: value for name, value in url.query.items() if name not in {"host", "port"}}
