"""The streams that a PDF page needs, by their own codes: PDFium shows what it can decode of one, and says nothing."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from pypdf.filters import ASCII85Decode, ASCIIHexDecode
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from models.findings import Reason
from pipeline.perceive.decode import jbig2, strips
from pipeline.perceive.decode.inflation import inflation
from pipeline.perceive.decode.pdf_objects import PageObjects, contents_of
from pipeline.perceive.decode.strips import Strip

_NOUGHTS: Final = bytes(48)
_END_OF_CODESTREAM: Final = b"\xff\xd9"  # ITU-T T.800, A.4.4: no code holds it
_UNPACKED: Final = 1 << 28  # bytes of a page
_COLOURS: Final[Mapping[str, int]] = MappingProxyType(
    {"/DeviceGray": 1, "/CalGray": 1, "/Indexed": 1, "/Separation": 1, "/DeviceRGB": 3, "/CalRGB": 3, "/Lab": 3,
     "/DeviceCMYK": 4}
)  # fmt: skip
_AFTER_LINE_END: Final = 5  # bits of two bytes behind eleven noughts, with which the end of a line begins
_FAX_COLUMNS: Final = 1728  # where none are named
_PNG_PREDICTORS: Final = 10
_FULL_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/RL": "/RunLengthDecode", "/A85": "/ASCII85Decode",
     "/AHx": "/ASCIIHexDecode", "/CCF": "/CCITTFaxDecode", "/DCT": "/DCTDecode"}
)  # fmt: skip


def harms(objects: PageObjects) -> Iterator[Reason]:
    """What the page's pictures and instructions have lost, as far as their first codes tell.

    Other streams, such as fonts and colour profiles, are left to PDFium. After 256 MB of pixels nothing is asked.
    """
    instructions = {id(one) for one in contents_of(objects.page)}
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
            size, reason = inflation(data.lstrip(b"\r\n"), needed=(row * height,) if row else ())
            return reason, size
        check = _CHECKS.get(coding)
        return check(picture, data, parameters) if check else None, (row or 0) * height
    except Exception:  # noqa: BLE001 - pypdf raises what it likes
        return None, 0


def _harm_of_instructions(stream: StreamObject) -> tuple[Reason | None, int]:
    """What drawing instructions have lost: viewers do not ask for the sum of what they unpack."""
    try:
        coding, data, _ = _last_code(stream)
    except Exception:  # noqa: BLE001 - pypdf raises what it likes
        return None, 0
    if coding != "/FlateDecode":
        return None, 0
    size, reason = inflation(data.lstrip(b"\r\n"), summed=False)
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
