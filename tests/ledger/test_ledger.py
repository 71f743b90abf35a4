"""What one kind of ledger can get wrong: files, schemas, settings, and the texts of errors."""

import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from models.case import Conclusion
from models.errors import LedgerBusyError, LedgerError
from models.register import RegisterQuery
from pipeline.ledger.database import Database
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.schema import VERSION_TABLE, alembic_config, bring_up_to_date
from pipeline.ledger.tables import metadata
from pipeline.ledger.value_encryption import Seal
from tests.support.processes import free_port
from tests.support.values import FILES, SECRET, child, read_page, result, submission


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{path}", SECRET)
    case = opened.cases.open(submission("s-1"), FILES, "d")
    opened.cases.conclude(Conclusion(case, result(case), child("1")))
    opened.readings.keep("k", read_page())
    yield opened
    opened.close()


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_the_files_are_their_owners_alone(ledger: Ledger, path: Path) -> None:
    assert {file.suffix: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {
        ".db": "0o600",
        ".db-wal": "0o600",
        ".db-shm": "0o600",
    }
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        pytest.param("journal_mode", "wal", id="readers do not wait for writers"),
        pytest.param("synchronous", 2, id="a power cut loses nothing"),
        pytest.param("foreign_keys", 1, id="no run without a case"),
        pytest.param("secure_delete", 1, id="what is forgotten is overwritten"),
        pytest.param("busy_timeout", 1500, id="patience"),
    ],
)
def test_settings_in_force(path: Path, pragma: str, value: object) -> None:
    database = Database(f"sqlite:///{path}", patience=1.5)
    with database.reading() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value
    database.close()


LEAVE_WAL = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('PRAGMA journal_mode=DELETE')"


def test_a_second_opening_lets_go_of_no_lock_of_the_first(ledger: Ledger, path: Path) -> None:
    assert ledger.cases.get("s-1").revision == 1
    second = open_ledger(f"sqlite:///{path}", SECRET)  # to open and close the file would drop every lock on it
    other = subprocess.run([sys.executable, "-c", LEAVE_WAL, path], capture_output=True, text=True, check=False)
    assert "database is locked" in other.stderr
    second.close()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("ledger.db", id="a path"),
        pytest.param("sqlite://", id="memory"),
        pytest.param("sqlite:///:memory:", id="memory by name"),
        pytest.param("mysql://host/name", id="a database that we do not know"),
        pytest.param("postgresql://host", id="a server without a database"),
    ],
)
def test_a_url_that_names_no_ledger_is_refused(url: str) -> None:
    with pytest.raises(LedgerError, match=r"sqlite:///FILE or postgresql://USER@HOST/NAME"):
        open_ledger(url, SECRET)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_bytes(b"")
    with pytest.raises(LedgerError, match="check its folder"):
        open_ledger(f"sqlite:///{tmp_path}/file/ledger.db", SECRET)


def halve(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"these are words and no database" * 100, id="something else"),
        pytest.param(lambda data: b"\x00" + data[1:], id="the first byte"),
        pytest.param(lambda data: data[:100] + bytes(200) + data[300:], id="the first page"),
        pytest.param(lambda data: data[:8192] + bytes(4096) + data[12288:], id="a page in the middle"),
        pytest.param(halve, id="half of it"),
        pytest.param(lambda data: data[:-4096], id="all but the last page"),
    ],
)
def test_a_damaged_file_is_refused_by_name_and_left_alone(
    ledger: Ledger, path: Path, damage: Callable[[bytes], bytes]
) -> None:
    ledger.close()
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="damaged") as caught:
        open_ledger(f"sqlite:///{path}", SECRET)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        pytest.param(f"UPDATE {VERSION_TABLE} SET version_num = '9999'", "newer version", id="newer"),
        pytest.param(f"DROP TABLE {VERSION_TABLE}", "something else", id="without a version"),
    ],
)
def test_a_schema_that_is_not_ours_is_refused_and_left_alone(
    ledger: Ledger, path: Path, statement: str, words: str
) -> None:
    ledger.close()
    change(path, statement)
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=words):
        open_ledger(f"sqlite:///{path}", SECRET)
    assert path.read_bytes() == before


def test_a_ledger_made_with_another_secret_is_refused_and_left_alone(ledger: Ledger, path: Path) -> None:
    ledger.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="another secret"):
        open_ledger(f"sqlite:///{path}", bytes(32))
    assert path.read_bytes() == before


def test_a_register_of_the_first_schema_is_sealed_as_it_is(path: Path) -> None:
    database = Database(f"sqlite:///{path}", patience=5)
    with database.writing() as connection:
        command.upgrade(alembic_config(connection, Seal(SECRET)), "0001")
        for statement in PLAIN_ROWS:
            connection.execute(text(statement))
    database.close()
    opened = open_ledger(f"sqlite:///{path}", SECRET)
    first, second = opened.children.export()
    assert first == child("11019920191123002X", "T110000000", mother="1").model_copy(update={"submission_id": "s-1"})
    assert second == child(name="李雷", withdrawn=True)
    (known,) = opened.children.known(RegisterQuery(submission_id="s-2", id_numbers=("11019920191123002x",)))
    assert known == (first,)
    opened.close()
    assert b"11019920191123002X" not in path.read_bytes()


PLAIN_ROWS = (
    "INSERT INTO children VALUES (1, '欧阳靖萱', '欧阳靖萱', '女', '2019-11-23', '11019920191123002X', 'T110000000',"
    " '1', 's-1', 0, '2026-11-23 09:30:00.000000')",
    "INSERT INTO children VALUES (2, '李雷', '李雷', '女', '2019-11-23', NULL, NULL, NULL, NULL, 1,"
    " '2026-11-23 09:30:00.000000')",
)


def test_nothing_of_a_child_stands_in_the_register_in_plain(path: Path) -> None:
    opened = open_ledger(f"sqlite:///{path}", SECRET)
    opened.children.add([child("11019920191123002X", "T110000000", mother="11019919900202004X")])
    opened.close()
    stored = path.read_bytes()
    words = ("欧阳靖萱", "2019-11-23", "11019920191123002X", "T110000000", "11019919900202004X")
    assert not [word for word in words if word.encode() in stored]


def test_a_database_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    change(path, "CREATE TABLE flow_run (id INTEGER)")
    with pytest.raises(LedgerError, match="a database of its own"):
        open_ledger(f"sqlite:///{path}", SECRET)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("flow_run",)]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_migrations_make_todays_tables(kind: str, path: Path, request: pytest.FixtureRequest) -> None:
    database = Database(
        f"sqlite:///{path}" if kind == "sqlite" else request.getfixturevalue("postgres_url"), patience=5
    )
    bring_up_to_date(database, Seal(SECRET))
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": kind == "postgres"}
        )
        assert compare_metadata(context, metadata) == []
    database.close()


@pytest.mark.parametrize(
    ("statement", "use", "what"),
    [
        pytest.param(
            "UPDATE readings SET payload = x'00'", lambda it: it.readings.get("k"), "reading k", id="a reading"
        ),
        pytest.param(
            "UPDATE runs SET result = CAST(CAST(result AS TEXT) || '欧阳靖萱' AS BLOB)",
            lambda it: it.cases.latest_result("s-1"),
            "result of case s-1",
            id="a result",
        ),
        pytest.param(
            'UPDATE cases SET manifest = \'{"child": "欧阳靖萱"}\'',
            lambda it: it.cases.get("s-1"),
            "case s-1 revision 1",
            id="a manifest",
        ),
    ],
)
def test_a_stored_value_that_is_damaged_is_named_and_not_quoted(
    ledger: Ledger, path: Path, statement: str, use: Callable[[Ledger], object], what: str
) -> None:
    change(path, statement)
    with pytest.raises(LedgerError, match=f"{what} is damaged") as caught:
        use(ledger)
    assert "欧阳靖萱" not in "".join(traceback.format_exception(caught.value))


def test_a_full_disk_loses_nothing_and_is_worth_another_try(path: Path) -> None:
    database = Database(f"sqlite:///{path}", patience=1)
    bring_up_to_date(database, Seal(SECRET))
    with database.writing() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(LedgerBusyError, match="full"), database.writing() as connection:
        connection.execute(text("CREATE TABLE big AS SELECT zeroblob(1000000) AS data"))
    with database.writing() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'big'")) == 0
    database.close()


TOO_LONG = "欧阳靖萱" * 100


@pytest.mark.postgres
def test_a_value_that_postgresql_refuses_is_not_quoted(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url, SECRET)
    case = ledger.cases.open(submission("s-1"), FILES, "d")
    with pytest.raises(LedgerError, match="refused a value") as caught:
        ledger.cases.conclude(Conclusion(case, result(case, version=TOO_LONG)))
    assert ledger.cases.results("s-1") == ()
    ledger.close()
    assert "欧阳靖萱" not in "".join(traceback.format_exception(caught.value))


def test_a_server_that_does_not_answer_is_busy_and_its_password_is_not_told() -> None:
    url = "postgresql://intake:{}@127.0.0.1:{}/intake".format("canary", free_port())
    with pytest.raises(LedgerBusyError, match="does not answer") as caught:
        open_ledger(url, SECRET, patience=2)
    assert "intake:***@" in str(caught.value)
    assert "canary@" not in "".join(traceback.format_exception(caught.value))


def test_a_clock_without_a_zone_is_a_bug(path: Path) -> None:
    naive = open_ledger(f"sqlite:///{path}", SECRET, clock=lambda: datetime(2026, 11, 23))  # noqa: DTZ001 - the bug
    with pytest.raises(StatementError, match="zone"):
        naive.cases.open(submission("s-1"), FILES, "d")
    naive.close()
