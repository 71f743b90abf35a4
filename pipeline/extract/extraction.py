"""From readings to content: the kind of each page, its fields and their confidence. Knows no case and no policy.

The same reading and the same CONTENT_VERSION give the same content, so content is kept and judged again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple

from models.case import FailedPage, FileReading, ReadPage
from models.content import FieldContent, FileContent, LineContent, PageContent, Piece, Slot, WatermarkContent
from models.documents import Edition, Field, OtherDocument, PageKind
from models.geometry import Box
from models.id_number import is_certificate_number, normal_number
from models.reading import Barcode, Line, PageReading
from pipeline.extract.birth_certificate import read_certificate
from pipeline.extract.calibration import calibrated, calibration, likelihood
from pipeline.extract.deskew import deskew
from pipeline.extract.editions import edition, electronic_title, kind_by_title
from pipeline.extract.faded_labels import kind_by_layout
from pipeline.extract.fields import FieldReading
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.table import read_named
from pipeline.extract.household import is_amended, read_home, read_member
from pipeline.extract.id_card import read_emblem, read_portrait
from pipeline.extract.other_documents import name_document
from pipeline.extract.page_classifier import classify_page, is_piece
from pipeline.extract.readable import is_readable
from pipeline.extract.runs import SPACES, Run
from pipeline.extract.simplified_script import prefer_simplified
from pipeline.extract.split_documents import split_documents

# Raise this by one with every change after which the same readings give other content, or content of another shape:
# page kinds, fields, confidence (calibration.json too), FileContent itself, and how pictures of rare characters are
# compared (pipeline/glyphs, pipeline/cases/rare_names.py). Rules, policy and wording are no reason. Content that was
# kept under another number is not used: it is made again from kept readings. tests/cases/test_kept_content.py fails
# if the content of the samples changed and the number did not, and says what to do.
CONTENT_VERSION: Final = 17

_READERS: Mapping[PageKind, Callable[[Sequence[Line]], Form]] = MappingProxyType(
    {
        PageKind.ID_PORTRAIT: read_portrait,
        PageKind.ID_EMBLEM: read_emblem,
        PageKind.HUKOU_HOME: read_home,
        PageKind.HUKOU_MEMBER: read_member,
        PageKind.BIRTH_CERTIFICATE: read_certificate,
    }
)
_NOT_OURS = frozenset({PageKind.GUARDIANSHIP, PageKind.OTHER, PageKind.UNREADABLE})
_SURE_PRINT = 0.9  # confidence of a printed number that a barcode may contradict, but not replace
_CHECKED = 0.999  # of what a barcode says, or a zone whose check digits agree
_UNCHECKED = 0.9  # at most, of a number that should have a check digit and whose check digit does not confirm it
_SCRAP = 12  # characters
_MOST_LABELS = 10  # of the twenty-one on a member card


class ExtractedPage(NamedTuple):
    """A page's kind and form, before anything is left out."""

    kind: PageKind
    form: Form
    lines: tuple[Line, ...]  # in the order of the reading's
    document: OtherDocument | None = None  # of none of our kinds, where its words tell


def extract_files(files: Sequence[FileReading]) -> tuple[FileContent, ...]:
    """The content of a case's files, in their order."""
    return tuple(map(_extract_file, files))


def extract_page(reading: PageReading, title: str | None = None) -> PageContent:
    """The content of one document on a page; `title` of an electronic certificate stands elsewhere in the picture."""
    kind, form, lines, document = extract(reading, title)
    at = {id(line): index for index, line in enumerate(lines)}
    measures, mark = reading.measures, reading.watermark
    return PageContent(
        engine=reading.engine,
        page_no=reading.page_no,
        width=reading.width,
        height=reading.height,
        upright_width=reading.upright_width,
        upright_height=reading.upright_height,
        rotation=reading.rotation,
        quad=reading.quad,
        mirrored=reading.mirrored,
        brightness=measures.brightness,
        vividness=measures.vividness,
        tint=measures.tint,
        raster=measures.raster,
        raster_around=measures.raster_around,
        subpixels=measures.subpixels,
        columns=measures.surface.columns,
        packed=bytes(chain.from_iterable(measures.surface.tiles)),
        kind=kind,
        lines=tuple(map(line_content, reading.lines)),
        barcodes=tuple(barcode.text for barcode in reading.barcodes),
        watermark=WatermarkContent(mark.text, mark.colour, mark.angle) if mark else None,
        amended=kind is PageKind.HUKOU_CHANGES and is_amended(reading.lines),
        fields=dict(_fields(form, reading, at, kind)),
        labels={slot: label.quad for slot, label in form.labels.items()},
        places=dict(_places(form)),
        edition=edition(reading.lines, reading.barcodes) if kind is not PageKind.OTHER and document is None else None,
        document=document,
        unit=reading.unit,
        typeset=reading.typeset,
        loss=reading.loss,
    )


def extract(reading: PageReading, title: str | None = None) -> ExtractedPage:
    """Classify a page and read its fields; a member card with readable labels and no value is a blank one.

    Args:
        reading: Of the page.
        title: Of an electronic certificate, read elsewhere in the picture.
    """
    kind = classify_page(reading.lines)
    lines = prefer_simplified(deskew(reading.lines))
    title = electronic_title(reading.lines) or title
    if kind is PageKind.OTHER and not title and (document := name_document(reading.lines)):
        return ExtractedPage(*read_named(document, lines), lines, document)
    if kind in _NOT_OURS:
        kind = kind_by_layout(lines) or (PageKind.OTHER if _is_another(reading) else kind)
    if title:
        kind = kind_by_title(kind, title, reading.lines)
    form = _READERS[kind](lines) if kind in _READERS else Form({}, {})
    if kind is PageKind.HUKOU_MEMBER and not form.fields and form.labels_read >= _MOST_LABELS:
        kind = PageKind.HUKOU_BLANK
    return ExtractedPage(kind, form, lines)


def _is_another(reading: PageReading) -> bool:
    """Whether a page of no known kind is another document, however short."""
    return is_readable(reading.lines) and not is_piece(reading.lines)


def field_content(read: FieldReading, at: Mapping[int, int]) -> FieldContent:
    """A field with the probability that it was read right as its confidence.

    Args:
        read: As found on the page.
        at: The index of each of the page's lines, by its identity.
    """
    sure = calibrated(read, calibration())
    if read.verified is not None:
        sure = _CHECKED if read.verified else min(sure, _UNCHECKED)
    return FieldContent(
        field=read.field,
        value=read.value,
        text=read.text,
        confidence=sure,
        legible=sure if read.value is not None else likelihood(read),
        box=read.box,
        lines=tuple(at[id(line)] for line in read.lines),
        repaired=read.repaired,
        pieces=tuple(map(_piece, read.runs)) if read.field is Field.NAME else (),
    )


def line_content(line: Line) -> LineContent:
    """A line without its lattice."""
    measures = line.measures
    print_ = (measures.height, measures.contrast, measures.edge_width)
    return LineContent(line.text, line.confidence, line.quad, line.upright, *print_)


def _extract_file(file: FileReading) -> FileContent:
    failed = tuple(page for page in file.pages if isinstance(page, FailedPage))
    read = (page for page in file.pages if not isinstance(page, FailedPage))
    pages = (_extract_together(page) for page in read)
    return FileContent(tuple(chain.from_iterable(pages)), failed, file.failure)


def _extract_together(page: ReadPage) -> Iterator[PageContent]:
    """The documents on a page; the frame of an app around them, which is no document of ours, tells their edition."""
    parts = [part for reading in page.readings for part in split_documents(reading)]
    title = next((title for part in parts if (title := electronic_title(part.lines))), None)
    contents = [extract_page(part, title) for part in parts]
    around = [part for part, content in zip(parts, contents, strict=True) if content.kind in _NOT_OURS]
    framed = any(edition(part.lines, part.barcodes) for part in around)
    others = any(content.kind is PageKind.OTHER and content.lines for content in contents)
    for content in contents:
        if others and content.kind is PageKind.UNREADABLE and _is_scrap(content):
            yield content._replace(kind=PageKind.OTHER)
        else:
            yield content._replace(edition=Edition.ELECTRONIC) if framed and content.kind not in _NOT_OURS else content


def _is_scrap(content: PageContent) -> bool:
    """Whether a part of a picture has so little text that it belongs to what else is in the picture."""
    return sum(len(line.text) for line in content.lines) < _SCRAP


def _fields(
    form: Form, reading: PageReading, at: Mapping[int, int], kind: PageKind
) -> Iterator[tuple[Slot, FieldContent]]:
    """The fields; a certificate's barcode, which has a checksum, confirms its number or stands for uncertain print."""
    number = Slot(Field.CERTIFICATE_NUMBER)
    fields = {slot: field_content(read, at) for slot, read in form.fields.items()}
    barcode = next((barcode for barcode in reading.barcodes if is_certificate_number(barcode.text)), None)
    if barcode and kind is PageKind.BIRTH_CERTIFICATE:
        printed = form.fields.get(number)
        certain = printed and printed.value and min(run.confidence for run in printed.runs) >= _SURE_PRINT
        if not (certain and printed and printed.value != normal_number(barcode.text)):
            fields[number] = _of_barcode(barcode, fields.get(number))
    yield from fields.items()


def _of_barcode(barcode: Barcode, printed: FieldContent | None) -> FieldContent:
    text = normal_number(barcode.text)
    box, lines = (printed.box, printed.lines) if printed else (barcode.quad.box, ())
    return FieldContent(Field.CERTIFICATE_NUMBER, text, text, _CHECKED, _CHECKED, box, lines)


def _piece(run: Run) -> Piece:
    shown = [index for index, glyph in enumerate(run.glyphs) if glyph.char not in SPACES]
    start, _ = run.stretch
    moved = (run.glyphs[index] for index in shown)
    glyphs = tuple(glyph._replace(first=glyph.first - start, end=glyph.end - start) for glyph in moved)
    return Piece(run.steps, glyphs, tuple(run.glyph_quad(index) for index in shown))


def _places(form: Form) -> Iterator[tuple[Slot, Box]]:
    for field in form.layout.cells if form.layout else ():
        slot = Slot(field)
        if slot not in form.fields and (place := form.expected(slot)):
            yield slot, place
