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
        pytest.param(home().model_copy(update={"typeset": True}), 0.0, [], id="a first page that its PDF sets in text"),
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
    ("reading", "raster", "around", "subpixels", "told"),
    [
        pytest.param(member(), 0.5, 0.4, 0.0, True, id="stripes that go on beside the page"),
        pytest.param(member(), 0.5, 0.02, 0.0, False, id="waves that end where the paper ends"),
        pytest.param(member(), 0.5, LIMITS.beyond, 0.0, False, id="no more beside it than a table shows"),
        pytest.param(member(), 0.9, None, LIMITS.subpixels, False, id="fine lines, and nothing lit beside the page"),
        pytest.param(member(), 0.0, None, LIMITS.subpixels + 0.01, True, id="a page full of print, whose colours turn"),
        pytest.param(member(), LIMITS.striped, 0.9, 0.0, False, id="no more than honest pages show"),
        pytest.param(member(), None, None, None, False, id="read before stripes were measured"),
        pytest.param(member(), 0.9, None, None, False, id="read before it was measured where stripes end"),
        pytest.param(COVER, 0.9, 0.9, 0.0, False, id="the register's cover, which is woven"),
        pytest.param(COVER, 0.9, 0.9, 0.5, True, id="the cover on a screen"),
    ],
)
def test_a_page_that_shows_the_stripes_of_a_screen(
    reading: PageReading, raster: float | None, around: float | None, subpixels: float | None, told: bool
) -> None:
    measured = {"raster": raster, "raster_around": around, "subpixels": subpixels}
    held = dossier(reading.model_copy(update={"measures": reading.measures.model_copy(update=measured)}))
    findings = [(finding.code, finding.reason) for finding in copies(held, LIMITS)]
    assert findings == ([(Code.COPY, Reason.SCREEN)] if told else [])


@pytest.mark.parametrize(
    ("reading", "vividness", "tint", "told"),
    [
        pytest.param(portrait(), 0.1, 0.0, True, id="a grey card with a note in blue"),
        pytest.param(certificate(), 0.1, 0.0, True, id="a grey certificate with a stamp"),
        pytest.param(portrait(), 0.1, LIMITS.untinted, False, id="a card in colour"),
        pytest.param(home(), 0.1, 0.0, False, id="a first page whose seals are red"),
        pytest.param(member(), 0.0, 0.0, True, id="an inner page without any colour"),
        pytest.param(member(), 0.1, 0.0, False, id="an inner page with a seal"),
        pytest.param(member(), 0.0, LIMITS.untinted, False, id="an inner page on tinted paper"),
    ],
)
def test_a_note_in_colour_does_not_make_a_copy_an_original(
    reading: PageReading, vividness: float, tint: float, told: bool
) -> None:
    measured = {"vividness": vividness, "tint": tint}
    held = dossier(reading.model_copy(update={"measures": reading.measures.model_copy(update=measured)}))
    findings = [(finding.code, finding.reason) for finding in copies(held, LIMITS)]
    assert findings == ([(Code.COPY, Reason.PHOTOCOPY)] if told else [])


def test_a_mirrored_page_without_print_of_its_own_shows_its_other_side_and_no_screen() -> None:
    held = dossier(page(()).model_copy(update={"mirrored": True}))
    assert not list(copies(held, LIMITS))
