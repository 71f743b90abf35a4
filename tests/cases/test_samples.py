"""Every committed sample, read by the real engine once: what is read, and what is judged from it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from fixtures import truth
from fixtures.readings import digest_of, read_samples
from fixtures.truth import Expected, PictureStyle, PrintedField, TruePage
from models.case import Case, FailedPage, FileReading
from models.documents import DocumentKind
from models.findings import Code, Reason, Severity
from models.policy import Policy
from models.result import FieldValue, Judgement, values_of
from models.submission import MANIFEST_NAME, parse_manifest
from pipeline.extract.extraction import extract_files
from pipeline.judge.case import judge
from pipeline.judge.dossier import open_dossier
from pipeline.judge.name_match import NameContext
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.workers.ocr_pool import OcrPool
from tests.support.samples import known_children

pytestmark = [pytest.mark.ocr, pytest.mark.timeout(600)]

NAMES = truth.names()
PageKey = tuple[str, int]  # the digest of a file, and the page's number


class Library(NamedTuple):
    """What the engine read of every page of every sample, each page once."""

    alphabet: frozenset[str]
    files: Mapping[str, FileReading]  # by digest; the name of the file is that of one sample


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    """Read all pages, by two processes."""
    with OcrPool(OcrOptions(), ReaderOptions(processes=2)) as readers:
        yield Library(readers.alphabet, read_samples(readers))


def _judged(name: str, library: Library) -> Judgement:
    submission = parse_manifest((truth.SAMPLES / name / MANIFEST_NAME).read_bytes())
    files = []
    for sent in submission.files:
        read = library.files[digest_of(truth.SAMPLES / name / sent.path)]
        own = read.file.model_copy(update={"path": sent.path, "hint": sent.kind})
        files.append(read.model_copy(update={"file": own}))
    case = Case(
        submission=submission,
        revision=1,
        files=tuple(file.file for file in files),
        input_digest="0" * 64,
        arrived_at=submission.submitted_at,
    )
    reader = NameContext(library.alphabet, Policy())
    dossier = open_dossier(case, extract_files(files), reader)
    return judge(dossier, known_children(), reader)


# Its name is at the very limit: a processor with AMX reads it with a confidence of 0.28, others above the limit of 0.3.
HARD = "review-hard-name"


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_decided_as_expected(name: str, library: Library) -> None:
    judgement, expected = _judged(name, library), truth.load(name)
    told = [(found.code, found.reason) for found in judgement.findings if found.severity is not Severity.WARNING]
    if name == HARD and told == [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)]:
        return
    assert sorted(told) == sorted(expected.findings)
    assert judgement.decision is expected.decision


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_of_a_sample_are_what_they_are(name: str, library: Library) -> None:
    pages = {(page.file, page.page_no): page for page in _judged(name, library).pages}
    expected = truth.load(name)
    assert len(pages) == len(expected.pages)
    for page in expected.pages:
        if page.damage is None or page.damage.field is not None:
            assert pages[page.file, page.page_no].kind is page.kind


@pytest.mark.parametrize("name", NAMES)
def test_no_page_of_a_sample_failed(name: str, library: Library) -> None:
    failed = [page for file in library.files.values() for page in file.pages if isinstance(page, FailedPage)]
    assert not failed
    assert all(finding.code is not Code.OUR_FAULT for finding in _judged(name, library).findings)


def _flatbed_pages() -> Iterator[tuple[Expected, TruePage]]:
    """Each undamaged scan once, with a sample that holds it."""
    seen = set[PageKey]()
    for expected in map(truth.load, NAMES):
        for page in expected.pages:
            key = (digest_of(truth.SAMPLES / expected.name / page.file), page.page_no)
            if page.style is PictureStyle.FLATBED and page.damage is None and key not in seen:
                seen.add(key)
                yield expected, page


def _is_read(printed: PrintedField, page: TruePage, fields: tuple[FieldValue, ...]) -> bool:
    """Whether a value is in the result, on its page; on certificates also with its person."""
    there = (
        field
        for field in fields
        if (field.file, field.page_no, field.field) == (page.file, page.page_no, printed.field)
        and (field.document is not DocumentKind.BIRTH_CERTIFICATE or field.person is printed.person)
    )
    return any(field.value == printed.value for field in there)


def test_the_fields_of_flatbed_scans_are_true(library: Library) -> None:
    wrong, total = [], 0
    judged = {name: values_of(_judged(name, library).fields) for name in NAMES}
    for expected, page in _flatbed_pages():
        total += len(page.fields)
        wrong += [
            f"{expected.name}/{page.file}#{page.page_no} {printed.field}"
            for printed in page.fields
            if not _is_read(printed, page, judged[expected.name])
        ]
    assert total > 500
    # Nearly all of these stand under the seal, which lies elsewhere on every office's pages.
    assert len(wrong) <= 0.06 * total, wrong
    assert sum("moved_to" not in one and "registration_date" not in one for one in wrong) <= 0.01 * total, wrong
