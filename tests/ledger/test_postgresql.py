"""A ledger on PostgreSQL: what its URL may say, what goes wrong with a server, and pgbouncer in between."""

import socket
import threading
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from models.errors import LedgerBusyError, LedgerError
from pipeline.ledger.database import Database
from pipeline.ledger.ledger import open_ledger
from tests.support import racing
from tests.support.pgbouncer import pgbouncer
from tests.support.postgres import emptied
from tests.support.processes import free_port
from tests.support.values import SECRET

RACERS, ROUNDS = 4, 10
SECRETS = ("canary", "Geheim", "p%40ss")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("postgresql://u:Geheim@canary@h/d", "write @ as %40", id="an @ in the password"),
        pytest.param("postgresql://u:Geheim@canary/d@h/d", "write @ as %40", id="an @ and a slash"),
        pytest.param("postgresql://u:Geheim@canary?a=b@h/d", "must be", id="an @ and a question mark"),
        pytest.param("postgresql://u:Geheim@h:canary/d", "must be", id="a port that is none"),
        pytest.param("postgresql://u:Geheim@h#canary/d", "write @ as %40", id="a host that is none"),
        pytest.param("postgresql://u%3AGeheim@h/d", "write @ as %40", id="a password within the user"),
        pytest.param("host=h dbname=d password=Geheim", "must be", id="libpq's other form"),
        pytest.param("postgresql://h/d?passwort=Geheim", "passwort", id="a parameter that nobody knows"),
        pytest.param("postgresql://h/d?prepare_threshold=0", "prepare_threshold", id="a parameter of the driver"),
        pytest.param("postgresql://h/d?autocommit=1", "autocommit", id="another one of the driver"),
        pytest.param("postgresql://h/d?dbname=canary", "dbname", id="a second database"),
        pytest.param("postgresql://h/d?sslmode=allow&sslmode=require", "sslmode", id="a parameter twice"),
        pytest.param("postgresql://h/d?client_encoding=GBK", "client_encoding", id="an encoding without every name"),
        pytest.param("sqlite:///ledger.db?timeout=canary", "no parameters", id="parameters of a file"),
    ],
)
def test_a_url_that_cannot_be_obeyed_is_refused_and_not_quoted(url: str, words: str) -> None:
    with pytest.raises(LedgerError, match=words) as caught:
        Database(url, patience=1)
    assert not [secret for secret in SECRETS if secret in "".join(traceback.format_exception(caught.value))]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://u:p%40ss@127.0.0.1:{}/d", id="percent-encoded"),
        pytest.param("postgresql://u%40h%25+:p%40ss@127.0.0.1:{}/d", id="and the user likewise"),
        pytest.param("postgresql://u:Geheim:canary/%3F#x@127.0.0.1:{}/d", id="with : / ? and # in it"),
        pytest.param("postgresql://u@127.0.0.1:{}/d?password=Geheim", id="a parameter"),
        pytest.param("postgresql://u:canary@/d?host=127.0.0.1:{}&password=Geheim", id="several hosts"),
    ],
)
def test_a_password_is_told_by_no_error(url: str) -> None:
    with pytest.raises(LedgerBusyError, match="does not answer") as caught:
        open_ledger(url.format(free_port()), SECRET, patience=2)
    told = "".join(traceback.format_exception(caught.value))
    assert not [secret for secret in (*SECRETS, "p@ss") if secret in told]


@contextmanager
def answering(words: bytes) -> Iterator[int]:
    """A server that answers everything with the same words and hangs up; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                while True:
                    caller, _ = listening.accept()
                    with caller:
                        caller.recv(4096)
                        caller.sendall(words)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def fatal(text: str) -> bytes:
    fields = b"SFATAL\x00C00000\x00M" + text.encode() + b"\x00\x00"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", LedgerError, "is no PostgreSQL", id="a web server"),
        pytest.param(b"SSH-2.0-OpenSSH_9\r\n", LedgerError, "is no PostgreSQL", id="another service"),
        pytest.param(b"", LedgerBusyError, "does not answer", id="hangs up"),
        pytest.param(fatal("the database system is starting up"), LedgerBusyError, "starting", id="starts"),
        pytest.param(fatal("数据库系统正在关闭"), LedgerBusyError, "stopping", id="stops, in Chinese"),
        pytest.param(fatal("sorry, too many clients already"), LedgerBusyError, "no free connection", id="full"),
        pytest.param(fatal('数据库 "timeout" 不存在'), LedgerError, "no such database", id="no database, in Chinese"),
        pytest.param(fatal('role "pg_hba" does not exist'), LedgerError, "our role", id="a role with an odd name"),
        pytest.param(fatal('password authentication failed for user "u"'), LedgerError, "password", id="password"),
        pytest.param(
            fatal('no pg_hba.conf entry for host "::1", user "u", database "d", no encryption'),
            LedgerError,
            "does not let us in from here",
            id="another machine",
        ),
        pytest.param(
            fatal(
                "could not initiate GSSAPI security context: No credentials; FATAL: the database system is starting up"
            ),
            LedgerBusyError,
            "starting",
            id="starts, after a trial of GSSAPI",
        ),
        pytest.param(
            fatal('password authentication failed for user "u"; FATAL: no pg_hba.conf entry for "::1", no encryption'),
            LedgerError,
            "password",
            id="password, and no way in without TLS",
        ),
        pytest.param(
            fatal('GSSAPI authentication failed for user "u"'), LedgerError, "parameters of its URL", id="GSSAPI"
        ),
        pytest.param(
            fatal("mot de passe expiré"), LedgerError, "refused the connection", id="words that nobody foresaw"
        ),
    ],
)
def test_what_a_server_answers_has_a_name(words: bytes, kind: type[LedgerError], told: str) -> None:
    with answering(words) as port, pytest.raises(LedgerError, match=told) as caught:
        open_ledger(f"postgresql://u:{SECRETS[0]}@127.0.0.1:{port}/d?sslmode=disable", SECRET, patience=2)
    assert type(caught.value) is kind
    assert "canary" not in "".join(traceback.format_exception(caught.value))


@pytest.fixture
def prepared(postgres_url: str, postgres_server: str) -> Iterator[str]:
    """A server with what the table below names: a role that may nothing, a database of another encoding."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS ascii")
        connection.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        connection.execute("DROP ROLE IF EXISTS poor")
        connection.execute("CREATE ROLE poor LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")  # and no CREATE, as in a new database
    yield postgres_server
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE ascii")


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("place", "told"),
    [
        pytest.param("postgres@{}/nowhere", "no such database", id="no database"),
        pytest.param("stranger@{}/postgres", "our role", id="no role"),
        pytest.param("postgres@{}/postgres?sslmode=require", "do not agree on TLS", id="no TLS"),
        pytest.param("postgres@{}/postgres?sslmode=strong", "parameters of its URL", id="no such sslmode"),
        pytest.param("postgres@{}/postgres?connect_timeout=long", "parameters of its URL", id="a timeout in words"),
        pytest.param("postgres@{}/postgres?options=-cnothing%3D1", "parameters of its URL", id="no such option"),
        pytest.param("postgres@{}/postgres?options=-csearch_path%3Dnone", "search path", id="no such schema"),
        pytest.param("postgres@{}/postgres?service=none", "parameters of its URL", id="no such service"),
        pytest.param("postgres@{}/ascii", "encoded as SQL_ASCII", id="an encoding without every name"),
        pytest.param("poor@{}/postgres", "what it must", id="a role that may nothing"),
        pytest.param(
            "postgres@{}/postgres?options=-cdefault_transaction_read_only%3Don", "is read-only", id="read-only"
        ),
    ],
)
def test_a_lasting_fault_of_a_real_server_is_named(prepared: str, place: str, told: str) -> None:
    with pytest.raises(LedgerError, match=told) as caught:
        open_ledger("postgresql://" + place.format(prepared.partition("@")[2]), SECRET, patience=2)
    assert not caught.value.retryable


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("option", "lock_timeout"),
    [
        pytest.param("-clock_timeout%3D1234", "1234ms", id="its own"),
        pytest.param("--lock-timeout%3D1234", "1234ms", id="its own, with hyphens"),
        pytest.param("-c%20deadlock_timeout%3D7s", "5s", id="one of a like name"),
    ],
)
def test_the_urls_own_parameters_are_obeyed(postgres_url: str, option: str, lock_timeout: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS intake CASCADE")
        connection.execute("CREATE SCHEMA intake")
    options = f"-csearch_path%3Dintake%20{option}"
    database = Database(f"{postgres_url}?options={options}&application_name=ours", patience=5)
    with database.writing() as connection:
        names = ("search_path", "lock_timeout", "application_name", "idle_in_transaction_session_timeout")
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]
    database.close()
    assert found == ["intake", lock_timeout, "ours", "1min"]


@pytest.mark.postgres
def test_a_ledger_behind_pgbouncer_is_made_and_raced_for_as_without(postgres_server: str) -> None:
    with pgbouncer(emptied(postgres_server, "pooled"), mode="transaction") as url:
        open_ledger(url, SECRET).close()
        endings = racing.race(url, racing.conclude_with_id_number, racers=RACERS, rounds=ROUNDS)
        told = [Counter(ending.said for ending in endings if ending.turn == turn) for turn in range(ROUNDS)]
        assert told == [Counter(registered=1, ChildExistsError=RACERS - 1)] * ROUNDS
        with pytest.raises(LedgerError, match="no such database") as caught:
            open_ledger(url.replace("/pooled", "/nowhere"), SECRET, patience=2)
        assert not caught.value.retryable
        with pytest.raises(LedgerError, match="takes no `options`"):
            open_ledger(f"{url}?options=-csearch_path%3Dx", SECRET, patience=2)


@pytest.mark.postgres
def test_statement_pooling_is_refused_by_name(postgres_server: str) -> None:
    behind = emptied(postgres_server, "pooled")
    with pgbouncer(behind, mode="statement") as url, pytest.raises(LedgerError, match="pool_mode = state") as caught:
        open_ledger(url, SECRET, patience=2)
    assert not caught.value.retryable
