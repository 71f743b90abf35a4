"""Documents that parents send and that are none of ours: their titles and labels, and which of them a page shows.

Titles count where they stand alone in a line that was read with certainty: text that mentions a document is not the
document. Sentences and notes on copies (仅供办理居住证使用) count for nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import Final

from models.documents import OtherDocument
from models.names import is_han
from models.reading import Line
from pipeline.extract.document_words import DOCUMENTS
from pipeline.extract.simplified_script import folded

_SURE: Final = 0.85  # least confidence of a line that counts
_SENTENCE: Final = 12  # characters of Han from which a line with a comma or a full stop is a sentence
_NOTE: Final = re.compile("仅供|仅用|使用|办理|复印|再次|无效")  # words of a note on a copy
_STOPS: Final = re.compile("[，。；,;]")
_BEFORE: Final = re.compile("^(?:中华人民共和国|中国人民解放军|样本)+")
_BEHIND: Final = re.compile("(?:样本|正页|副页|正本|副本|电子|存根)+$")
_TALL: Final = 1.15  # heights of a usual line from which a line is a heading


# Employers (社会保障局) and reasons for moves (户口迁移) are printed on pages of ours, so longer words stand for those.
NEVER_OURS: Final = (
    "登记表", "病案", "学籍", "居住地址", "户籍地址", *(word for words in DOCUMENTS.values() for word in words.never),
)  # fmt: skip
_OF_TITLE: Final[Mapping[str, OtherDocument]] = MappingProxyType(
    {title: document for document, words in DOCUMENTS.items() for title in words.titles}
)


def name_document(lines: Sequence[Line]) -> OtherDocument | None:
    """Which other document a page that is none of ours shows; None where its words do not tell."""
    return titled(lines) or marked(lines) or labelled(lines) or _worded(lines)


def titled(lines: Sequence[Line]) -> OtherDocument | None:
    """The document whose title stands alone in a line; of several titles the one in the tallest line.

    A tall line may say more in front of it: whose document it is, or for what.
    """
    sure = [line for line in lines if line.confidence >= _SURE]
    tall = _TALL * median(line.measures.height for line in lines) if lines else 0.0
    said = ((line.measures.height, _title(line, tall=line.measures.height >= tall)) for line in sure)
    found = [(height, document) for height, document in said if document]
    return max(found, key=lambda one: one[0])[1] if found else None


def labelled(lines: Sequence[Line]) -> OtherDocument | None:
    """The document of which most labels stand on the page, if they are enough."""
    said = tuple(map(han, telling(lines)))
    counts = {document: _count(words.labels, said) for document, words in DOCUMENTS.items()}
    enough = [document for document, count in counts.items() if count >= DOCUMENTS[document].least]
    return max(enough, key=lambda document: counts[document], default=None)


def vetoed(lines: Sequence[Line]) -> bool:
    """Whether a page has a word that never stands on ours."""
    return any(word in han(line) for line in telling(lines) for word in NEVER_OURS)


def marked(lines: Sequence[Line]) -> OtherDocument | None:
    """The document of which a line has the mark: a machine-readable zone, or a number that only it has."""
    said = tuple(line.text.replace(" ", "") for line in lines if line.confidence >= _SURE)
    marks = ((document, words.mark) for document, words in DOCUMENTS.items() if words.mark)
    return next((document for document, mark in marks if any(re.search(mark, text) for text in said)), None)


def telling(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines whose words count: read with certainty, and neither a sentence nor a note on a copy."""
    return (line for line in lines if line.confidence >= _SURE and not is_running(line))


def is_running(line: Line) -> bool:
    """Whether a line is a sentence or a note on a copy, which may mention any document."""
    text = han(line)
    return bool(_NOTE.search(text)) or (len(text) >= _SENTENCE and bool(_STOPS.search(line.text)))


def han(line: Line) -> str:
    """The Han characters of a line, in simplified forms."""
    return "".join(filter(is_han, folded(line.text)))


def _worded(lines: Sequence[Line]) -> OtherDocument | None:
    """The document that has a word of the page which stands on no other."""
    said = tuple(map(han, telling(lines)))
    return next((one for one, words in DOCUMENTS.items() if _count(words.never, said)), None)


def _title(line: Line, *, tall: bool) -> OtherDocument | None:
    """The document that a line has as its title, or as the end of it."""
    bare = _bare(line)
    if bare in _OF_TITLE or not tall or is_running(line):
        return _OF_TITLE.get(bare)
    ends = (title for title in _OF_TITLE if bare.endswith(title))
    return _OF_TITLE.get(max(ends, key=len, default=""))


def _bare(line: Line) -> str:
    return _BEHIND.sub("", _BEFORE.sub("", han(line)))


def _count(words: Iterable[str], said: Sequence[str]) -> int:
    return sum(any(word in text for text in said) for word in words)
