"""Pictures on PDF pages of 36 to 2,400 dpi, and of 1 to 14,400 points, judged: `python -m bench.resolution`.

Every other page states a resolution, the others a size, both spread evenly over their logarithm. The other files of a
case are judged from their kept readings, and what is compared is the case with the picture itself. What a page costs
is measured as well.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from PIL import Image
from pydantic import JsonValue
from rich.progress import track

from bench.cases import judged, replaced
from bench.codings import page_of
from bench.metrics import Figure, share
from bench.page_cost import cost_figures
from bench.readings import Library, Scan, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.samples import as_sent, pictures_of_samples, sample
from bench.tables import errors
from fixtures.specimens.required import DECISIVE
from models.findings import Code
from models.result import Judgement

SEED: Final = 23
BENCH: Final = Bench("resolution", __doc__, SEED, "pages", small=12, full=300)
_DPI: Final = (36.0, 2400.0)
_POINTS: Final = (1.0, 14400.0)  # of the longer side
_POINTS_PER_INCH: Final = 72


class PageCheck(NamedTuple):
    """A picture on a page of a PDF, judged beside the picture itself."""

    path: Path
    dpi: float
    points: float  # of the longer side
    picture: Judgement
    page: Judgement

    @property
    def is_refused(self) -> bool:
        """Whether the page was refused for what it is."""
        return any(one.code is Code.BAD_FILE for one in self.page.findings)

    @property
    def is_same(self) -> bool:
        """Whether the case is decided as with the picture, with the same codes."""
        return self.page.decision is self.picture.decision and _codes(self.page) == _codes(self.picture)

    @property
    def reads_the_same(self) -> bool:
        """Whether every deciding value of the page is that of the picture."""
        return _values(self.page, self.path.name) == _values(self.picture, self.path.name)


def measure(count: int) -> Measured:
    """Judge so many pages; the pictures take turns."""
    with library() as shelf:
        checks = tuple(_check(number, shelf) for number in track(range(count), "resolution", console=errors))
    odd = tuple(_row(one) for one in checks if not (one.is_refused or (one.is_same and one.reads_the_same)))
    return Measured((*_figures(checks), *cost_figures()), {"neither refused nor the same": odd})


def _check(number: int, shelf: Library) -> PageCheck:
    pictures, chance = pictures_of_samples(), Random(f"{SEED} {number}")
    path = pictures[chance.randrange(len(pictures))]
    with Image.open(path) as image:
        size, buffer = image.size, BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=95)
    if number % 2:
        points = _spread(_POINTS, chance)
        dpi = max(size) / points * _POINTS_PER_INCH
    else:
        dpi = _spread(_DPI, chance)
        points = max(size) / dpi * _POINTS_PER_INCH
    box = (size[0] * points / max(size), size[1] * points / max(size))
    entries = "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    data = page_of(entries, buffer.getvalue(), size, box=box)
    submission, files = sample(path.parent)
    (read,) = shelf.read([Scan(path.name, None, data)])
    (plain,) = shelf.read([Scan(path.name, None, buffer.getvalue())])
    picture, page = (judged(submission, replaced(files, as_sent(one, files)), shelf.reader) for one in (plain, read))
    return PageCheck(path, dpi, points, picture, page)


def _spread(limits: tuple[float, float], chance: Random) -> float:
    return math.exp(chance.uniform(*map(math.log, limits)))


def _codes(judgement: Judgement) -> list[tuple[str, str]]:
    return sorted({(one.code.value, one.reason.value) for one in judgement.findings})


def _values(judgement: Judgement, file: str) -> Mapping[tuple[str, str], str | None]:
    own = (one for one in judgement.fields if one.file == file and one.field in DECISIVE)
    return {(str(one.person), one.field.value): one.value for one in own}


def _figures(checks: Sequence[PageCheck]) -> Iterator[Figure]:
    taken = [one for one in checks if not one.is_refused]
    yield share("pages refused with a code", len(checks) - len(taken), len(checks))
    yield share("pages taken: decided as the picture", sum(one.is_same for one in taken), len(taken))
    yield share(
        "pages taken: every deciding value as in the picture", sum(one.reads_the_same for one in taken), len(taken)
    )


def _row(one: PageCheck) -> Mapping[str, JsonValue]:
    return {
        "picture": f"{one.path.parent.name}/{one.path.name}",
        "dpi": round(one.dpi, 1),
        "points": round(one.points, 1),
        "as a picture": f"{one.picture.decision}: {_codes(one.picture)}",
        "as a page": f"{one.page.decision}: {_codes(one.page)}",
        "other values": ", ".join(
            field
            for (_, field), value in _values(one.page, one.path.name).items()
            if value not in _values(one.picture, one.path.name).values()
        ),
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
