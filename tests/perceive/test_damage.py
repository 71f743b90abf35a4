import struct
import zipfile
import zlib
from functools import partial
from io import BytesIO
from random import Random
from typing import Final

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, NameObject, PdfObject, TextStringObject

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode import pdf_fonts
from pipeline.perceive.decode.pages import count_pages, decode, decode_page
from pipeline.perceive.decode.sniff import sniff
from tests.support.decoding import why
from tests.support.files import encoded, field_pdf, locked_pdf, picture_pdf
from tests.support.hostile_pdfs import drawn_pdf

SIZE: Final = (620, 472)
RNG: Final = np.random.default_rng(5)
# Grain, blocks and a blank part: a scan has all of them.
PIXELS: Final = np.clip(RNG.normal(225, 6, (SIZE[1], SIZE[0], 3)), 0, 255).astype(np.uint8)
PIXELS[60:200:20, 40:500] = 40
PIXELS[:, 560:] = 255
PICTURE: Final = Image.fromarray(PIXELS)
JPEG: Final = encoded(PICTURE, "JPEG", quality=90)
CODINGS: Final = {
    "baseline": JPEG,
    "progressive": encoded(PICTURE, "JPEG", quality=90, progressive=True),
    "with restarts": encoded(PICTURE, "JPEG", quality=90, restart_marker_rows=4),
    "without subsampling": encoded(PICTURE, "JPEG", quality=90, subsampling=0),
    "in grey": encoded(PICTURE.convert("L"), "JPEG", quality=90),
}
LOST: Final = {
    "cut off": lambda data, at: data[:at],
    "cut off and ended": lambda data, at: data[:at] + b"\xff\xd9",
    "short of a piece": lambda data, at: data[:at] + data[at + 3000 :],
    "zeroed to its end": lambda data, at: data[:at] + bytes(len(data) - at),
    "with garbage in it": lambda data, at: data[:at] + Random(at).randbytes(3000) + data[at + 3000 :],
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_jpeg_that_lacks_only_its_end_mark_is_read(coding: str) -> None:
    data = CODINGS[coding]
    assert why(data) is None
    assert why(data[:-2]) is None
    assert why(data + b"a film that follows" * 1000) is None
    assert why(data[:-2] + b"\0" * 20 + data[-2:]) is None  # some phones leave bytes there
    assert why(data[:-2] + b"\0" * 600 + data[-2:]) is None
    for stray in (1, 3, 10, 40, 64):
        assert why(data[:-2] + Random(stray).randbytes(stray).replace(b"\xff", b"\0") + data[-2:]) is None
    for behind in (CODINGS["progressive"], b"\0\0\0\x18ftypmp42" + Random(1).randbytes(200_000)):
        for padding in (0, 12, 20):
            assert why(data[:-2] + b"\0" * padding + data[-2:] + behind) is None


@pytest.mark.parametrize("share", [0.3, 0.6, 0.85])
@pytest.mark.parametrize("harm", LOST)
@pytest.mark.parametrize("coding", CODINGS)
def test_a_jpeg_of_which_a_part_is_lost_is_called_damaged(coding: str, harm: str, share: float) -> None:
    data = CODINGS[coding]
    harmed = LOST[harm](data, round(share * len(data)))
    assert why(harmed) in (Reason.TRUNCATED, Reason.DAMAGED)
    assert why(picture_pdf(harmed, SIZE, (446.4, 340.2))) in (Reason.TRUNCATED, Reason.DAMAGED)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(picture_pdf(JPEG, SIZE, (446.4, 340.2)), None, id="whole"),
        pytest.param(
            picture_pdf(zlib.compress(PIXELS.tobytes()), SIZE, (446.4, 340.2), coding="/FlateDecode"), None, id="Flate"
        ),
        pytest.param(
            picture_pdf(zlib.compress(PIXELS.tobytes()[:500_000]), SIZE, (446.4, 340.2), coding="/FlateDecode"),
            Reason.TRUNCATED,
            id="Flate that unfolds to too little",
        ),
        pytest.param(
            picture_pdf(zlib.compress(PIXELS.tobytes())[:200_000], SIZE, (446.4, 340.2), coding="/FlateDecode"),
            Reason.TRUNCATED,
            id="Flate cut off",
        ),
        pytest.param(
            picture_pdf(encoded(PICTURE, "JPEG2000")[:9000], SIZE, (446.4, 340.2), coding="/JPXDecode"),
            Reason.DAMAGED,
            id="JPEG 2000 cut off",
        ),
        pytest.param(picture_pdf(JPEG, SIZE, (446.4, 340.2), drawn="/Q"), Reason.DAMAGED, id="a picture not there"),
        pytest.param(picture_pdf(JPEG, SIZE, (446.4, 340.2), drawn="/#50"), None, id="its name in another spelling"),
        pytest.param(
            picture_pdf(JPEG, SIZE, (446.4, 340.2), drawn="BT (use /Name Do now) Tj ET % /Foo Do\n/P"),
            None,
            id="words of a text",
        ),
        pytest.param(picture_pdf(b"\r\n" + JPEG, SIZE, (446.4, 340.2)), None, id="a line end before the picture"),
        *[
            pytest.param(
                picture_pdf(
                    zlib.compress(bytes(-(-SIZE[0] * bits // 8) * SIZE[1])),
                    SIZE,
                    (446.4, 340.2),
                    coding="/FlateDecode",
                    depth=(colours, bits // (3 if colours == "/DeviceRGB" else 1)),
                ),
                None,
                id=f"{bits} bits a pixel of {colours}",
            )
            for colours, bits in (("/DeviceGray", 2), ("/DeviceGray", 4), ("/DeviceGray", 16), ("/DeviceRGB", 12))
        ],
    ],
)
def test_a_picture_of_a_pdf_is_whole_or_the_file_is_damaged(data: bytes, reason: Reason | None) -> None:
    assert why(data) is reason


PDF: Final = partial(picture_pdf, JPEG, SIZE)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        pytest.param(PDF((620, 472)), SIZE, id="a pixel a point"),
        pytest.param(PDF((37.2, 28.32)), SIZE, id="1,200 dots an inch"),
        pytest.param(PDF((62, 47.2), user_unit=10), SIZE, id="ten units"),
        pytest.param(PDF((6200, 4720)), SIZE, id="a tenth of a pixel a point"),
        pytest.param(PDF((620, 472), crop=(5000, 5000, 6000, 6000)), SIZE, id="nothing of it visible"),
        pytest.param(PDF((620, 472), crop=(620, 0, 1240, 472)), SIZE, id="the visible part beside it"),
        pytest.param(PDF((620, 472), crop=(620, 472, 0, 0)), SIZE, id="a box from the other corner"),
        pytest.param(PDF((620, 472), crop=(0, 0, 310, 472)), (310, 472), id="half of it visible"),
    ],
)
def test_a_page_of_a_picture_is_as_fine_as_the_picture(data: bytes, size: tuple[int, int]) -> None:
    page = decode(data, page_no=1, limits=Limits())
    assert page.shape[1::-1] == pytest.approx(size, abs=2)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        pytest.param(PDF((446.4, 340.2)), (1240, 945), id="200 dots an inch"),
        pytest.param(PDF((620, 472)), (1722, 1311), id="a pixel a point"),
        pytest.param(PDF((37.2, 28.32)), (103, 79), id="1,200 dots an inch"),
        pytest.param(PDF((62, 47.2), user_unit=10), (1722, 1311), id="ten units"),
        pytest.param(JPEG, SIZE, id="no PDF"),
    ],
)
def test_results_give_a_pdf_page_at_200_dots_an_inch(data: bytes, size: tuple[int, int]) -> None:
    page = decode_page(data, page_no=1, limits=Limits())
    width, height = (round(side * page.unit) for side in page.pixels.shape[1::-1])
    assert (width, height) == pytest.approx(size, abs=3)


@pytest.mark.parametrize(
    ("data", "typeset"),
    [
        pytest.param(drawn_pdf(hidden=False), True, id="letters"),
        pytest.param(PDF((446.4, 340.2)), False, id="a picture"),
        pytest.param(picture_pdf(JPEG, SIZE, (446.4, 340.2), drawn="BT /F 9 Tf (A) Tj ET /P"), False, id="both"),
        pytest.param(JPEG, False, id="no PDF"),
    ],
)
def test_what_a_pdf_sets_itself_is_told_from_a_picture(data: bytes, typeset: bool) -> None:
    assert decode_page(data, page_no=1, limits=Limits()).typeset is typeset


def test_a_picture_larger_than_needed_is_drawn_smaller() -> None:
    large = Image.new("L", (8_000, 6_000), 230)
    page = decode(
        picture_pdf(encoded(large.convert("RGB"), "JPEG"), large.size, (8_000, 6_000)),
        page_no=1,
        limits=Limits(pixels=120_000_000),
    )
    assert page.shape[:2] == (3000, 4000)


def test_what_a_field_of_a_form_shows_is_seen() -> None:
    assert decode(field_pdf((300, 200)), page_no=1, limits=Limits())[100, 100].tolist() == [255, 0, 0]


def test_a_tiff_that_ends_in_zeros_is_cut_off() -> None:
    whole = encoded(PICTURE, "TIFF")
    assert why(whole) is None
    first = whole.index(PIXELS.tobytes()[:64])
    foot = round(0.9 * SIZE[1]) * SIZE[0] * 3
    assert why(whole[: first + foot] + bytes(PIXELS.size - foot) + whole[first + PIXELS.size :]) is None
    lost = first + round(0.6 * PIXELS.size) + 7
    assert why(whole[:lost] + bytes(first + PIXELS.size - lost) + whole[first + PIXELS.size :]) is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("brands", "reason"),
    [
        *[
            pytest.param((brand, b"mif1"), Reason.HEIC, id=brand.decode())
            for brand in (b"heic", b"heix", b"hevc", b"hevm", b"heif", b"mif2", b"MiHB", b"msf1", b"miaf")
        ],
        pytest.param((b"mif1", b"heic"), Reason.HEIC, id="any picture, coded as HEIC"),
        pytest.param((b"mif1", b"avif", b"miaf"), Reason.AVIF, id="any picture, coded as AVIF"),
        pytest.param((b"avif", b"mif1", b"miaf"), Reason.AVIF, id="AVIF"),
        pytest.param((b"isom", b"mp42"), Reason.TYPE, id="a film"),
    ],
)
def test_a_photo_of_an_iphone_is_known_by_any_of_its_brands(brands: tuple[bytes, ...], reason: Reason) -> None:
    head = b"ftyp" + brands[0] + bytes(4) + b"".join(brands)
    with pytest.raises(FileRejectedError) as caught:
        sniff(struct.pack(">I", len(head) + 4) + head + bytes(100))
    assert caught.value.reason is reason


def archive(name: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        written.writestr(name, "<ofd:OFD/>")
    return buffer.getvalue()


def catalogued(**entries: PdfObject) -> bytes:
    """A PDF of one page whose catalogue has these entries."""
    writer = PdfWriter()
    writer.add_blank_page(200, 100)
    for name, entry in entries.items():
        writer._root_object[NameObject(f"/{name}")] = entry
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


XFA: Final = DictionaryObject(
    {NameObject("/XFA"): ArrayObject([TextStringObject("template"), TextStringObject("<a/>")])}
)


def locked_by(lock: str) -> bytes:
    """A PDF that is encrypted as these entries say."""
    page = picture_pdf(JPEG, SIZE, (446.4, 340.2))
    return page.replace(b"/Info 1 0 R\n", f"/Info 1 0 R\n/Encrypt<<{lock}>>/ID[<00><00>]\n".encode())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(archive("OFD.xml"), Reason.OFD, id="an OFD"),
        pytest.param(archive("word/document.xml"), Reason.TYPE, id="another archive"),
        pytest.param(archive("OFD.xml")[:60], Reason.TYPE, id="a broken archive"),
        pytest.param(b"\xff\x0a" + bytes(60), Reason.JXL, id="a bare JPEG XL"),
        pytest.param(b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60), Reason.JXL, id="a JPEG XL in a box"),
        pytest.param(catalogued(Collection=DictionaryObject()), Reason.PORTFOLIO, id="a portfolio"),
        pytest.param(
            catalogued(NeedsRendering=BooleanObject(True), AcroForm=XFA),
            Reason.XFA,
            id="a dynamic form",
        ),
        pytest.param(catalogued(AcroForm=XFA), Reason.XFA, id="a page that waits for a form, without NeedsRendering"),
        pytest.param(locked_by("/Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s5/V 4"), Reason.PASSWORD, id="certificates"),
        pytest.param(locked_by("/Filter/FOPN_fLock/V 1"), Reason.PASSWORD, id="a lock of another company"),
        pytest.param(locked_by("/Filter/Standard/V 9/R 9"), Reason.PASSWORD, id="a lock that is not invented yet"),
        pytest.param(locked_pdf("secret"), Reason.PASSWORD, id="a password to open it"),
    ],
)
def test_what_we_do_not_decode_is_named(data: bytes, reason: Reason) -> None:
    with pytest.raises(FileRejectedError) as caught:
        count_pages(data, Limits())
    assert caught.value.reason is reason


def lettered_pdf(text: str) -> bytes:
    """A page of text in 宋体, which is not in the file."""
    return pdf_fonts.TRIAL.replace(b"6837672C", text.encode("utf-16-be").hex().encode())


def test_text_without_its_font_is_refused_where_no_chinese_font_is(monkeypatch: pytest.MonkeyPatch) -> None:
    data = lettered_pdf("姓名")
    assert why(data) is None or not pdf_fonts.draws_chinese()
    monkeypatch.setattr(pdf_fonts, "draws_chinese", lambda: False)  # as on a bare machine: PDFium's folders are fixed
    assert why(data) is Reason.FONT
    assert why(lettered_pdf("No. 7")) is None
    assert why(data.replace(b"BT ", b"BT 3 Tr ")) is None  # the layer of a searchable scan
    assert why(PDF((620, 472))) is None
