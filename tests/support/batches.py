"""Cases of one family with different children, for reprocessing."""

from pathlib import Path

from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process
from pipeline.stores.folder import FolderStore
from tests.support.cards import id_number, member
from tests.support.dossiers import CHILD
from tests.support.scripted import ScriptedReaders
from tests.support.uploads import FILES, upload


def process_many(desk: PipelineContext, tmp_path: Path, count: int) -> list[str]:
    """Process `count` cases of children with one birth date, each with a card; every third is entered as a boy."""
    source, readers = FolderStore(tmp_path / "uploads"), desk.readers
    assert isinstance(readers, ScriptedReaders)
    ids = []
    for number in range(count):
        own, told = f"{number}.card".encode(), id_number("20191123", 2 * number)
        readers.script[own] = member({"公民身份证件编号": told})
        child = CHILD.model_dump(mode="json") | {"id_number": told, "sex": "男" if number % 3 == 2 else "女"}
        files = [{"path": name.decode()} for name in (*FILES[:-1], own)]
        source.put(f"case-{number}/{own.decode()}", own, content_type="image/jpeg")
        upload(source, f"case-{number}", child=child, files=files)
        ids.append(process(source, f"case-{number}", desk).submission_id)
    return ids
