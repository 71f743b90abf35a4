"""The demo's workspace: made anew, and nobody else's."""

from pathlib import Path

import pytest
import typer

from cli.demo import empty


def test_only_what_a_demo_made_is_removed(tmp_path: Path) -> None:
    empty(tmp_path / "new")
    (tmp_path / "new" / "ledger.db").touch()
    empty(tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [".demo"]
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").touch()
    with pytest.raises(typer.BadParameter, match="no workspace of a demo"):
        empty(theirs)
    assert (theirs / "thesis.txt").exists()
