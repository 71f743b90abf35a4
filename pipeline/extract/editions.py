"""Electronic certificates and their screenshots, known by their own title or by the app that shows them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from models.documents import Edition, PageKind
from models.names import is_han
from models.reading import Barcode, Line
from pipeline.extract.simplified_script import folded

_SURE: Final = 0.85  # confidence of a line that counts: a paper must not become electronic by a misread word
_OURS: Final = "出生医学证明|出生证|居民户口簿|户口簿|居民户口本|户口本|常住人口登记卡|居民身份证|身份证"
# A line of its own, so that no sentence about electronic certificates makes a paper one of them.
_TITLE: Final = re.compile(
    f"(?:中华人民共和国)?(?:样本)?(?:居民)?(?:电子(?:{_OURS}|证照)|(?:{_OURS})电子(?:证照|版|证))(?:样本)?"
)
# Words of the frame around a card in an app; paper has none of them.
_FRAME: Final = (
    "扫码",
    "二维码",
    "亮证",
    "出示证照",
    "验真",
    "核验",
    "电子证照",
    "截图无效",
    "点击刷新",
    "自动刷新",
    "在线验证",
)
_LEAST: Final = 2  # of them, where no title is seen
_QR: Final = "QRCode"

_REGISTER_MEMBER: Final = ("与户主关系", "公民身份", "姓名", "性别", "出生日期", "民族")
_REGISTER_HOME: Final = ("户别", "户号", "户主姓名")
_LEAST_LABELS: Final = 3
_KINDS: Final = (("出生", PageKind.BIRTH_CERTIFICATE), ("身份证", PageKind.ID_PORTRAIT))
_UNKNOWN: Final = frozenset({PageKind.OTHER, PageKind.UNREADABLE})


def edition(lines: Sequence[Line], barcodes: Iterable[Barcode] = ()) -> Edition | None:
    """ELECTRONIC for lines with the title of an electronic certificate, or with words of the frame that shows one."""
    if electronic_title(lines):
        return Edition.ELECTRONIC
    text = "".join(said(line) for line in lines if line.confidence >= _SURE)
    seen = sum(word in text for word in _FRAME) + any(code.symbology == _QR for code in barcodes)
    return Edition.ELECTRONIC if seen >= _LEAST else None


def electronic_title(lines: Iterable[Line]) -> str | None:
    """The title of an electronic certificate."""
    titles = (said(line) for line in lines if line.confidence >= _SURE)
    return next((title for title in titles if _TITLE.fullmatch(title)), None)


def kind_by_title(kind: PageKind, title: str, lines: Sequence[Line]) -> PageKind:
    """The kind of an electronic certificate, whose lists of labels and values look like no paper form.

    Args:
        kind: By the words of paper forms; kept where the title says nothing else.
        title: Of the electronic certificate.
        lines: The page's.
    """
    if "户口" in title or "常住人口" in title:
        text = "".join(map(said, lines))
        member, home = (_count(text, labels) for labels in (_REGISTER_MEMBER, _REGISTER_HOME))
        if member >= _LEAST_LABELS:
            return PageKind.HUKOU_MEMBER
        return PageKind.HUKOU_HOME if home == len(_REGISTER_HOME) else kind
    return next((ours for word, ours in _KINDS if word in title and kind in _UNKNOWN), kind)


def said(line: Line) -> str:
    """The Han characters of a line, in simplified forms."""
    return "".join(filter(is_han, folded(line.text)))


def _count(text: str, words: Iterable[str]) -> int:
    return sum(word in text for word in words)
