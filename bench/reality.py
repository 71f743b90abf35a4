"""What becomes of submissions as families really send them, of the test split: `python -m bench.reality [--full]`.

The bench draws what fixtures/specimens/real.py describes: grounds, watermarks, grey copies, collages, long screenshots,
other layouts, electronic pages, other documents. It reads, judges and compares with the truth.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.cases import judged
from bench.metrics import Figure, percentile, share
from bench.readings import Library, Scan, library
from bench.report import Measured, Rows
from bench.runner import Bench, run_bench
from bench.scoring import ScoredCase, ScoredField, ScoredPage, score_case, score_fields, score_pages
from bench.tables import errors
from fixtures.marks.watermark import FAINT
from fixtures.pictures.files import content
from fixtures.scenes.paper import BACK
from fixtures.scenes.scene import Arrangement, Scene
from fixtures.specimens.real import real
from fixtures.specimens.required import DECISIVE
from fixtures.specimens.specimen import Specimen, expected
from fixtures.truth import PictureStyle, Split, TruePage
from models.case import ReadPage
from models.documents import Field, PageKind
from models.findings import Code, Reason
from models.result import Decision, Judgement

SEED: Final = 1
BENCH: Final = Bench("reality", __doc__, SEED, "submissions", small=40, full=300)
_NOT_OURS: Final = frozenset(
    {PageKind.OTHER, PageKind.PASSPORT, PageKind.PERMIT, PageKind.RESIDENCE_PERMIT, PageKind.GUARDIANSHIP}
)
_SIDES: Final = frozenset({PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM})
_RECAPTURED: Final = {PictureStyle.SCREEN: Reason.SCREEN, PictureStyle.PHOTOCOPY: Reason.PHOTOCOPY}
_SHEETS: Final = (Arrangement.COPY, Arrangement.SHEET)
_TOGETHER: Final = (Arrangement.COLLAGE, Arrangement.STITCH, Arrangement.SHEET)


class Scored(NamedTuple):
    """A submission beside its truth.

    Attributes:
        arrangements: How the papers of each file share its picture.
        seconds: To read a page, the mean over the submission; None where a reading was kept from an earlier run.
    """

    specimen: Specimen
    case: ScoredCase
    fields: tuple[ScoredField, ...]
    pages: tuple[ScoredPage, ...]
    judgement: Judgement
    arrangements: Mapping[str, Arrangement]
    seconds: float | None

    @property
    def kind(self) -> str:
        """The kind of submission, as in `real.KINDS`."""
        return self.specimen.name.split("-", 2)[2]


def measure(count: int, split: Split = Split.TEST) -> Measured:
    """Score `count` submissions."""
    with library() as shelf:
        numbers = track(range(count), "submissions", console=errors)
        scored = tuple(_score(real(split, SEED, number), shelf) for number in numbers)
    return Measured(tuple(figures(scored)), details(scored))


def _score(made: Specimen, shelf: Library) -> Scored:
    scans = tuple(Scan(file.path, file.hint, content(file)) for file in made.files)
    truth = expected(made)
    began = time.perf_counter()
    started = shelf.start(scans)
    fresh = not any(isinstance(page, ReadPage) for file in started for page in file.pages)
    files = tuple(file.finish() for file in started)
    seconds = (time.perf_counter() - began) / max(1, sum(len(file.pages) for file in files)) if fresh else None
    verdict = judged(made.submission, files, shelf.reader)
    ways = {file.path: page.arrangement for file in made.files for page in file.pages if isinstance(page, Scene)}
    return Scored(
        made,
        score_case(truth, verdict),
        score_fields(truth, verdict),
        score_pages(truth, verdict),
        verdict,
        ways,
        seconds,
    )


def figures(scored: tuple[Scored, ...]) -> Iterator[Figure]:
    """Every figure, in the order of the table."""
    yield from _decisions(scored)
    yield from _copies(scored)
    yield from _documents(scored)
    yield from _watermarks(scored)
    yield from _values(scored)
    fresh = [one.seconds for one in scored if one.seconds is not None]
    if fresh:
        yield Figure(name="seconds a page, two processes, median", value=percentile(fresh, 50), unit="s")
    for kind in sorted({one.kind for one in scored}):
        own = [one for one in scored if one.kind == kind]
        yield share(f"{kind}: decided right", sum(one.case.decision_right for one in own), len(own))


def _decisions(scored: tuple[Scored, ...]) -> Iterator[Figure]:
    good = [one for one in scored if one.case.expected.decision is Decision.ACCEPTED]
    yield share("good families sent home", _decided(good, Decision.RETURNED), len(good))
    yield share("good families to a person", _decided(good, Decision.REVIEW), len(good))
    accepted = [one for one in scored if one.case.decided is Decision.ACCEPTED]
    wrong = sum(bool(one.case.silently_wrong) for one in accepted)
    against = sum(not one.case.decision_right for one in accepted)
    yield share("accepted with a wrong deciding field", wrong, len(scored))
    yield share("accepted against the truth", against, len(scored))
    yield share("decided right", sum(one.case.decision_right for one in scored), len(scored))


def _decided(among: Iterable[Scored], decision: Decision) -> int:
    return sum(one.case.decided is decision for one in among)


def _copies(scored: tuple[Scored, ...]) -> Iterator[Figure]:
    honest = [
        (one, page) for one in scored for page in one.pages
        if any(document.ground for document in page.documents) and page.documents[0].style not in _RECAPTURED
    ]  # fmt: skip
    yield share("honest pages on a ground called a screen", _called(honest, Reason.SCREEN), len(honest))
    yield share("honest pages on a ground called a photocopy", _called(honest, Reason.PHOTOCOPY), len(honest))
    for style, reason in _RECAPTURED.items():
        own = [(one, page) for one in scored for page in one.pages if page.documents[0].style is style]
        yield share(f"{style} on a ground seen as {reason}", _called(own, reason), len(own))


def _called(pages: Iterable[tuple[Scored, ScoredPage]], reason: Reason) -> int:
    return sum(
        any(
            (found.code, found.reason, found.file) == (Code.COPY, reason, page.documents[0].file)
            for found in one.judgement.findings
        )
        for one, page in pages
    )


def _way(one: Scored, page: ScoredPage) -> Arrangement:
    return one.arrangements[page.documents[0].file]


def _documents(scored: tuple[Scored, ...]) -> Iterator[Figure]:
    """Documents that share a picture, and documents that are none of ours."""
    sheets = [
        (one, page) for one in scored for page in one.pages
        if {document.kind for document in page.documents} == _SIDES and _way(one, page) in _SHEETS
    ]  # fmt: skip
    yield share(
        "both sides of the card found on one sheet", sum(set(page.kinds) >= _SIDES for _, page in sheets), len(sheets)
    )
    yield share(
        "both sides, and all their deciding fields right",
        sum(set(page.kinds) >= _SIDES and all(_right(field) for field in _on(one, page)) for one, page in sheets),
        len(sheets),
    )
    for way in _TOGETHER:
        pages = [page for one in scored for page in one.pages if _way(one, page) is way]
        yield share(
            f"pages in their slot: {way}", sum(map(_slotted, pages)), sum(len(page.documents) for page in pages)
        )
    other = [
        page for one in scored for page in one.pages
        if page.documents[0].document not in ("", BACK) and len(page.documents) == 1
    ]  # fmt: skip
    called = sum(bool(page.kinds) and set(page.kinds) <= _NOT_OURS for page in other)
    yield share("other documents called other", called, len(other))
    ours = sum(bool(set(page.kinds) - _NOT_OURS - {PageKind.UNREADABLE}) for page in other)
    yield share("other documents called one of ours", ours, len(other))


def _slotted(page: ScoredPage) -> int:
    """How many of a picture's documents were found, each by its kind."""
    return sum((Counter(document.kind for document in page.documents) & Counter(map(PageKind, page.kinds))).values())


def _on(one: Scored, page: ScoredPage) -> Iterator[ScoredField]:
    places = {(document.file, document.page_no) for document in page.documents}
    return (
        field for field in one.fields
        if (field.page.file, field.page.page_no) in places and field.printed.field in DECISIVE
    )  # fmt: skip


def _right(field: ScoredField) -> bool:
    return field.value_right


def _watermarks(scored: tuple[Scored, ...]) -> Iterator[Figure]:
    marked = [one for one in scored if any(page.watermark for page in one.case.expected.pages)]
    good = [one for one in marked if one.case.expected.decision is Decision.ACCEPTED]
    yield share("watermarked families sent home", _decided(good, Decision.RETURNED), len(good))
    fields = tuple(chain.from_iterable(one.fields for one in marked))
    for name, wanted in _STRENGTHS:
        own = [field for field in fields if wanted(field.page)]
        places = {(field.sample, field.page.file, field.page.quad) for field in own}
        wrong = {(field.sample, field.page.file, field.page.quad) for field in own if not field.value_right}
        yield share(f"watermarked pages with all fields right: {name}", len(places) - len(wrong), len(places))


_STRENGTHS: Final[tuple[tuple[str, Callable[[TruePage], bool]], ...]] = (
    (
        "faint",
        lambda page: page.watermark is not None and not page.watermark.by_hand and page.watermark.strength <= FAINT,
    ),
    (
        "strong",
        lambda page: page.watermark is not None and not page.watermark.by_hand and page.watermark.strength > FAINT,
    ),
    ("by hand", lambda page: page.watermark is not None and page.watermark.by_hand),
)


def _values(scored: tuple[Scored, ...]) -> Iterator[Figure]:
    """Values whose places differ from stock to stock, where a person can read them."""
    fields = [
        field for one in scored for field in one.fields if field.printed.legibility and not _electronic(field.page)
    ]
    for name, kind, wanted in (
        ("certificate number", PageKind.BIRTH_CERTIFICATE, Field.CERTIFICATE_NUMBER),
        ("issue date of the 首页", PageKind.HUKOU_HOME, Field.ISSUE_DATE),
        ("register name", PageKind.HUKOU_MEMBER, Field.NAME),
        ("birth time", PageKind.BIRTH_CERTIFICATE, Field.BIRTH_TIME),
        ("valid until", PageKind.ID_EMBLEM, Field.VALID_UNTIL),
    ):
        own = [field for field in fields if field.page.kind is kind and field.printed.field is wanted]
        yield share(f"{name} right", sum(field.value_right for field in own), len(own))
        yield share(f"{name} read otherwise", sum(_misread(field) for field in own), len(own))


def _misread(field: ScoredField) -> bool:
    return field.read is not None and not field.value_right


def _electronic(page: TruePage) -> bool:
    return page.edition == "electronic"


def details(scored: tuple[Scored, ...]) -> Mapping[str, Rows]:
    """What a person should look at; all people are made up.

    Submissions that were decided otherwise, or rightly with a wrong deciding value; deciding values that were read
    otherwise; pages taken for something else.
    """
    return {
        "decisions not right": tuple(
            _case_row(one) for one in scored if not one.case.decision_right or one.case.silently_wrong
        ),
        "values read otherwise": tuple(
            _value_row(field)
            for one in scored
            for field in one.fields
            if _misread(field) and field.printed.legibility and field.printed.field in DECISIVE
        ),
        "pages not right": tuple(_page_row(one, page) for one in scored for page in one.pages if not page.right),
    }


def _case_row(one: Scored) -> Mapping[str, JsonValue]:
    return {
        "submission": one.specimen.name,
        "expected": one.case.expected.decision,
        "decided": one.case.decided,
        "surplus": ", ".join("/".join(finding) for finding in one.case.surplus),
        "silently wrong": ", ".join(field.printed.field for field in one.case.silently_wrong),
    }


def _value_row(field: ScoredField) -> Mapping[str, JsonValue]:
    return {
        "page": f"{field.sample}/{field.page.file}",
        "edition": field.page.edition,
        "ground": field.page.ground,
        "field": field.printed.field,
        "printed": field.printed.value,
        "read": field.read,
    }


def _page_row(one: Scored, page: ScoredPage) -> Mapping[str, JsonValue]:
    first = page.documents[0]
    return {
        "page": f"{one.specimen.name}/{first.file}",
        "arrangement": _way(one, page),
        "edition": ", ".join(dict.fromkeys(document.edition or document.document for document in page.documents)),
        "ground": first.ground,
        "printed": ", ".join(document.kind for document in page.documents),
        "read": ", ".join(page.kinds),
    }


if __name__ == "__main__":
    run_bench(BENCH, measure)
