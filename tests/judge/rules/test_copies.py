import pytest

from models.documents import PageKind
from models.findings import Code, Reason, Severity
from models.policy import CopyLimits
from models.reading import PageReading
from pipeline.judge.rules.copies import copies
from tests.support.cards import certificate, emblem, home, member, portrait
from tests.support.dossiers import dossier
from tests.support.lines import page, rows

LIMITS = CopyLimits()
COVER = page(rows({}, title="居民户口簿"))


def vivid(reading: PageReading, vividness: float | None) -> PageReading:
    measures = reading.measures.model_copy(update={"vividness": vividness})
    return reading.model_copy(update={"measures": measures})


@pytest.mark.parametrize(
    ("reading", "vividness", "told"),
    [
        pytest.param(portrait(), 0.0, [(Code.COPY, Reason.PHOTOCOPY)], id="a card without any colour"),
        pytest.param(emblem(), 0.0, [(Code.COPY, Reason.PHOTOCOPY)], id="an emblem that is not red"),
        pytest.param(home(), 0.0, [(Code.COPY, Reason.PHOTOCOPY)], id="a first page whose seals are grey"),
        pytest.param(certificate(), 0.0, [(Code.COPY, Reason.PHOTOCOPY)], id="a grey certificate"),
        pytest.param(portrait(), LIMITS.colourless - 0.0001, [(Code.COPY, Reason.PHOTOCOPY)], id="just too pale"),
        pytest.param(portrait(), LIMITS.colourless, [], id="just coloured enough"),
        pytest.param(portrait(), None, [], id="read before colour was measured"),
        pytest.param(member(), 0.0, [], id="a page that may have no colour"),
    ],
)
def test_a_document_that_is_printed_in_colour_and_shows_none(
    reading: PageReading, vividness: float | None, told: list[tuple[Code, Reason]]
) -> None:
    held = dossier(vivid(reading, vividness))
    assert held.pages[0].kind is not PageKind.UNREADABLE
    findings = list(copies(held, LIMITS))
    assert [(finding.code, finding.reason) for finding in findings] == told
    assert all(finding.severity is Severity.REVIEW for finding in findings)


@pytest.mark.parametrize(
    ("mirrored", "told"),
    [
        pytest.param(True, [(Code.COPY, Reason.SCREEN)], id="as a camera shows that looks at oneself"),
        pytest.param(False, [], id="as it lies"),
    ],
)
def test_a_mirrored_picture(mirrored: bool, told: list[tuple[Code, Reason]]) -> None:
    held = dossier(member().model_copy(update={"mirrored": mirrored}))
    assert [(finding.code, finding.reason) for finding in copies(held, LIMITS)] == told


@pytest.mark.parametrize(
    ("reading", "raster", "told"),
    [
        pytest.param(member(), LIMITS.striped + 0.01, [(Code.COPY, Reason.SCREEN)], id="stripes on blank paper"),
        pytest.param(member(), LIMITS.striped, [], id="no more than honest pages show"),
        pytest.param(member(), None, [], id="read before stripes were measured"),
        pytest.param(COVER, 0.9, [], id="the register's cover, which is woven"),
    ],
)
def test_a_page_that_shows_the_stripes_of_a_screen(
    reading: PageReading, raster: float | None, told: list[tuple[Code, Reason]]
) -> None:
    measures = reading.measures.model_copy(update={"raster": raster})
    held = dossier(reading.model_copy(update={"measures": measures}))
    findings = list(copies(held, LIMITS))
    assert [(finding.code, finding.reason) for finding in findings] == told
