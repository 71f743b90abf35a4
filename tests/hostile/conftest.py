"""A place where hostile files go the whole way: a real store, a real ledger, and a process that decodes for real."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from models.policy import Limits, Policy
from models.result import Result
from models.submission import MANIFEST_NAME
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process
from pipeline.ledger.ledger import open_ledger
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.stores.folder import FolderStore
from pipeline.workers.ocr_pool import OcrPool
from tests.support.dossiers import CHILD
from tests.support.engines import OBEDIENT, READ
from tests.support.files import encoded, sheet
from tests.support.values import SECRET


def manifest(submission_id: str, paths: tuple[str, ...], *, name: str = CHILD.name) -> bytes:
    """The manifest of a submission of these files."""
    held = {
        "schema": "child-intake/submission@1",
        "submission_id": submission_id,
        "submitted_at": "2026-11-20T09:30:00+08:00",
        "child": {**json.loads(CHILD.model_dump_json()), "name": name},
        "files": [{"path": path} for path in paths],
    }
    return json.dumps(held).encode()


class Intake(NamedTuple):
    """Where submissions are put, where they are worked on, and what the reading process says beside its work."""

    source: FolderStore
    desk: PipelineContext
    said: Path

    def submit(self, submission_id: str, files: Mapping[str, bytes], *, name: str = CHILD.name) -> Result:
        """Put a submission of these files there, and take it all the way."""
        for path, data in files.items():
            self.source.put(f"{submission_id}/{path}", data, content_type="image/jpeg")
        body = manifest(submission_id, tuple(files), name=name)
        self.source.put(f"{submission_id}/{MANIFEST_NAME}", body, content_type="application/json")
        return process(self.source, submission_id, self.desk)

    def reading_process(self) -> int:
        """The process that reads a good page now."""
        (reading,) = self.desk.readers.start(encoded(sheet(), "PNG"), 1, Limits()).result()
        number, colour = reading.lines[0].text.split()
        assert colour == ",".join(map(str, READ))
        return int(number)


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    folder = tmp_path_factory.mktemp("hostile")
    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", SECRET)
    with OcrPool(OcrOptions(engine=OBEDIENT), ReaderOptions(processes=1)) as readers:
        desk = PipelineContext(ledger, FolderStore(folder / "store"), readers, Policy(), Limits())
        with _errors_into(folder / "said"):
            readers.warm_up()
        yield Intake(FolderStore(folder / "uploads"), desk, folder / "said")
    ledger.close()


@contextmanager
def _errors_into(file: Path) -> Iterator[None]:
    """Where a process that is started meanwhile writes its errors."""
    kept = os.dup(2)
    with file.open("wb") as opened:
        os.dup2(opened.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
