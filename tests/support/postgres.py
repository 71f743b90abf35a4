"""A PostgreSQL server of our own: one cluster a session, one database, emptied for each test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.support.processes import answers, demand, free_port, run, server, wait_until

USER = "postgres"
_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path("/usr/bin")]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running server, without a database."""
    with running_postgres() as url:
        yield url


@contextmanager
def running_postgres(*, tls: Path | None = None) -> Iterator[str]:
    """A server of our own, for as long as the block lasts; its URL without a database.

    `tls` holds a certificate and its key, where clients may ask for TLS.
    """
    binaries = _PROGRAMS[-1]
    demand(["setpriv", str(binaries / "initdb"), str(binaries / "postgres")], "INTAKE_REQUIRE_POSTGRES", "postgresql")
    with tempfile.TemporaryDirectory(prefix="intake-postgres-") as folder:
        data, port = Path(folder, "data"), free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)  # PostgreSQL refuses to run as root
        run([str(binaries / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "-N"], user=USER)
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        if tls is not None:
            mine = Path(shutil.copy(tls, Path(folder, "server.pem")))
            mine.chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(mine, USER, USER)
            settings |= {"ssl": "on", "ssl_cert_file": str(mine), "ssl_key_file": str(mine)}
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with server([str(binaries / "postgres"), "-D", str(data), *words], Path(folder, "log"), user=USER):
            url = f"postgresql://{USER}@127.0.0.1:{port}"
            wait_until(lambda: answers(port) and _is_ready(url), "PostgreSQL")
            yield url


def _is_ready(url: str) -> bool:
    """Its port is open before it takes anybody in."""
    try:
        psycopg.connect(f"{url}/postgres", connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of a database that is empty; emptying is a hundred times faster than making one."""
    url = f"{postgres_server}/postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


def emptied(server: str, name: str) -> str:
    """The URL of a database with this name on a server, made anew."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"
