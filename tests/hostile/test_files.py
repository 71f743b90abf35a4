"""Section A of the list of bad inputs: every hostile file goes the whole way, as one file of a submission."""

import hashlib
import re
from collections.abc import Callable
from contextlib import closing
from functools import partial
from io import BytesIO

import psutil
import pytest
from PIL import Image

from models.findings import Code, Reason, Severity
from models.policy import Limits
from models.result import Result
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.stores.content import bytes_of
from pipeline.workers.render_pool import PageRenderer
from tests.hostile.conftest import Intake
from tests.hostile.watching import watched
from tests.support.files import (
    animation,
    claiming_png,
    encoded,
    heic,
    locked_pdf,
    looping_pdf,
    looping_tiff,
    lost_tiff,
    oriented,
    pdf,
    photo,
    sheet,
    tiff,
    unmarked_cmyk,
)
from tests.support.hostile_images import (
    EICAR,
    cut,
    ended_early,
    grey_at_the_end,
    late_pdf,
    located,
    looping_exif,
    motion_photo,
    moving_webp,
    tiled_tiff,
    web_page_jpeg,
    with_junk_between_markers,
    with_lost_page,
    with_profile,
    with_unfolding_text,
    zipped_pdf,
)
from tests.support.hostile_pdfs import (
    CANARY,
    active_pdf,
    bomb_pdf,
    doubling_pdf,
    drawn_pdf,
    scanned_pdf,
    self_drawing_pdf,
    vast_image_pdf,
)

pytestmark = pytest.mark.long

Made = Callable[[], bytes]
SECONDS, MEGABYTES = 5, 512  # of its processor, and beside what the reading process holds
SIZE = Limits().bytes
GREY = (128, 128, 128)  # what libjpeg puts where nothing is
_HAN = re.compile("[一-鿿]")


def noise(kind: str, **options: object) -> bytes:
    """A picture that is large enough to be cut anywhere."""
    with Image.open(BytesIO(photo())) as image:
        return encoded(image.convert("RGB"), kind, **options)


REFUSED = [
    pytest.param(lambda: b"", Reason.EMPTY, id="no bytes"),
    pytest.param(lambda: b"\xff", Reason.TYPE, id="one byte"),
    pytest.param(lambda: b"0123456789", Reason.TYPE, id="ten bytes"),
    pytest.param(CANARY.encode, Reason.TYPE, id="a text"),
    pytest.param(f"<!DOCTYPE html>{CANARY}".encode, Reason.TYPE, id="a web page"),
    pytest.param(lambda: b"MZ\x90\x00" + CANARY.encode() * 50, Reason.TYPE, id="a program"),
    pytest.param(f"<svg xmlns='x'><script>{CANARY}</script></svg>".encode, Reason.TYPE, id="a drawing"),
    pytest.param(partial(locked_pdf, "secret"), Reason.PASSWORD, id="a PDF that wants a password"),
    *[
        pytest.param(partial(_made, percent), Reason.TRUNCATED, id=f"{percent} % of {name}")
        for name, _made in (
            ("a JPEG", lambda percent: cut(photo(), percent)),
            ("a progressive JPEG", lambda percent: cut(noise("JPEG", progressive=True), percent)),
            ("a PNG", lambda percent: cut(noise("PNG"), percent)),
        )
        for percent in (10, 50, 90, 99)
    ],
    *[
        pytest.param(partial(ended_early, percent), Reason.TRUNCATED, id=f"{percent} % of a JPEG that says it ended")
        for percent in (10, 50, 90, 99)
    ],
    pytest.param(lambda: cut(pdf((72, 72)), 90), Reason.DAMAGED, id="90 % of a PDF"),
    pytest.param(partial(claiming_png, 50_000, 50_000), Reason.TOO_LARGE, id="a PNG of 50,000 by 50,000"),
    pytest.param(lambda: encoded(sheet(), "GIF"), Reason.TYPE, id="a GIF"),
    pytest.param(partial(animation, "GIF"), Reason.TYPE, id="a GIF that moves"),
    pytest.param(partial(moving_webp, 10_000), Reason.TYPE, id="a WebP of 10,000 frames"),
    pytest.param(partial(tiff, 500), Reason.TOO_MANY_PAGES, id="a TIFF of 500 pages"),
    pytest.param(lost_tiff, Reason.DAMAGED, id="a TIFF whose page lies past its end"),
    pytest.param(partial(tiled_tiff, 64, 64, 16), Reason.TRUNCATED, id="a TIFF whose tile lies past its end"),
    pytest.param(partial(tiled_tiff, 64, 64, 60_000), Reason.TRUNCATED, id="a TIFF whose tile is larger than it"),
    pytest.param(partial(tiled_tiff, 50_000, 50_000, 16), Reason.TOO_LARGE, id="a TIFF of 50,000 by 50,000"),
    pytest.param(lambda: pdf(*[(72, 72)] * 3000), Reason.TOO_MANY_PAGES, id="a PDF of 3,000 pages"),
    pytest.param(partial(bomb_pdf, 1024), Reason.TOO_LARGE, id="a PDF that unfolds to a gigabyte"),
    pytest.param(partial(bomb_pdf, 10_240, 3), Reason.TOO_LARGE, id="a PDF that unfolds to ten, thrice packed"),
    pytest.param(partial(doubling_pdf, 40), Reason.TOO_LARGE, id="a PDF that draws 2 to the 40th forms"),
    pytest.param(self_drawing_pdf, Reason.TOO_LARGE, id="a PDF with a form that draws itself"),
    pytest.param(pdf, Reason.EMPTY, id="a PDF without pages"),
    pytest.param(heic, Reason.HEIC, id="a photo of an iPhone"),
    pytest.param(lambda: encoded(sheet(), "JPEG") + b"\0" * 60_000_000, Reason.TOO_LARGE, id="a film of 60 MB behind"),
    pytest.param(lambda: encoded(sheet(), "JPEG").ljust(SIZE + 1, b"\0"), Reason.TOO_LARGE, id="one byte too much"),
    pytest.param(lambda: EICAR, Reason.TYPE, id="the test file of virus scanners"),
]

OPENED = [
    pytest.param(lambda: encoded(sheet(), "PNG"), id="a good page"),
    pytest.param(web_page_jpeg, id="a JPEG that is a web page as well"),
    pytest.param(zipped_pdf, id="a PDF that is an archive as well"),
    pytest.param(late_pdf, id="a PDF behind an archive's beginning"),
    pytest.param(active_pdf, id="a PDF with a script, a file and a program to start"),
    pytest.param(partial(locked_pdf, ""), id="a PDF that only its owner may change"),
    pytest.param(with_junk_between_markers, id="a JPEG with junk between its markers"),
    pytest.param(lambda: pdf((14_400, 14_400)), id="a PDF page of 200 inches"),
    pytest.param(lambda: encoded(sheet(), "JPEG")[:-2], id="a JPEG without its end mark"),
    pytest.param(lambda: encoded(Image.new("RGB", (80, 80), GREY), "JPEG"), id="a JPEG of nothing but that grey"),
    pytest.param(grey_at_the_end, id="a whole JPEG that ends in that grey"),
    pytest.param(partial(scanned_pdf, 4960, 7016), id="an honest scan of A4 at 600 dots to the inch"),
    pytest.param(unmarked_cmyk, id="a JPEG of four inks, inverted"),
    pytest.param(lambda: encoded(sheet("1"), "TIFF", compression="group4"), id="a fax"),
    pytest.param(partial(vast_image_pdf, 40_000), id="a PDF with a picture of 40,000 by 40,000 dots"),
    pytest.param(partial(vast_image_pdf, 2**31 - 1, claimed_only=True), id="a PDF with a picture that claims more"),
    pytest.param(partial(drawn_pdf, hidden=False), id="a PDF of letters, without any picture"),
    pytest.param(partial(drawn_pdf, hidden=True), id="a PDF with letters that cannot be seen"),
    pytest.param(motion_photo, id="two pictures in a JPEG"),
    pytest.param(lambda: encoded(sheet(), "JPEG") + b"\0" * 30_000_000, id="a JPEG with a film of 30 MB behind"),
    pytest.param(partial(oriented, 6), id="a JPEG that lies on its side"),
    pytest.param(looping_exif, id="a JPEG whose EXIF runs in a circle"),
    pytest.param(located, id="a JPEG that says where it was taken"),
    pytest.param(partial(with_profile, "PNG", 30_000_000), id="a PNG with a colour profile of 30 MB"),
    pytest.param(partial(with_profile, "JPEG", 15_000_000), id="a JPEG with one of 15 MB"),
    pytest.param(partial(with_profile, "WEBP", 30_000_000), id="a WebP with one of 30 MB"),
    pytest.param(partial(with_unfolding_text, 30_000_000), id="a PNG with a text that unfolds to 30 MB"),
    pytest.param(lambda: encoded(sheet(), "JPEG").ljust(SIZE, b"\0"), id="as large as may be"),
]


def ending(result: Result) -> list[tuple[Code, Reason]]:
    """What was found about the file itself; pages that did not come are another matter."""
    return [(one.code, one.reason) for one in result.findings if one.code in (Code.BAD_FILE, Code.OUR_FAULT)]


@pytest.fixture
def gone_through(
    intake: Intake, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[[bytes], Result]:
    """Takes a file all the way, twice, and checks what holds of every file whatever it is."""

    def go(data: bytes) -> Result:
        digest = hashlib.sha256(data).hexdigest()
        case, before = f"case-{digest[:12]}", intake.reading_process()
        with watched(before) as taken:
            result = intake.submit(case, {f"{CANARY}.jpg": data})
        assert taken.seconds <= SECONDS
        assert taken.megabytes <= MEGABYTES
        assert bytes_of(intake.desk.store, digest, limit=None) == data
        assert intake.desk.ledger.cases.results(case) == (result,)
        assert psutil.pid_exists(intake.reading_process())
        again = intake.submit(case, {f"{CANARY}.jpg": data})
        assert again.model_copy(update={"provenance": result.provenance}) == result
        said = capfd.readouterr()
        assert CANARY not in caplog.text + said.out + said.err + intake.said.read_text("utf-8")
        return result

    return go


@pytest.mark.parametrize(("made", "reason"), REFUSED)
def test_a_file_that_cannot_be_read(gone_through: Callable[[bytes], Result], made: Made, reason: Reason) -> None:
    result = gone_through(made())
    assert ending(result) == [(Code.BAD_FILE, reason)]
    (finding,) = (one for one in result.findings if one.code is Code.BAD_FILE)
    assert finding.severity is Severity.REJECT
    assert _HAN.search(finding.message)
    assert _HAN.search(finding.next_step)
    assert CANARY not in finding.message + finding.next_step


@pytest.mark.parametrize("made", OPENED)
def test_a_strange_file_that_is_read(gone_through: Callable[[bytes], Result], made: Made) -> None:
    result = gone_through(made())
    assert ending(result) == []
    assert len(result.pages) == 1
    assert CANARY not in "".join(field.value or "" for field in result.fields)


@pytest.mark.parametrize(
    "made",
    [pytest.param(looping_pdf, id="a PDF whose tree of pages holds itself"),
     pytest.param(looping_tiff, id="a TIFF whose pages run in a circle")],
)  # fmt: skip
def test_a_file_that_runs_in_a_circle(gone_through: Callable[[bytes], Result], made: Made) -> None:
    assert {code for code, _ in ending(gone_through(made()))} <= {Code.BAD_FILE}


def test_one_page_of_twelve_that_fails_is_named_and_the_others_are_read(
    gone_through: Callable[[bytes], Result],
) -> None:
    result = gone_through(with_lost_page(tiff(12), 7))
    failed = [one.page_no for one in result.findings if one.code is Code.BAD_FILE]
    assert failed == [7]
    assert [page.page_no for page in result.pages] == list(range(1, 13))


def test_a_picture_for_a_person_says_nothing_of_where_it_was_taken() -> None:
    with closing(PageRenderer(ReaderOptions())) as viewer:
        shown = viewer.view(located(), 1, Limits())
    assert CANARY.encode() in located()
    assert CANARY.encode() not in shown
    with Image.open(BytesIO(shown)) as picture:
        assert not picture.getexif()
