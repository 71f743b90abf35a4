"""The pictures of a PDF page: how fine they are, and whether they decode wholly.

PDFium draws what it can decode of a picture, or nothing, and says nothing about the rest: a damaged file would come out
as a finger over the page, or as a missing page.
"""

import math
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final, NamedTuple

import pypdfium2
import pypdfium2.raw
from PIL import Image
from pypdf.generic import DictionaryObject

from models.errors import FileRejectedError
from models.findings import Reason
from pipeline.perceive.decode.inflation import inflation
from pipeline.perceive.decode.inline import count_inline_pictures
from pipeline.perceive.decode.jpeg import rest_of, what_is_missing
from pipeline.perceive.decode.pdf_annotations import area_of_further_pictures
from pipeline.perceive.decode.pdf_objects import (
    PageObjects,
    draws_what_is_not_there,
    has_lost_a_part,
    read_pdf,
)
from pipeline.perceive.decode.pdf_streams import harms

_DEEPEST: Final = 6  # forms within forms in which pictures are looked for
_SMALLEST: Final = 32  # pixels of a side; less is an ornament
_ORNAMENTS: Final = 0.1  # of a page, which pictures may cover that is set in text
_COUNTED: Final = 120_000_000  # bytes that are unpacked to be counted: A4 in colour at 750 dots an inch
_STORED: Final = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64)  # bits a pixel in a file; PDFium tells those that it shows
_SPARE: Final = 16  # bytes that may follow the last row
_PARSED: Final = 200_000  # bytes of a page's content that are parsed: pictures take a few hundred, maps megabytes
_PICTURE_MARK: Final = b"\xff\xd8"
_PLAIN: Final = frozenset(
    {"FlateDecode", "Fl", "LZWDecode", "LZW", "RunLengthDecode", "RL"}
    | {"ASCII85Decode", "A85", "ASCIIHexDecode", "AHx"}  # what is left after them are the pixels themselves
)


def finest(page: pypdfium2.PdfPage) -> float:
    """Pixels a point of the finest picture on a page; 0 without one."""
    width, height = page.get_size()
    scales = [0.0]
    for picture in _pictures(page):
        across, down = picture.get_px_size()
        if picture.level:  # its bounds are those within a form: it is taken to fill the page
            scales.append(max(across, down) / max(width, height))
        else:
            left, bottom, right, top = picture.get_bounds()
            scales.append(max(across, down) / max(right - left, top - bottom, 1e-6))
    return max(scales)


def shows_pictures_alone(page: pypdfium2.PdfPage) -> bool:
    """Whether nothing else is drawn on the page: it is as fine as they are."""
    kinds = {drawn.type for drawn in page.get_objects(max_depth=_DEEPEST)}
    alone = {pypdfium2.raw.FPDF_PAGEOBJ_IMAGE, pypdfium2.raw.FPDF_PAGEOBJ_FORM}
    return (
        pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds and kinds <= alone and not pypdfium2.raw.FPDFPage_GetAnnotCount(page)
    )


def is_typeset(page: pypdfium2.PdfPage, objects: PageObjects | None) -> bool:
    """Whether the file sets the page itself, in text and lines; a seal or a QR code may be a picture.

    Pictures in forms and patterns may fill the page; those in annotations fill their rectangles.
    """
    kinds = {drawn.type for drawn in page.get_objects(max_depth=_DEEPEST)}
    width, height = page.get_size()
    covered = sum(_area(picture) if not picture.level else math.inf for picture in _pictures(page))
    covered += area_of_further_pictures(objects) if objects else math.inf
    return bool(kinds) and covered < _ORNAMENTS * width * height


def _area(picture: Any) -> float:
    left, bottom, right, top = picture.get_bounds()
    return float((right - left) * (top - bottom))


class Kept(NamedTuple):
    """How much of a page the pictures on it have kept: a share of its height, from the top before it is turned."""

    share: float = 1.0
    reason: Reason = Reason.TRUNCATED


def check_pictures(page: pypdfium2.PdfPage, objects: PageObjects | None) -> Kept:
    """Check that every picture that the page draws is there, and decodes wholly.

    Args:
        page: As PDFium has it.
        objects: What pypdf found of it, if anything.

    Returns:
        Where the first picture was cut off, if it is known which of its rows are right.

    Raises:
        FileRejectedError: One is missing, damaged, or cut off.
    """
    if reason := next(harms(objects), None) if objects else None:
        raise FileRejectedError(reason)
    pictures = [one for one in _pictures(page) if min(one.get_px_size()) >= _SMALLEST]
    kept = min((_check(picture, page) for picture in pictures), default=Kept())
    if _lacks_something(page, objects):
        raise FileRejectedError(Reason.DAMAGED)
    return kept


def _lacks_something(page: pypdfium2.PdfPage, objects: PageObjects | None) -> bool:
    """Whether something that the page draws is not there; a page of nothing that pypdf cannot read has lost it all."""
    if objects is None or objects.content is None:
        return not any(True for _ in page.get_objects())
    return (
        has_lost_a_part(objects) or draws_what_is_not_there(objects, _PARSED) or _lacks_inline_pictures(page, objects)
    )


def _lacks_inline_pictures(page: pypdfium2.PdfPage, objects: PageObjects) -> bool:
    """Whether PDFium gave up a picture that stands among the page's instructions."""
    begun = count_inline_pictures(objects.content or b"")
    return begun > sum(not picture.level for picture in _pictures(page))


def holds_files(data: bytes) -> bool:
    """Whether a PDF is a portfolio, whose page only says which program opens the files within."""
    if b"/Collection" not in data and b"/ObjStm" not in data:  # it may be packed with other objects
        return False
    try:
        return "/Collection" in read_pdf(data).root_object
    except Exception:  # noqa: BLE001 - pypdf raises what it likes; PDFium reads more, and opened the file
        return False


def is_shell(data: bytes) -> bool:
    """Whether a PDF with an XFA form has no fields of its own: its page only says which program shows the form."""
    try:
        form = read_pdf(data).root_object["/AcroForm"].get_object()
        return isinstance(form, DictionaryObject) and not form.get("/Fields")
    except Exception:  # noqa: BLE001 - as above
        return False


def _pictures(page: pypdfium2.PdfPage) -> Iterator[Any]:
    yield from page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST)


def _check(picture: Any, page: pypdfium2.PdfPage) -> Kept:
    filters = picture.get_filters()
    coding = filters[-1] if filters else ""
    if coding in ("DCTDecode", "DCT"):
        data = bytes(picture.get_data(decode_simple=True))
        return _check_jpeg(data[max(0, data.find(_PICTURE_MARK)) :], picture, page)  # readers skip a line end before it
    if coding == "JPXDecode":
        _check_jpx(bytes(picture.get_data(decode_simple=True)))
    elif not coding or set(filters) <= _PLAIN:
        _check_packing(picture, filters)
        _check_length(picture)
    else:
        picture.get_bitmap()  # PDFium refuses pictures of JBIG2 and of fax lines that it cannot decode
    return Kept()


def _check_jpeg(data: bytes, picture: Any, page: pypdfium2.PdfPage) -> Kept:
    try:
        Image.open(BytesIO(data), formats=("JPEG",)).close()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileRejectedError(Reason.DAMAGED) from error
    reason = what_is_missing(data)
    if reason is None:
        return Kept()
    rest = rest_of(data)
    share = _share_above(rest.kept, picture, page) if rest else None
    if share is None:
        raise FileRejectedError(reason)
    return Kept(share, reason)


def _share_above(kept: float, picture: Any, page: pypdfium2.PdfPage) -> float | None:
    """The share of the page above the row where a picture ends; None if it lies askew, or if that is unknown."""
    matrix = picture.get_matrix()
    left, bottom, right, top = page.get_cropbox()
    width, height = page.get_size()[:: -1 if page.get_rotation() % 180 else 1]
    is_upright = not picture.level and not matrix.b and not matrix.c and min(matrix.a, matrix.d) > 0
    if not is_upright or max(abs(right - left - width), abs(top - bottom - height)) > 1:
        return None
    share = (top - matrix.f - matrix.d * (1 - kept)) / height
    return min(share, 1.0) if share > 0 else None


def _check_jpx(data: bytes) -> None:
    try:
        with Image.open(BytesIO(data), formats=("JPEG2000",)) as image:
            image.load()
    except Image.DecompressionBombError as error:
        raise FileRejectedError(Reason.TOO_LARGE) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise FileRejectedError(Reason.DAMAGED) from error


def _check_packing(picture: Any, filters: list[str]) -> None:
    """Check pixels that are packed by zlib alone against their checksum: of pictures that pypdf does not see, too."""
    if filters in (["FlateDecode"], ["Fl"]):
        width, height = picture.get_px_size()
        packed = bytes(picture.get_data(decode_simple=False)).lstrip(b"\r\n")
        rows = [-(-width * bits // 8) for bits in _STORED]
        if reason := inflation(packed, needed=[(row + tag) * height for row in rows for tag in (0, 1)]).reason:
            raise FileRejectedError(reason)


def _check_length(picture: Any) -> None:
    """Check that the pixels of a picture that is no more than packed are as many as any depth stores."""
    width, height = picture.get_px_size()
    shown = -(-width * picture.get_metadata().bits_per_pixel // 8)
    if shown * height > _COUNTED:
        return
    held = len(picture.get_data(decode_simple=True))
    rows = [-(-width * bits // 8) for bits in _STORED]
    whole = any(row * (height - 1) < held <= row * height + _SPARE for row in rows)
    if not whole and held <= shown * (height - 1):
        raise FileRejectedError(Reason.TRUNCATED)
