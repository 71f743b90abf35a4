"""Chinese text of a PDF whose font is not in the file: a machine without Chinese fonts draws nothing in its place."""

from functools import cache
from typing import Final

import pypdfium2
import pypdfium2.raw

from models.errors import FileRejectedError
from models.findings import Reason
from models.names import is_han

_DEEPEST: Final = 6  # forms within forms in which text is looked for
_INK: Final = 128  # grey level below which something was drawn
TRIAL: Final = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 40 40]/Contents 7 0 R/Resources<</Font<</F 4 0 R>>>>>>endobj
4 0 obj<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>endobj
5 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)
/Supplement 4>>/DW 1000/FontDescriptor 6 0 R>>endobj
6 0 obj<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880
/Descent -120/CapHeight 880/StemV 93>>endobj
7 0 obj<</Length 35>>stream
BT /F 32 Tf 4 8 Td <6837672C> Tj ET
endstream endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def check_fonts(page: pypdfium2.PdfPage) -> None:
    """Check that the page's Chinese text can be drawn.

    Raises:
        FileRejectedError: Its font is neither in the file nor on this machine.
    """
    if not draws_chinese() and any(map(_is_without_font, _texts(page))):
        raise FileRejectedError(Reason.FONT)


@cache
def draws_chinese() -> bool:
    """Whether PDFium finds a Chinese font on this machine: it draws two characters on a page that has none."""
    document = pypdfium2.PdfDocument(TRIAL)
    drawn = document[0].render(scale=4).to_numpy()
    document.close()
    return bool(drawn.min() < _INK)


def _texts(page: pypdfium2.PdfPage) -> list[pypdfium2.PdfTextObj]:
    kinds = [pypdfium2.raw.FPDF_PAGEOBJ_TEXT]
    texts = page.get_objects(filter=kinds, max_depth=_DEEPEST, textpage=page.get_textpage())
    return [text for text in texts if not text.get_font().is_embedded and not _is_invisible(text)]


def _is_invisible(text: pypdfium2.PdfTextObj) -> bool:
    """Whether it is the text layer of a searchable scan, which nobody sees."""
    mode = pypdfium2.raw.FPDFTextObj_GetTextRenderMode(text)
    return bool(mode == pypdfium2.raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _is_without_font(text: pypdfium2.PdfTextObj) -> bool:
    return any(map(is_han, text.extract()))
