"""The ledger's files tell nothing of a family without its secret."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process
from pipeline.stores.folder import FolderStore
from tests.support.cards import CHILD_NUMBER
from tests.support.dossiers import CHILD, GUARDIAN
from tests.support.uploads import FILES, opened_desk, upload

_SHORTEST = 5  # bytes: shorter words fall out of ciphertext by chance


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PipelineContext]:
    with opened_desk(tmp_path) as held:
        yield held


def on_disk(folder: Path) -> bytes:
    """The database, and its write-ahead file while it is open."""
    return b"".join(file.read_bytes() for file in folder.glob("ledger.db*"))


def spelt(words: set[str]) -> set[bytes]:
    """Each word as text and as JSON may write it."""
    escaped = {word.encode("ascii", "backslashreplace") for word in words}
    return {word for word in {*map(str.encode, words), *escaped} if len(word) >= _SHORTEST}


def words_of(desk: PipelineContext) -> set[str]:
    """What the parent typed in, what files are called, and what was read of the pages."""
    typed = {str(value) for person in (CHILD, GUARDIAN) for value in person.model_dump(mode="json").values()}
    read = {str(row.value) for row in desk.ledger.cases.latest_result("case-1").fields}
    return (typed | read | {name.decode() for name in FILES}) - {"None", "household_register"}


def test_no_name_number_or_file_name_of_a_submission_is_in_the_ledgers_files(
    desk: PipelineContext, tmp_path: Path
) -> None:
    source = FolderStore(tmp_path / "uploads")
    process(source, upload(source), desk)
    words = words_of(desk)
    assert {CHILD.name, GUARDIAN.name, CHILD_NUMBER, "1.jpg"} <= words
    assert len(words) > 15
    while_open = on_disk(tmp_path)
    assert b"case-1" in while_open  # which says that we look at the right place
    assert sorted(word for word in spelt(words) if word in while_open) == []
    desk.ledger.close()
    assert sorted(word for word in spelt(words) if word in on_disk(tmp_path)) == []
