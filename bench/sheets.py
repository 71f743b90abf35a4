"""Both sides of an ID card on one sheet, every other one a grey copy at about 100 dpi: `python -m bench.sheets`."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.cases import judged
from bench.metrics import Figure, share
from bench.readings import Scan, ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.scoring import ScoredField, score_fields
from bench.tables import errors
from fixtures.pictures.files import FileSpec, content
from fixtures.specimens.application import application, typed_guardian
from fixtures.specimens.real import of_kind
from fixtures.specimens.required import DECISIVE
from fixtures.specimens.specimen import expected
from fixtures.truth import Expected, PictureStyle, Split
from models.documents import PageKind
from models.result import Judgement
from models.submission import Submission

SEED: Final = 30
BENCH: Final = Bench("sheets", __doc__, SEED, "sheets", small=20, full=200)
_SIDES: Final = frozenset({PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM})


class _Drawn(NamedTuple):
    submission: Submission
    file: FileSpec
    truth: Expected


class SheetCheck(NamedTuple):
    """A sheet, the kinds that were found on it, and its deciding values."""

    truth: Expected
    kinds: tuple[str, ...]
    fields: tuple[ScoredField, ...]

    @property
    def found(self) -> bool:
        """Whether both sides were found."""
        return set(self.kinds) >= _SIDES

    @property
    def right(self) -> bool:
        """Whether both sides were found with every deciding value."""
        return self.found and all(field.value_right for field in self.fields)


def measure(count: int, split: Split = Split.TEST) -> Measured:
    """Even numbers give grey copies, odd ones colour scans; on a fifth, one side lies on its head."""
    checks = tuple(_checks(count, split))
    return Measured(tuple(figures(checks)), {"sheets not right": tuple(_row(one) for one in checks if not one.right)})


def figures(checks: tuple[SheetCheck, ...]) -> Iterator[Figure]:
    """All sheets, then grey ones, coloured ones, and those with a side on its head."""
    grey = [one for one in checks if one.truth.pages[0].style is PictureStyle.PHOTOCOPY]
    turned = [one for one in checks if any(page.turned == 180 for page in one.truth.pages)]
    coloured = [one for one in checks if one not in grey]
    for name, own in (
        ("sheets", checks),
        ("grey copies", grey),
        ("colour scans", coloured),
        ("one side on its head", turned),
    ):
        yield share(f"{name}: both sides found", sum(one.found for one in own), len(own))
        yield share(f"{name}: both sides with all deciding values", sum(one.right for one in own), len(own))


def _checks(count: int, split: Split) -> Iterator[SheetCheck]:
    with library() as shelf:
        begun = (
            (one, shelf.start([Scan(one.file.path, one.file.hint, content(one.file))]))
            for one in (_drawn(number, split) for number in range(count))
        )
        for one, started in track(ahead(begun, 4), "sheets", total=count, console=errors):
            judgement = judged(one.submission, tuple(file.finish() for file in started), shelf.reader)
            yield _check(one.truth, judgement)


def _drawn(number: int, split: Split) -> _Drawn:
    """The first file of a submission, which is its sheet."""
    made = of_kind("card-sheet" if number % 2 else "card-copy", split, SEED, number)
    file = made.files[0]
    alone = made._replace(files=(file,))
    typed = application(made.name, made.submission.child, typed_guardian(file.pages[0].family), (file,))
    return _Drawn(typed, file, expected(alone))


def _check(truth: Expected, judgement: Judgement) -> SheetCheck:
    deciding = tuple(field for field in score_fields(truth, judgement) if field.printed.field in DECISIVE)
    return SheetCheck(truth, tuple(page.kind for page in judgement.pages), deciding)


def _row(one: SheetCheck) -> Mapping[str, JsonValue]:
    return {
        "sheet": one.truth.name,
        "turned": ", ".join(f"{page.kind} {page.turned}" for page in one.truth.pages),
        "note": any(page.watermark for page in one.truth.pages),
        "found": ", ".join(one.kinds),
        "not right": ", ".join(f"{field.printed.field}: {field.read}" for field in one.fields if not field.value_right),
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
