"""The text of a CSV file, in whichever encoding Excel and its relatives saved it."""

import codecs
from typing import Final, NamedTuple

from models.errors import BadTableError
from models.names import is_han
from pipeline.names.characters import modern

SAVE_AS: Final = "in Excel choose 另存为 (Save as), CSV UTF-8 (逗号分隔), and take that file"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and its relatives; .xls
_WEB_PAGES: Final = (b"<html", b"<table", b"<!doctype", b"<?xml", b"<meta", b"<div")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT: Final = 4096  # bytes


class Decoded(NamedTuple):
    """A text, and the name of the encoding that it was in."""

    text: str
    encoding: str


def decoded(data: bytes) -> Decoded:
    """Decode a CSV file: UTF-8, UTF-16 and UTF-32 with or without a mark in front, GBK and GB18030.

    Raises:
        BadTableError: It is no text, or in none of these, or damaged; the error names the row, as lines are counted.
    """
    if data.startswith(_WORKBOOKS):
        raise BadTableError("It is a workbook and no CSV", hint=f"{SAVE_AS}.")
    if data[:_LOOKED_AT].lstrip(codecs.BOM_UTF8).lstrip().lower().startswith(_WEB_PAGES):
        raise BadTableError("It is a web page or XML with the name of a table", hint=f"open it; {SAVE_AS}.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data[len(mark) :], encoding), encoding)
    if b"\0" in data[:_LOOKED_AT]:
        wide = _wide(data[:_LOOKED_AT])
        return Decoded(_strictly(data, wide), wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data):
            raise _damaged(data[: error.start], "utf-8") from None
    text = _strictly(data, "gb18030")
    if _is_rather_big5(data, text):
        raise BadTableError("It seems to be in Big5", hint=f"{SAVE_AS}.")
    return Decoded(modern(text), "gb18030")  # 80 characters of GBK's tail, which the codec knows as private codes


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _damaged(data[: error.start], encoding) from None


def _damaged(before: bytes, encoding: str) -> BadTableError:
    row = 1 + before.decode(encoding, "replace").count("\n")
    return BadTableError(f"Row {row} holds bytes that are no text in {encoding.upper()}", hint=f"{SAVE_AS}.")


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: of ASCII characters, such as commas and digits, every second byte is 0."""
    return "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether UTF-8 explains most of the bytes beyond ASCII, so that the rest is damage and no other encoding."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) - lost > lost


def _is_rather_big5(data: bytes, text: str) -> bool:
    """Whether Big5 explains the bytes, and GB18030 makes signs and rare characters of most of them."""
    try:
        data.decode("big5")
    except UnicodeDecodeError:
        return False
    beyond = "".join(char for char in text if char > "\x7f")
    common = beyond.encode("gb2312", "ignore").decode("gb2312")
    return len(beyond) > 2 * sum(is_han(char) or "\u3000" <= char <= "\u3011" or char >= "\uff00" for char in common)
