"""Detection of photocopies and photos of a screen, and false alarms on original pages: `python -m bench.copies`."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.cases import judged_alone, leaves, scan
from bench.metrics import Figure, share
from bench.readings import ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.people.population import Traits, family
from fixtures.pictures.picture import PictureSpec
from fixtures.truth import PictureStyle, Split
from models.case import ReadPage
from models.findings import Code, Reason
from models.reading import PageMeasures

SEED: Final = 10
BENCH: Final = Bench("copies", __doc__, SEED, "pages", small=40, full=400)
_COPIES: Final[Mapping[PictureStyle, Reason]] = {
    PictureStyle.PHOTOCOPY: Reason.PHOTOCOPY,
    PictureStyle.SCREEN: Reason.SCREEN,
}
_HONEST: Final = tuple(style for style in PictureStyle if style not in _COPIES)
_FIRST: Final = 2000  # family numbers start here, apart from those of other benches


class CopyCheck(NamedTuple):
    """A page, what it was taken for, and the measures behind that; None where the page was not read."""

    spec: PictureSpec
    reasons: frozenset[Reason]
    measures: PageMeasures | None


def measure(count: int) -> Measured:
    """Half of the pages are originals; a quarter each are photocopies and photos of a screen."""
    checks = tuple(_checks(count))
    wrong = tuple(_row(one) for one in checks if one.reasons != _expected(one))
    return Measured(tuple(figures(checks)), {"pages taken for something else": wrong})


def figures(checks: tuple[CopyCheck, ...]) -> Iterator[Figure]:
    """Copies that were detected, and originals that were called copies, by picture style."""
    for style, reason in _COPIES.items():
        own = [one for one in checks if one.spec.style is style]
        yield share(f"{style} seen as {reason}", sum(reason in one.reasons for one in own), len(own))
    honest = [one for one in checks if one.spec.style in _HONEST]
    yield share("honest pages called a copy", sum(bool(one.reasons) for one in honest), len(honest))
    for style in _HONEST:
        own = [one for one in honest if one.spec.style is style]
        yield share(f"{style} called a copy", sum(bool(one.reasons) for one in own), len(own))


def _checks(count: int) -> Iterator[CopyCheck]:
    with library() as shelf:
        begun = ((spec, shelf.start([scan(spec)])) for spec in map(_page, range(count)))
        for spec, started in track(ahead(begun, 8), "pages", total=count, console=errors):
            (page,) = started[0].finish().pages
            said = judged_alone(f"{spec.leaf}.jpg", page, shelf.reader)
            reasons = frozenset(found.reason for found in said.findings if found.code is Code.COPY)
            measures = page.readings[0].measures if isinstance(page, ReadPage) else None
            yield CopyCheck(spec, reasons, measures)


def _page(number: int) -> PictureSpec:
    copies = tuple(_COPIES)
    style = copies[number // 2 % 2] if number % 2 else _HONEST[number // 2 % len(_HONEST)]
    people = family(Split.TEST, _FIRST + number, Traits(newborn=True))
    sent = leaves(people)
    leaf = sent[number // 4 % len(sent)]
    return PictureSpec(family=people, leaf=leaf, style=style, seed=number, split=Split.TEST)


def _expected(one: CopyCheck) -> frozenset[Reason]:
    reason = _COPIES.get(one.spec.style)
    return frozenset({reason} if reason else ())


def _row(one: CopyCheck) -> Mapping[str, JsonValue]:
    return {
        "picture": one.spec.style,
        "page": one.spec.leaf,
        "taken for": ", ".join(sorted(one.reasons)) or "honest",
        "vividness": one.measures.vividness if one.measures else None,
        "raster": one.measures.raster if one.measures else None,
        "subpixels": one.measures.subpixels if one.measures else None,
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
