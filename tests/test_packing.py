"""Packing the workspace of an installation: what comes back, what is left out, and what is refused."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from fixtures.installations import packing
from fixtures.installations.made import stored_installations
from fixtures.installations.packing import pack, unpack

FOLDER = stored_installations()[0]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    unpack(FOLDER, tmp_path / "workspace")
    return tmp_path / "workspace"


def kept_in(workspace: Path) -> Mapping[str, object]:
    """What every file holds; of a database its rows, since pages move."""
    files = (path for path in workspace.rglob("*") if path.is_file())
    return {str(path.relative_to(workspace)): tables_of(path) or path.read_bytes() for path in files}


def tables_of(path: Path) -> Mapping[str, object]:
    """The rows of every table; nothing of a file that is no database."""
    if path.suffix != ".db":
        return {}
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def test_what_was_packed_comes_back_without_the_pictures_of_pages(workspace: Path, tmp_path: Path) -> None:
    before = kept_in(workspace)
    (workspace / "store" / "pictures").mkdir()
    (workspace / "store" / "pictures" / "page.jpg").write_bytes(b"a picture")
    pack(workspace, tmp_path)
    assert (tmp_path / "workspace.tar.xz").stat().st_size < 2_000_000, "bytes of samples are left out"
    unpack(tmp_path, tmp_path / "again")
    assert kept_in(tmp_path / "again") == before


def test_what_stands_in_the_journal_is_packed(workspace: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(workspace / "prefect" / "prefect.db")) as writer:
        writer.execute("CREATE TABLE late (word TEXT)")
        writer.commit()
        assert (workspace / "prefect" / "prefect.db-wal").stat().st_size > 0
        pack(workspace, tmp_path)
    unpack(tmp_path, tmp_path / "again")
    assert "late" in tables_of(tmp_path / "again" / "prefect" / "prefect.db")


def test_words_of_the_machine_are_refused(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ledger\.db holds console:intake"):
        pack(workspace, tmp_path, foreign=["no such word", "console:intake"])
    assert not (tmp_path / "workspace.tar.xz").exists()


def test_a_sample_that_was_changed_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "SAMPLES", tmp_path)
    with pytest.raises(ValueError, match="keep it below stored/"):
        unpack(FOLDER, tmp_path / "workspace")
