"""Stored readings for benches: a changed rule is measured in seconds, and a changed reader never gets stale readings.

As in the product, a store holds the bytes and a ledger the readings, under a key of bytes and engine. Here each ledger
belongs to one state of the source files that perceiving depends on.
"""

import hashlib
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from bench.machine import ROOT
from bench.workspace import SECRET, reading_processes
from models.case import FileReading, StoredFile
from models.documents import DocumentKind
from models.policy import Limits, Policy
from pipeline.cases.context import PipelineContext
from pipeline.cases.read_files import StartedFile, start_file
from pipeline.judge.name_match import NameContext
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.content import keep_bytes
from pipeline.stores.folder import FolderStore

T = TypeVar("T")
KEPT: Final = ROOT / "build" / "readings"
_PERCEIVING: Final = ("pipeline/perceive", "models/reading.py", "models/geometry.py")
_AHEAD: Final = 2  # submissions that are drawn and started before the bench waits for the first


class Scan(NamedTuple):
    """A file as it was sent."""

    path: str
    hint: DocumentKind | None
    data: bytes


class Library(NamedTuple):
    """Reading processes, and their stored readings."""

    desk: PipelineContext

    @property
    def reader(self) -> NameContext:
        """The engine's alphabet and the hospital's policy, for judging."""
        return self.desk.reader

    def start(self, scans: Iterable[Scan]) -> tuple[StartedFile, ...]:
        """Start to read files."""
        return tuple(start_file(self._stored(scan), self.desk, self.desk.readers.engine) for scan in scans)

    def read(self, scans: Iterable[Scan]) -> tuple[FileReading, ...]:
        """Read files and wait for them."""
        return tuple(file.finish() for file in self.start(scans))

    def _stored(self, scan: Scan) -> StoredFile:
        digest = keep_bytes(self.desk.store, scan.data)
        return StoredFile(path=scan.path, hint=scan.hint, digest=digest, size=len(scan.data))


@contextmanager
def library(processes: int = 2) -> Iterator[Library]:
    """A library whose readings persist between runs."""
    folder = KEPT / source_digest()
    folder.mkdir(parents=True, exist_ok=True)
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.sqlite'}", SECRET)
    try:
        with reading_processes(processes) as readers, tempfile.TemporaryDirectory() as scans:
            readers.warm_up()
            yield Library(PipelineContext(ledger, FolderStore(Path(scans)), readers, Policy(), Limits()))
    finally:
        ledger.close()


def source_digest(root: Path = ROOT) -> str:
    """A digest of every source file that perceiving depends on."""
    digest = hashlib.sha256()
    for path in sorted(_sources(root)):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def ahead(started: Iterable[T], count: int = _AHEAD) -> Iterator[T]:
    """Yield the same values, each after `count` further ones were made, so that the work they started overlaps."""
    waiting: deque[T] = deque()
    for one in started:
        waiting.append(one)
        if len(waiting) > count:
            yield waiting.popleft()
    yield from waiting


def _sources(root: Path) -> Iterator[Path]:
    for name in _PERCEIVING:
        path = root / name
        yield from (path.rglob("*.py") if path.is_dir() else (path,))
