"""The streams that a PDF page needs, by their own codes: PDFium shows what it can decode of one, and says nothing.

pypdf finds the objects. What it cannot read, for instance in a file whose list of objects is broken, says nothing.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pypdf import PdfReader
from pypdf.filters import ASCII85Decode, ASCIIHexDecode
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NullObject, NumberObject, StreamObject

from models.findings import Reason
from pipeline.perceive.decode import jbig2, strips
from pipeline.perceive.decode.strips import Strip

_MOST: Final = 2000  # objects of a page that are looked at
_ELSEWHERE: Final = frozenset({"/Page", "/Pages", "/Catalog", "/Action", "/Filespec", "/Metadata", "/StructElem"})
_NOT_SHOWN: Final = frozenset({"/Parent", "/Dest", "/A", "/AA", "/Metadata", "/PieceInfo", "/Thumb"})
_NOUGHTS: Final = bytes(48)
_END_OF_CODESTREAM: Final = b"\xff\xd9"  # ITU-T T.800, A.4.4: no code holds it
_UNPACKED: Final = 1 << 28  # bytes of a page
_COLOURS: Final[Mapping[str, int]] = MappingProxyType(
    {"/DeviceGray": 1, "/CalGray": 1, "/Indexed": 1, "/Separation": 1, "/DeviceRGB": 3, "/CalRGB": 3, "/Lab": 3,
     "/DeviceCMYK": 4}
)  # fmt: skip
_AFTER_LINE_END: Final = 5  # bits of two bytes behind eleven noughts, with which the end of a line begins
_NUMBER: Final = (NumberObject, FloatObject)
_FAX_COLUMNS: Final = 1728  # where none are named
_PNG_PREDICTORS: Final = 10
_FULL_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/RL": "/RunLengthDecode", "/A85": "/ASCII85Decode",
     "/AHx": "/ASCIIHexDecode", "/CCF": "/CCITTFaxDecode", "/DCT": "/DCTDecode"}
)  # fmt: skip


class PageObjects(NamedTuple):
    """What pypdf found of a page."""

    page: DictionaryObject
    streams: tuple[StreamObject, ...]

    @property
    def content(self) -> bytes | None:
        """The page's drawing instructions; None where pypdf does not unpack them."""
        try:
            contents = self.page.get_contents()  # type: ignore[attr-defined]  # of a PageObject
            return b"" if contents is None else bytes(contents.get_data())
        except Exception:  # noqa: BLE001 - as in `open_page`
            return None


def read_pdf(data: bytes) -> PdfReader:
    """The file as pypdf reads it, which would log what it finds wrong, in words of the file. Raises what it likes."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    return PdfReader(BytesIO(data))


def open_page(data: bytes, page_no: int) -> PageObjects | None:
    """The objects of a page; None if pypdf does not read the file."""
    try:
        page = read_pdf(data).pages[page_no - 1]
        return PageObjects(page, tuple(reached(page, page.get("/Resources"))))
    except Exception:  # noqa: BLE001 - pypdf raises what it likes, also NotImplementedError and errors of its own
        return None


def has_lost_a_part(objects: PageObjects) -> bool:
    """Whether the page's instructions are named and not there, or a box of it has no four numbers."""
    try:
        page = objects.page
        contents = _contents(page)
        boxes = [page[name] for name in ("/MediaBox", "/CropBox") if name in page]
        return not all(isinstance(one, StreamObject) for one in contents) or not all(map(_is_box, boxes))
    except Exception:  # noqa: BLE001 - as above
        return True


def _contents(page: DictionaryObject) -> list[Any]:
    """The streams of the page's instructions, without the nulls that stand beside one."""
    named = page.get("/Contents")
    given = named.get_object() if named is not None else ArrayObject()
    if not isinstance(given, ArrayObject):
        return [given]
    streams = [one.get_object() for one in given if not isinstance(one, NullObject)]
    return [one for one in streams if not isinstance(one, NullObject)] or streams


def _is_box(box: Any) -> bool:
    return isinstance(box, ArrayObject) and len(box) == 4 and all(isinstance(one.get_object(), _NUMBER) for one in box)


def user_unit(objects: PageObjects | None) -> float:
    """How many points a unit of the page has; 1 where the file does not say it, or no number above nought."""
    try:
        stated = float(str(objects.page.get("/UserUnit", 1))) if objects else 1.0
    except ValueError:
        return 1.0
    return stated if 0 < stated < float("inf") else 1.0


def reached(start: Any, *further: Any) -> Iterator[StreamObject]:
    """The streams that an object draws from, such as a page: contents, pictures, masks, forms, fonts, fields."""
    waiting: list[Any] = [start, *further]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST:
        one = waiting.pop()
        one = one.get_object() if one is not None else None
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, StreamObject) and one.get("/Type") not in _ELSEWHERE:
            yield one
        if isinstance(one, DictionaryObject) and (one is start or one.get("/Type") not in _ELSEWHERE):
            waiting.extend(value for key, value in one.items() if key not in _NOT_SHOWN)
        elif isinstance(one, ArrayObject):
            waiting.extend(one)


def harms(objects: PageObjects) -> Iterator[Reason]:
    """What the page's pictures and instructions have lost, as far as their first codes tell.

    Other streams, such as fonts and colour profiles, are left to PDFium. After 256 MB of pixels nothing is asked.
    """
    instructions = {id(one) for one in _contents(objects.page)}
    left = _UNPACKED
    for stream in objects.streams:
        is_picture = stream.get("/Subtype") == "/Image"
        if not is_picture and id(stream) not in instructions and stream.get("/Subtype") != "/Form":
            continue
        reason, size = _harm(stream) if is_picture else _harm_of_instructions(stream)
        if reason:
            yield reason
        left -= size
        if left < 0:
            return


def _harm(picture: StreamObject) -> tuple[Reason | None, int]:
    """What a picture has lost, None for codes that do not tell; and how many bytes it unpacked to, or would."""
    try:
        coding, data, parameters = _last_code(picture)
        row = _row_bytes(picture)
        height = _number(picture, "/Height", 0)
        if coding == "/FlateDecode":
            row = row and row + (_number(parameters, "/Predictor", 1) >= _PNG_PREDICTORS)
            size, reason = strips.inflation(data.lstrip(b"\r\n"), needed=(row * height,) if row else ())
            return reason, size
        check = _CHECKS.get(coding)
        return check(picture, data, parameters) if check else None, (row or 0) * height
    except Exception:  # noqa: BLE001 - as above
        return None, 0


def _harm_of_instructions(stream: StreamObject) -> tuple[Reason | None, int]:
    """What drawing instructions have lost: viewers do not ask for the sum of what they unpack."""
    try:
        coding, data, _ = _last_code(stream)
    except Exception:  # noqa: BLE001 - as above
        return None, 0
    if coding != "/FlateDecode":
        return None, 0
    size, reason = strips.inflation(data.lstrip(b"\r\n"), summed=False)
    return reason, size


def _last_code(stream: StreamObject) -> tuple[str, bytes, DictionaryObject]:
    """The first code of a stream that is more than letters for bytes, its data, and its parameters."""
    names, given = _listed(stream.get("/Filter")), _listed(stream.get("/DecodeParms"))
    data: bytes = stream._data
    for number, name in enumerate(map(str, names)):
        coding = _FULL_NAMES.get(name, name)
        parameters = given[number] if number < len(given) else None
        if coding in _LETTERS:
            data = _LETTERS[coding](data)
        else:
            return coding, data, parameters if isinstance(parameters, DictionaryObject) else DictionaryObject()
    return "", data, DictionaryObject()


def _listed(value: Any) -> list[Any]:
    value = value.get_object() if value is not None else ArrayObject()
    return [one.get_object() for one in value] if isinstance(value, ArrayObject) else [value]


def _number(entries: DictionaryObject, key: str, otherwise: int) -> int:
    return int(str(entries.get(key, otherwise)))


def _codes(compression: int) -> Callable[[StreamObject, bytes, DictionaryObject], Reason | None]:
    def check(stream: StreamObject, data: bytes, parameters: DictionaryObject) -> Reason | None:
        row = _row_bytes(stream)
        if row is None or parameters.get("/EarlyChange", 1) != 1:
            return None
        width = row + (_number(parameters, "/Predictor", 1) >= _PNG_PREDICTORS)
        strip = Strip(data, width, _number(stream, "/Height", 0))
        return strips.code_harm(strip, strips.grey_tags(8, compression))

    return check


def _row_bytes(stream: StreamObject) -> int | None:
    """Bytes of a row of a picture; None if it is none, or its colours are of another kind."""
    space = stream.get("/ColorSpace")
    if stream.get("/Subtype") != "/Image" or space is None:
        return None
    kinds = _listed(space)
    colours = int(kinds[1]["/N"]) if kinds[0] == "/ICCBased" else _COLOURS.get(str(kinds[0]))
    return colours and -(-_number(stream, "/Width", 0) * colours * _number(stream, "/BitsPerComponent", 8) // 8)


def _fax(stream: StreamObject, data: bytes, parameters: DictionaryObject) -> Reason | None:
    """Lines of a fax, as libtiff finds them; those of Group 3 that have no line ends it does not read."""
    k, columns = _number(parameters, "/K", 0), _number(parameters, "/Columns", _FAX_COLUMNS)
    if columns != _number(stream, "/Width", columns):
        return Reason.DAMAGED
    compression = strips.GROUP4 if k < 0 else strips.GROUP3
    if strips.has_noughts(data, compression):
        return Reason.DAMAGED
    if parameters.get("/EncodedByteAlign", False) or (k >= 0 and int.from_bytes(data[:2]) >> _AFTER_LINE_END):
        return None
    strip = Strip(data, columns, _number(stream, "/Height", 0))
    tags = strips.grey_tags(1, compression)
    return strips.fax_harm(strip, {**tags, strips.FAX_OPTIONS: 1} if k > 0 else tags)


def _jpx(_: StreamObject, data: bytes, __: DictionaryObject) -> Reason | None:
    """Noughts in place of the end mark; packets without anything in them are noughts, too."""
    return Reason.DAMAGED if data.endswith(_NOUGHTS) and _END_OF_CODESTREAM not in data else None


def _jbig2(_: StreamObject, data: bytes, __: DictionaryObject) -> Reason | None:
    return jbig2.what_is_missing(data)


def _decoded(stream: Any) -> bytes:
    return stream if isinstance(stream, bytes) else str(stream).encode("latin-1")


_LETTERS: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {
        "/ASCII85Decode": lambda data: bytes(ASCII85Decode.decode(data)),
        "/ASCIIHexDecode": lambda data: _decoded(ASCIIHexDecode.decode(data)),
    }
)
_CHECKS: Final[Mapping[str, Callable[[StreamObject, bytes, DictionaryObject], Reason | None]]] = MappingProxyType(
    {
        "/LZWDecode": _codes(strips.LZW),
        "/RunLengthDecode": _codes(strips.PACKBITS),
        "/CCITTFaxDecode": _fax,
        "/JPXDecode": _jpx,
        "/JBIG2Decode": _jbig2,
    }
)


def draws_what_is_not_there(objects: PageObjects, parsed: int) -> bool:
    """Whether the page's own content draws something that the file does not hold.

    Args:
        objects: Of the page.
        parsed: Bytes of content that are parsed at most.
    """
    try:
        contents = objects.page.get_contents()  # type: ignore[attr-defined]  # of a PageObject
        if contents is None or len(contents.get_data()) > parsed:
            return False
        drawn = {str(operands[0]) for operands, operator in contents.operations if operator == b"Do" and operands}
        resources = objects.page.get("/Resources")
        held = resources.get_object() if resources else DictionaryObject()
        named = held.get(NameObject("/XObject"), DictionaryObject()).get_object()
        found = {str(name) for name in named if isinstance(named[name].get_object(), StreamObject)}
    except Exception:  # noqa: BLE001 - as above
        return False
    return bool(drawn - found)
