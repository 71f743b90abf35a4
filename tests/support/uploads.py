"""A pipeline context with scripted readings, and submissions of the family's five pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from models.policy import Limits, Policy
from models.submission import MANIFEST_NAME
from pipeline.cases.context import PipelineContext
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.base import Store
from pipeline.stores.folder import FolderStore
from tests.support.dossiers import CHILD, FAMILY, GUARDIAN
from tests.support.ledgers import new_ledger
from tests.support.scripted import ScriptedReaders
from tests.support.values import SECRET

FILES: Final = [f"{number}.jpg".encode() for number, _ in enumerate(FAMILY, start=1)]  # each holds its own name


@contextmanager
def opened_desk(folder: Path) -> Iterator[PipelineContext]:
    """A desk with its ledger and its store in a folder; those that are there already, or new ones."""
    path = folder / "ledger.db"
    ledger = open_ledger(f"sqlite:///{path}", SECRET) if path.exists() else new_ledger(path)
    readers = ScriptedReaders(dict(zip(FILES, FAMILY, strict=True)))
    yield PipelineContext(ledger, FolderStore(folder / "store"), readers, Policy(), Limits())
    ledger.close()


def scripted(desk: PipelineContext) -> ScriptedReaders:
    """The desk's readers, for what they were asked and what they shall say."""
    assert isinstance(desk.readers, ScriptedReaders)
    return desk.readers


def manifest_of(submission_id: object = "case-1", **change: object) -> dict[str, object]:
    """The manifest of a submission of the family's five pages; `change` is of its keys."""
    return {
        "schema": "child-intake/submission@1",
        "submission_id": submission_id,
        "submitted_at": "2026-11-20T09:30:00+08:00",
        "child": json.loads(CHILD.model_dump_json()),
        "guardian": json.loads(GUARDIAN.model_dump_json()),
        "files": [{"path": name.decode()} for name in FILES],
        **change,
    }


def upload(source: Store, folder: str = "case-1", **change: object) -> str:
    """Put a submission of the family's five pages into a folder, and hand that on; it is called so, unless changed."""
    for name in FILES:
        source.put(f"{folder}/{name.decode()}", name, content_type="image/jpeg")
    body = json.dumps(manifest_of(**{"submission_id": folder, **change})).encode()
    source.put(f"{folder}/{MANIFEST_NAME}", body, content_type="application/json")
    return folder
