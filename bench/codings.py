"""A picture in every container and coding that we decode, for benches and tests that harm files."""

import struct
import zlib
from base64 import a85encode
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from PIL import Image

Picture: TypeAlias = Image.Image  # in RGB
Coding: TypeAlias = Callable[[Picture], bytes]
_STRIP_OFFSETS, _STRIP_SIZES = 273, 279  # TIFF 6.0, section 8
_ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_RUNS_END: Final = b"\x80"  # ends RunLengthDecode, and is no run of PackBits
_IN_ONE: Final = 1 << 28  # bytes of a strip


def _saved(kind: str, mode: str = "RGB", **options: object) -> Coding:
    def code(picture: Picture) -> bytes:
        buffer = BytesIO()
        picture.convert(mode).save(buffer, kind, **options)
        return buffer.getvalue()

    return code


def _strip(compression: str, mode: str = "RGB") -> Coding:
    """The bytes of the only strip of a TIFF: what PDF filters of the same codes hold."""

    def code(picture: Picture) -> bytes:
        whole = _saved("TIFF", mode, compression=compression, strip_size=_IN_ONE)(picture)
        with Image.open(BytesIO(whole)) as image:
            tags = image.tag_v2  # type: ignore[attr-defined]  # of TIFF pictures
            (start,), (size,) = tags[_STRIP_OFFSETS], tags[_STRIP_SIZES]
        return whole[start : start + size]

    return code


def interlaced_png(picture: Picture) -> bytes:
    """A PNG in the seven passes of Adam7, which Pillow does not write."""
    pixels = np.asarray(picture.convert("RGB"))
    passes = (pixels[top::down, left::right] for left, top, right, down in _ADAM7)
    rows = (b"\0" + row.tobytes() for one in passes if one.size for row in one)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 1)
    packed = zlib.compress(b"".join(rows), 6)
    data = (packed[at : at + 8192] for at in range(0, len(packed), 8192))
    pieces = [(b"IHDR", header), *((b"IDAT", one) for one in data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in pieces
    )


def tiled_tiff(picture: Picture, side: int = 256) -> bytes:
    """A TIFF of deflated tiles, which Pillow does not write."""
    pixels = np.asarray(picture.convert("RGB"))
    down, across = -(-pixels.shape[0] // side), -(-pixels.shape[1] // side)
    padded = np.zeros((down * side, across * side, 3), np.uint8)
    padded[: pixels.shape[0], : pixels.shape[1]] = pixels
    places = [(row * side, column * side) for row in range(down) for column in range(across)]
    tiles = [zlib.compress(padded[y : y + side, x : x + side].tobytes(), 6) for y, x in places]
    tags = [(256, 4, [picture.width]), (257, 4, [picture.height]), (258, 3, [8, 8, 8]), (259, 3, [8]), (262, 3, [2]),
            (277, 3, [3]), (322, 3, [side]), (323, 3, [side]), (324, 4, [0] * len(tiles)),
            (325, 4, [len(tile) for tile in tiles])]  # fmt: skip
    first = 8 + 2 + 12 * len(tags) + 4
    at = first + sum(len(values) * (2 if kind == 3 else 4) for _, kind, values in tags)
    tags[8] = (324, 4, [at + sum(map(len, tiles[:number])) for number in range(len(tiles))])
    rows, extra = b"", b""
    for tag, kind, values in tags:
        body = struct.pack(f"<{len(values)}{'H' if kind == 3 else 'I'}", *values)
        held = body.ljust(4, b"\0") if len(body) <= 4 else struct.pack("<I", first + len(extra))
        extra += body if len(body) > 4 else b""
        rows += struct.pack("<HHI", tag, kind, len(values)) + held
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + rows + bytes(4)
    return (head + extra).ljust(at, b"\0") + b"".join(tiles)


def written(objects: Sequence[tuple[str, bytes | None]]) -> bytes:
    """A PDF of these objects, dictionary and stream, with a list of where they stand; the first is the catalogue."""
    made, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, (entries, stream) in enumerate(objects, 1):
        places.append(len(made))
        length = "" if stream is None else f"/Length {len(stream)}"
        made += f"{number} 0 obj\n<<{entries}{length}>>\n".encode()
        made += b"" if stream is None else b"stream\n" + stream + b"\nendstream\n"
        made += b"endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}".encode() + end.encode()


def page_of(
    picture: str,
    stream: bytes,
    size: tuple[int, int],
    *,
    box: tuple[float, float],
    within: str = "",
    mask: bool = False,
) -> bytes:
    """A PDF of one page that a picture fills.

    Args:
        picture: The entries of the picture's dictionary beside type and size.
        stream: The picture as its filters store it.
        size: Pixels across and down.
        box: Points across and down.
        within: "" for a picture of the page, "form" for one of a form, "inline" for one in the page's content.
        mask: Whether the picture has a soft mask, which covers nothing.
    """
    across, down = box
    entries = f"/Type/XObject/Subtype/Image/Width {size[0]}/Height {size[1]}{picture}"
    draw = b"q %f 0 0 %f 0 0 cm /P Do Q" % (across, down)
    objects: list[tuple[str, bytes | None]] = [
        ("/Type/Catalog/Pages 2 0 R", None),
        ("/Type/Pages/Kids[3 0 R]/Count 1", None),
        (f"/Type/Page/Parent 2 0 R/MediaBox[0 0 {across} {down}]/Contents 4 0 R"
         "/Resources<</XObject<</P 5 0 R>>>>", None),
    ]  # fmt: skip
    if within == "inline":
        inline = f"/W {size[0]}/H {size[1]}{picture}"
        return written([*objects, ("", b"q %f 0 0 %f 0 0 cm BI %s ID " % (across, down, inline.encode()) + stream
                        + b"\nEI Q")])  # fmt: skip
    if within == "form":
        form = f"/Type/XObject/Subtype/Form/BBox[0 0 {across} {down}]/Resources<</XObject<</P 6 0 R>>>>"
        return written([*objects, ("", b"/P Do"), (form, draw), (entries, stream)])
    if mask:
        opaque = zlib.compress(b"\xff" * size[0] * size[1])
        grey = f"/Type/XObject/Subtype/Image/Width {size[0]}/Height {size[1]}/Filter/FlateDecode"
        grey += "/ColorSpace/DeviceGray/BitsPerComponent 8"
        return written([*objects, ("", draw), (entries + "/SMask 6 0 R", stream), (grey, opaque)])
    return written([*objects, ("", draw), (entries, stream)])


def _in_pdf(picture: str, stream: Coding, *, within: str = "", mask: bool = False) -> Coding:
    def code(page: Picture) -> bytes:
        box = (page.width * 72 / 200, page.height * 72 / 200)
        return page_of(picture, stream(page), page.size, box=box, within=within, mask=mask)

    return code


def _jbig2(picture: Picture) -> bytes:
    """Both segments of a page: its description, and a region of fax lines (ITU-T T.88, 7.4)."""
    size = struct.pack(">II", *picture.size)
    region = size + struct.pack(">IIB", 0, 0, 0) + b"\x01" + _strip("group4", "1")(picture)
    segments = [(48, size + struct.pack(">IIBH", 0, 0, 0, 0)), (38, region)]
    return b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(body)) + body for number, (kind, body) in enumerate(segments)
    )


def _on_rgb(filters: str) -> str:
    return f"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter{filters}"


def _fax(k: int, size_of: str = "") -> str:
    parameters = f"/DecodeParms<</K {k}/BlackIs1 true{size_of}>>"
    return f"/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode{parameters}"


def _fax_pdf(k: int, compression: str) -> Coding:
    def code(page: Picture) -> bytes:
        entries = _fax(k, f"/Columns {page.width}/Rows {page.height}")
        return _in_pdf(entries, _strip(compression, "1"))(page)

    return code


def _armoured(stream: Coding) -> Coding:
    return lambda picture: a85encode(stream(picture)) + b"~>"


_JPEG: Final = _saved("JPEG", quality=85)
_FLATE: Final = _strip("tiff_adobe_deflate")
CODINGS: Final[Mapping[str, Coding]] = MappingProxyType(
    {
        "JPEG": _JPEG,
        "JPEG, 4:4:4": _saved("JPEG", quality=92, subsampling=0),
        "JPEG, grey": _saved("JPEG", "L", quality=85),
        "JPEG, four inks": _saved("JPEG", "CMYK", quality=85),
        "JPEG, progressive": _saved("JPEG", quality=85, progressive=True),
        "JPEG, restart markers": _saved("JPEG", quality=85, restart_marker_rows=2),
        "PNG": _saved("PNG"),
        "PNG, grey": _saved("PNG", "L"),
        "PNG, palette": _saved("PNG", "P"),
        "PNG, interlaced": interlaced_png,
        "WebP": _saved("WEBP", quality=80),
        "WebP, lossless": _saved("WEBP", lossless=True, method=0),
        "TIFF": _saved("TIFF"),
        "TIFF, LZW": _saved("TIFF", compression="tiff_lzw"),
        "TIFF, deflate": _saved("TIFF", compression="tiff_adobe_deflate"),
        "TIFF, PackBits": _saved("TIFF", compression="packbits"),
        "TIFF, JPEG": _saved("TIFF", compression="jpeg"),
        "TIFF, Group 3": _saved("TIFF", "1", compression="group3"),
        "TIFF, Group 4": _saved("TIFF", "1", compression="group4"),
        "TIFF, tiles": tiled_tiff,
        "PDF, DCT": _in_pdf(_on_rgb("/DCTDecode"), _JPEG),
        "PDF, JPX": _in_pdf("/Filter/JPXDecode", _saved("JPEG2000", quality_mode="rates", quality_layers=[12])),
        "PDF, Flate": _in_pdf(_on_rgb("/FlateDecode"), _FLATE),
        "PDF, LZW": _in_pdf(_on_rgb("/LZWDecode"), _strip("tiff_lzw")),
        "PDF, RunLength": _in_pdf(_on_rgb("/RunLengthDecode"), lambda one: _strip("packbits")(one) + _RUNS_END),
        "PDF, ASCII85 and Flate": _in_pdf(_on_rgb("[/ASCII85Decode/FlateDecode]"), _armoured(_FLATE)),
        "PDF, ASCII85 and DCT": _in_pdf(_on_rgb("[/ASCII85Decode/DCTDecode]"), _armoured(_JPEG)),
        "PDF, CCITT Group 4": _fax_pdf(-1, "group4"),
        "PDF, CCITT Group 3": _fax_pdf(0, "group3"),
        "PDF, JBIG2": _in_pdf("/ColorSpace/DeviceGray/BitsPerComponent 1/Decode[1 0]/Filter/JBIG2Decode", _jbig2),
        "PDF, inline": _in_pdf("/CS/RGB/BPC 8/F/Fl", _FLATE, within="inline"),
        "PDF, inline DCT": _in_pdf("/CS/RGB/BPC 8/F/DCT", _JPEG, within="inline"),
        "PDF, in a form": _in_pdf(_on_rgb("/DCTDecode"), _JPEG, within="form"),
        "PDF, soft mask": _in_pdf(_on_rgb("/DCTDecode"), _JPEG, mask=True),
    }
)
