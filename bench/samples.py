"""The pictures of the accepted samples, and their cases from kept readings, for benches that change one file."""

from functools import cache
from pathlib import Path
from typing import Final

from fixtures.readings import digest_of, kept_readings
from fixtures.truth import SAMPLES
from models.case import FileReading
from models.submission import MANIFEST_NAME, Submission, parse_manifest

_PICTURES: Final = frozenset({".jpg", ".png", ".webp"})


@cache
def pictures_of_samples() -> tuple[Path, ...]:
    """Every file of an accepted sample that is one picture, each picture once."""
    paths = (path for path in sorted(SAMPLES.glob("accepted-*/*")) if path.suffix in _PICTURES)
    return tuple({digest_of(path): path for path in paths}.values())


@cache
def sample(folder: Path) -> tuple[Submission, tuple[FileReading, ...]]:
    """The submission of a sample, and the kept readings of its files."""
    submission, kept = parse_manifest((folder / MANIFEST_NAME).read_bytes()), kept_readings()
    files = []
    for file in submission.files:
        read = kept[digest_of(folder / file.path)]
        stored = read.file.model_copy(update={"path": file.path, "hint": file.kind})
        files.append(read.model_copy(update={"file": stored}))
    return submission, tuple(files)


def as_sent(read: FileReading, files: tuple[FileReading, ...]) -> FileReading:
    """The reading with the hint of the file that it replaces."""
    hint = next(one.file.hint for one in files if one.file.path == read.file.path)
    return read.model_copy(update={"file": read.file.model_copy(update={"hint": hint})})
