"""Pictures that lost a part, in every container and coding: noticed, or judged: `python -m bench.damage`.

A place is a picture of an accepted sample, in one coding, harmed at one byte. The bench decodes all; of some, drawn at
random, it judges the whole case, the other files from their kept readings. The full size is 200 places for each of
the sixty pictures in each coding.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import lru_cache
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import JsonValue
from rich.progress import track

from bench.cases import GATE, judged, replaced
from bench.codings import CODINGS
from bench.metrics import Figure, share
from bench.readings import Library, Scan, ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.samples import as_sent, pictures_of_samples, sample
from bench.tables import errors
from fixtures.specimens.required import DECISIVE
from fixtures.truth import SAMPLES
from models.case import FileReading
from models.errors import FileRejectedError
from models.findings import Code, Severity
from models.geometry import Box
from models.policy import Limits
from models.result import Decision, Judgement
from models.submission import Submission
from pipeline.perceive.decode.pages import count_pages, decode_page
from pipeline.perceive.decode.pixels import DecodedPage
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.workers.process_pool import WorkerProcesses

SEED: Final = 22
BENCH: Final = Bench("damage", __doc__, SEED, "places", small=12, full=12_000)
_CASES: Final = 300  # whole cases at most, one for 40 places
_PIECE: Final = 4096  # bytes that are lost at most: a block of a disk
_SECONDS: Final = 30.0
_TILE: Final = 16  # pixels
_CHANGED: Final = 16.0  # grey levels, on average in a tile, beside a change of its brightness
_SLIGHT: Final = 0.01  # of the tiles of a page
_LOST_BOX: Final = 0.25  # of the tiles of a field
_BILEVEL: Final = frozenset(coding for coding in CODINGS if "Group" in coding or "JBIG2" in coding)
_UNNOTICED: Final = frozenset({"unseen", "misplaced", "fault"})
_MISSING: Final = frozenset({Code.PAGE_MISSING})

Harm = Callable[[bytes, int, Random], bytes]
HARMS: Final[Mapping[str, Harm]] = MappingProxyType(
    {
        "cut off": lambda data, at, _: data[:at],
        "zeroed to its end": lambda data, at, _: data[:at] + bytes(len(data) - at),
        "zeroed in the middle": lambda data, at, _: data[:at] + bytes(min(_PIECE, len(data) - at))
        + data[at + _PIECE :],
        "shortened in the middle": lambda data, at, chance: data[:at] + data[at + chance.randint(1, _PIECE) :],
        "one bit flipped": lambda data, at, chance: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)])
        + data[at + 1 :],
        "garbage in the middle": lambda data, at, chance: data[:at] + chance.randbytes(min(_PIECE, len(data) - at))
        + data[at + _PIECE :],
    }
)  # fmt: skip


class Place(NamedTuple):
    """A picture in a coding, and how it is harmed."""

    path: Path
    coding: str
    harm: str
    number: int

    @property
    def intact(self) -> bytes:
        """The file before."""
        return _coded(self.path, self.coding)

    @property
    def harmed(self) -> bytes:
        """The file after."""
        data, chance = self.intact, Random(f"{SEED} {self.path.relative_to(SAMPLES)} {self[1:]}")
        return HARMS[self.harm](data, chance.randrange(len(data)), chance)


class Tried(NamedTuple):
    """What became of a place.

    A reason, `same`, `slight`, `placed` for a picture of which the lost part was named, `unseen` for one that lost
    something without a word, `misplaced` for one that lost something elsewhere, or `fault`.
    """

    place: Place
    outcome: str
    changed: float = 0.0


def measure(count: int) -> Measured:
    """Try so many places in each coding, and the cases of some."""
    places = [place for coding in CODINGS for place in _places(coding, count)]
    tried = tuple(_tried(places))
    chosen = Random(SEED).sample(tried, min(_CASES, max(1, len(tried) // 40)))
    cases = tuple(_cases(chosen))
    unseen = tuple(_row(one) for one in tried if one.outcome in _UNNOTICED)
    return Measured(
        (*_decoding_figures(tried), *_case_figures(cases)),
        {"lost something, and was not noticed": unseen, "cases": tuple(one.row for one in cases if one.is_wrong)},
    )


def _places(coding: str, count: int) -> Iterator[Place]:
    pictures = pictures_of_samples()
    for number in range(count):
        harm = tuple(HARMS)[number % len(HARMS)]
        yield Place(pictures[(number // len(HARMS)) % len(pictures)], coding, harm, number)


@lru_cache(maxsize=8)
def _coded(path: Path, coding: str) -> bytes:
    with Image.open(path) as image:
        return CODINGS[coding](image.convert("RGB"))


def _tried(places: Sequence[Place]) -> Iterator[Tried]:
    processes = WorkerProcesses(ReaderOptions(processes=2))
    try:
        begun: Iterator[tuple[Place, Future[Any]]] = (
            (place, processes.begin(outcome_of, place, seconds=_SECONDS)) for place in places
        )
        for place, future in track(ahead(begun, 8), "damage", total=len(places), console=errors):
            try:
                yield Tried(place, *future.result())
            except FileRejectedError as error:
                yield Tried(place, error.reason)
            except Exception as error:  # noqa: BLE001 - what nobody foresaw is what is looked for
                errors.print(place, repr(error))
                yield Tried(place, "fault")
    finally:
        processes.close()


def outcome_of(place: Place) -> tuple[str, float]:
    """What decoding makes of the harmed file, in this process, and the share of its tiles that changed."""
    page = _decoded(place.harmed)
    tiles = changes(_page(place.path, place.coding), page)
    changed = float(tiles.mean())
    if page.loss:
        top, left = page.loss.box.top // _TILE, page.loss.box.left // _TILE
        return ("misplaced" if tiles[:top].any() or tiles[:, :left].any() else "placed"), changed
    return ("same" if not changed else "slight" if changed < _SLIGHT else "unseen"), changed


@lru_cache(maxsize=2)
def _page(path: Path, coding: str) -> DecodedPage:
    return _decoded(_coded(path, coding))


def _decoded(data: bytes) -> DecodedPage:
    limits = Limits()
    count_pages(data, limits)
    return decode_page(data, page_no=1, limits=limits)


def changes(before: DecodedPage, after: DecodedPage) -> NDArray[np.bool_]:
    """Which tiles show something else, whatever their brightness; all of them in a picture of another size."""
    rows, columns = (side // _TILE for side in before.pixels.shape[:2])
    if before.pixels.shape != after.pixels.shape:
        return np.ones((rows, columns), bool)
    tiles = [
        page.pixels[: rows * _TILE, : columns * _TILE].mean(axis=2).reshape(rows, _TILE, columns, _TILE)
        for page in (before, after)
    ]
    first, second = (tile - tile.mean(axis=(1, 3), keepdims=True) for tile in tiles)
    return np.asarray(np.abs(first - second).mean(axis=(1, 3)) > _CHANGED)


class CaseCheck(NamedTuple):
    """A whole case with a harmed file."""

    tried: Tried
    judgement: Judgement
    lost: tuple[str, ...]  # deciding fields in the lost part

    @property
    def is_blamed(self) -> bool:
        """Whether the fault of the file became one of the picture, or a missing page alone.

        Photos of one bit a pixel are no pictures to read, harmed or not.
        """
        if self.tried.place.coding in _BILEVEL and self.tried.outcome in ("same", "slight"):
            return False
        rejects = {one.code for one in self.judgement.findings if one.severity is Severity.REJECT}
        return Code.BAD_FILE not in rejects and bool(rejects & (GATE | _MISSING))

    @property
    def is_warned(self) -> bool:
        """Whether everything that is needed was read beside the lost part."""
        return any(one.code is Code.BAD_FILE and one.severity is Severity.WARNING for one in self.judgement.findings)

    @property
    def is_ours(self) -> bool:
        """Whether it is called our fault."""
        return any(one.code is Code.OUR_FAULT for one in self.judgement.findings)

    @property
    def is_silent(self) -> bool:
        """Whether it is accepted with a deciding field in the lost part."""
        return self.judgement.decision is Decision.ACCEPTED and bool(self.lost)

    @property
    def is_wrong(self) -> bool:
        """Whether it ends as it must not."""
        return self.is_blamed or self.is_ours or self.is_silent

    @property
    def row(self) -> Mapping[str, JsonValue]:
        """For the report."""
        found = ", ".join(f"{one.code}/{one.reason}" for one in self.judgement.findings)
        return {
            **_row(self.tried),
            "decision": self.judgement.decision,
            "findings": found,
            "lost": ", ".join(self.lost),
        }


def _cases(chosen: Sequence[Tried]) -> Iterator[CaseCheck]:
    with library() as shelf:
        for tried in track(chosen, "cases", console=errors):
            place = tried.place
            submission, files = sample(place.path.parent)
            (read,) = shelf.read([Scan(place.path.name, None, place.harmed)])
            judgement = judged(submission, replaced(files, as_sent(read, files)), shelf.reader)
            yield CaseCheck(tried, judgement, tuple(_lost_fields(place, files, submission, shelf)))


def _lost_fields(place: Place, files: tuple[FileReading, ...], submission: Submission, shelf: Library) -> Iterator[str]:
    """The deciding fields of the intact picture whose places show something else in the harmed one."""
    try:
        changed = changes(_page(place.path, place.coding), _decoded(place.harmed))
    except FileRejectedError:
        return
    with Image.open(place.path) as image:
        scale = changed.shape[1] * _TILE / image.width
    for field in judged(submission, files, shelf.reader).fields:
        if field.file == place.path.name and field.field in DECISIVE:
            tiles = _tiles(changed, field.box.scaled(scale))
            if tiles.size and tiles.mean() > _LOST_BOX:
                yield str(field.field)


def _tiles(changed: NDArray[np.bool_], box: Box) -> NDArray[np.bool_]:
    left, top = box.left // _TILE, box.top // _TILE
    return changed[top : box.bottom // _TILE + 1, left : box.right // _TILE + 1]


def _decoding_figures(tried: Sequence[Tried]) -> Iterator[Figure]:
    lossy = [one for one in tried if one.outcome not in ("same", "slight", "fault")]
    yield _noticed("harmed files that lost something", lossy)
    for harm in HARMS:
        yield _noticed(harm, [one for one in lossy if one.place.harm == harm])
    for coding in CODINGS:
        yield _noticed(coding, [one for one in lossy if one.place.coding == coding])
    placed = [one for one in tried if one.outcome in ("placed", "misplaced")]
    yield share("lost part named: nothing else is lost", sum(one.outcome == "placed" for one in placed), len(placed))
    outcomes = Counter(one.outcome for one in tried)
    for outcome in ("same", "slight", "fault"):
        yield Figure(name=f"decoding: {outcome}", value=outcomes[outcome], unit="count")


def _noticed(name: str, lossy: Sequence[Tried]) -> Figure:
    noticed = sum(one.outcome not in _UNNOTICED for one in lossy)
    return share(f"{name}: refused, or the lost part named", noticed, len(lossy))


def _case_figures(cases: Sequence[CaseCheck]) -> Iterator[Figure]:
    yield share("cases: 3002, 影像不清 or a lone 缺页", sum(one.is_blamed for one in cases), len(cases))
    yield share(
        "cases: accepted with a deciding field in the lost part", sum(one.is_silent for one in cases), len(cases)
    )
    warned = sum(one.is_warned for one in cases)
    yield Figure(name="cases: a warning names the lost part, and the case goes on", value=warned, unit="count")
    yield share("cases: our fault", sum(one.is_ours for one in cases), len(cases))


def _row(one: Tried) -> Mapping[str, JsonValue]:
    return {
        "file": f"{one.place.path.parent.name}/{one.place.path.name}",
        "coding": one.place.coding,
        "harm": one.place.harm,
        "place": one.place.number,
        "outcome": one.outcome,
        "changed": round(one.changed, 3),
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
