"""Names for what can go wrong with PostgreSQL or a pooler: from a statement's code, or from the words of a refusal.

Source:
    PostgreSQL, appendix A "Error Codes", and its messages in English and Chinese; libpq; pgbouncer.
"""

import re
from typing import Final, NamedTuple

from sqlalchemy import exc

from models.errors import LedgerBusyError, LedgerError

_LONGEST_QUOTE: Final = 200  # characters of a server's own words
_PREFIX: Final = re.compile(
    r'connection (failed|is bad): |connection to server at "[^"]*"( \([^)]*\))?, port \d+ failed: '
)
_QUOTED: Final = re.compile(r'"[^"]*"|“[^”]*”|\'[^\']*\'')  # names, which may be any words


class _Fault(NamedTuple):
    """What the words or the code of a refusal mean, and what to do; a passing one is worth another try."""

    pattern: re.Pattern[str]
    what: str
    hint: str
    passing: bool = False


def _fault(pattern: str, what: str, hint: str, *, passing: bool = False) -> _Fault:
    return _Fault(re.compile(pattern, re.IGNORECASE), what, hint, passing)


_PARAMETERS: Final = (
    "cannot be opened with the parameters of its URL",
    "correct them in INTAKE_LEDGER_URL, or PG... variables in the environment.",
)
_PASSWORD: Final = (
    "refuses our role's password",
    "correct the password in INTAKE_LEDGER_URL, percent-encoded, or how pg_hba.conf lets the role in.",
)
# Refusals to connect have no code, only words: of libpq in English, of the server in its own language. libpq tries
# addresses, TLS and GSSAPI in turn and tells of every trial: what passes goes before what only one trial met.
_WORDS: Final = (
    _fault(
        r"configuration parameter|(invalid|bad) .*(value|option)|bad value|definition of service|service file"
        r"|command-line argument",
        *_PARAMETERS,
    ),
    _fault(
        r"starting up|shutting down|recovery (mode|state)|not yet accepting"
        r"|正在启动|正在关闭|恢复模式|正在啟動|正在關閉",
        "is starting or stopping",
        "trying again helps.",
        passing=True,
    ),
    _fault(
        r"too many (clients|connections)|connection slots|no more connections|太多的客户|过多的连接|query_wait_timeout",
        "has no free connection",
        "trying again helps; else raise the server's or the pooler's limit of connections.",
        passing=True,
    ),
    _fault(
        r"server_login_retry|cannot connect to server|server login failed|login_timeout|server conn crashed",
        "is behind a pooler that does not reach PostgreSQL",
        "trying again helps once PostgreSQL runs; else check what the pooler's log says.",
        passing=True,
    ),
    _fault(
        r"session is (not )?read-only|hot standby",
        "has no server of the kind that target_session_attrs asks for",
        "trying again helps after a switch-over; else correct INTAKE_LEDGER_URL.",
        passing=True,
    ),
    _fault(
        r"resolve host|translate host name|Name or service",
        "has a host without an address",
        "check the host in INTAKE_LEDGER_URL, and name resolution.",
        passing=True,
    ),
    _fault(
        r"Connection refused|timeout|No route|unreachable|reset by peer|closed the connection|No such file|Broken pipe"
        r"|connection is (closed|lost)|terminating connection|could not (receive|send)|timed out|EOF",
        "does not answer",
        "check that PostgreSQL runs at the host and port of INTAKE_LEDGER_URL; trying again helps.",
        passing=True,
    ),
    _fault(
        r"expected authentication request|invalid response|unexpected response|unsupported protocol|protocol version",
        "is no PostgreSQL: something else answers at its address",
        "check host and port in INTAKE_LEDGER_URL.",
    ),
    _fault(r"GSSAPI(?! security context)|channel binding|method requirement", *_PARAMETERS),
    _fault(r"password (authentication failed|认证失败|認證失敗)", *_PASSWORD),
    _fault(
        r"pg_hba",
        "does not let us in from here",
        "add this machine, the role and the database to pg_hba.conf; where it asks for TLS, set sslmode in the URL.",
    ),
    _fault(
        r"does not support SSL|SSL was required|SSL connection is required|without SSL|no encryption|SSL off|SSL 关闭"
        r"|没有加密|sslmode .*(weak|invalid)",
        "and INTAKE_LEDGER_URL do not agree on TLS",
        "turn TLS on at the server, or set sslmode in the URL to what the server offers.",
    ),
    _fault(
        r"certificate|SSL error|\btls\b|sslrootcert",
        "has no trusted TLS certificate",
        "give the CA by sslrootcert in the URL, and check the names and dates of the certificates.",
    ),
    _fault(
        r"no such database|database .*does not exist|数据库.*不存在|資料庫.*不存在|not currently accepting connections",
        "has no such database",
        "create it (CREATE DATABASE), or correct the name in INTAKE_LEDGER_URL.",
    ),
    _fault(
        r"no such user|role .*does not exist|角色.*不存在|not permitted to log ?in|permission denied for database",
        "does not know or does not admit our role",
        "create the role with LOGIN and grant it the database, or correct the user in INTAKE_LEDGER_URL.",
    ),
    _fault(r"authentication failed|password|SASL|SCRAM|auth failed|认证失败|認證失敗", *_PASSWORD),
    _fault(
        r"startup parameter",
        "is behind a pooler that takes no `options`",
        "remove options from INTAKE_LEDGER_URL, or name them in pgbouncer's ignore_startup_parameters.",
    ),
    _fault(r"bouncer config", "is behind a pooler whose configuration is wrong", "see the pooler's log."),
    _fault(
        r"statement pooling",
        "is behind pgbouncer with pool_mode = statement, which knows no transactions",
        "set pool_mode = transaction or session.",
    ),
    _fault(r"GSSAPI", *_PARAMETERS),
)
READ_ONLY: Final = _fault(
    r"25006",
    "is read-only: a standby, or set so",
    "name the primary in INTAKE_LEDGER_URL, or add target_session_attrs=read-write.",
)
# What statements are refused for has a code; the first pattern that fits counts.
_CODES: Final = (
    _fault(r"53100", "is on a full disk", "free some space; trying again helps.", passing=True),
    _fault(r"53|08(?!P01)|57|58030", "does not answer", "trying again helps.", passing=True),
    _fault(r"40|55P03|55006|25P03", "is locked", "trying again helps.", passing=True),
    READ_ONLY,
    _fault(
        r"42501",
        "does not let our role do what it must",
        "make it the owner of its database, or GRANT USAGE, CREATE ON SCHEMA and all rights on the tables.",
    ),
    _fault(
        r"3F000",
        "has no schema of the search path that our role may use",
        "create it and GRANT USAGE, CREATE on it, or correct search_path in INTAKE_LEDGER_URL.",
    ),
    _fault(
        r"26000|42P05",
        "is behind a pooler that mixes up prepared statements",
        "set pool_mode = transaction or session at pgbouncer, and prepare_threshold nowhere.",
    ),
    _fault(r"XX00[12]", "is damaged", "stop the service, and restore a backup."),
)
_REFUSED: Final = _fault(r"", "refused the connection", "see the log of its server.")
_BEGINNING: Final = ("08", "28", "3D")  # codes of a connection or session that only begins


def named_error(place: str, error: exc.DBAPIError) -> LedgerError:
    """Our error for one of PostgreSQL; LedgerBusyError where trying again helps."""
    code = getattr(error.orig, "sqlstate", None) or ""
    found = next((one for one in _CODES if code and one.pattern.match(code)), None)
    if found is not None:
        return error_of(place, found)
    # A driver that cannot even connect has no statement; of a statement it may quote values.
    ending = isinstance(error, exc.OperationalError | exc.InterfaceError) and (not code or code.startswith(_BEGINNING))
    if error.statement is not None and not ending:
        return LedgerError(f"The ledger {place} refused a statement ({type(error.orig).__name__}).")
    text = _said(error)
    words = _QUOTED.sub("", text)
    return error_of(place, next((one for one in _WORDS if one.pattern.search(words)), _REFUSED), text)


def error_of(place: str, fault: _Fault, text: str = "") -> LedgerError:
    """The error for a fault of the ledger at `place`; `text` is what its server said."""
    said = f" ({text[:_LONGEST_QUOTE]})" if text else ""
    kind = LedgerBusyError if fault.passing else LedgerError
    return kind(f"The ledger {place} {fault.what}{said}", hint=fault.hint)


def _said(error: exc.DBAPIError) -> str:
    """The server's own words about a connection, in one line: they name hosts, roles and databases, and no values."""
    return " ".join(_PREFIX.sub("", str(error.orig)).split())
