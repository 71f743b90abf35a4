"""Printed labels, found by their words: misread ones too, and those set so wide that signs were seen in between."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from enum import Enum
from statistics import median
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz.distance import Hamming

from models.geometry import Box, Quad
from models.id_number import half_width
from models.names import is_han
from models.reading import Line
from pipeline.extract.runs import SPACES, Run, cut, whole
from pipeline.extract.simplified_script import folded

_ONE_WRONG_IN = 4  # characters of a label; shorter labels are taken as they stand
_SMALL = 3  # small letters that make a run one of another script
_SHORTEST = 2  # characters of a label
_STAMPED = 0.078  # redness: print shows 0.07 at most, below a seal too; stamps mostly more
_TINGED, _PALE = 0.04, 0.45  # redness and share of the usual contrast: what is left of a faded stamp is pale as well

_SMALLER = 0.85  # of a label's height: the label's second script on cards of 自治地方
_RIM = 0.4  # of a label's height

_STRAY = 1
_ENDS = "：:;；"
_SIGNS_OF_LABELS = "()、"
_TAKEN = "\0"  # stands for characters that a label has taken

Key = TypeVar("Key")


class Unread(Enum):
    """What labels announce whose values are no field of ours: the values are theirs, and no neighbour's."""

    CELL = "cell"


class Label(NamedTuple, Generic[Key]):
    """A printed label: what it announces, where it stands in the straightened document, and where on the page.

    One that was not read stands where the others say that it must.
    """

    key: Key
    box: Box
    quad: Quad
    was_read: bool = True


class LabelledLines(NamedTuple, Generic[Key]):
    """A page taken apart: labels that announce a field, and the runs that are no label."""

    labels: tuple[Label[Key], ...]
    runs: tuple[Run, ...]


class _Hit(NamedTuple, Generic[Key]):
    key: Key | None
    first: int
    end: int


def find_labels(
    lines: Sequence[Line], spellings: Mapping[Key | None, tuple[str, ...]], *, exact: Set[str] = frozenset()
) -> LabelledLines[Key]:
    """Find every label on a page. Text in stamp ink is neither label nor value.

    Args:
        lines: Of one document.
        spellings: For each key the words that announce it; a label in two rows is two spellings. Words under None are
            the form's own: they are taken off the page and announce nothing.
        exact: Spellings that count only as they stand, since other words of the form differ in one character.
    """
    words = [(half_width(word), key) for key, variants in spellings.items() for word in variants]
    words.sort(key=lambda row: -len(row[0]))
    pieces, letters = _letters_joined([whole(line) for line in printed(lines)], words)
    labels: list[Label[Key | None]] = [Label(letter.key, letter.box, letter.quad) for letter in letters]
    runs: list[Run] = []
    for run in pieces:
        hits = _hits(run, words, exact)
        words_of = ((hit.key, run._replace(first=hit.first, end=hit.end)) for hit in hits)
        labels += (Label(key, piece.upright, piece.on_page) for key, piece in words_of)
        runs += (piece for piece in cut(run, [(hit.first, hit.end) for hit in hits]) if not _small_letters(piece))
    return LabelledLines(tuple(_joined(labels)), tuple(_values(runs, [label.box for label in labels], pieces)))


class _Said(NamedTuple):
    """A line, where it stands, and how many characters it says."""

    line: Line
    box: Box
    length: int


def _values(runs: Iterable[Run], labels: Sequence[Box], pieces: Sequence[Run]) -> Iterator[Run]:
    """The runs that are neither a label once more nor a piece of a neighbour."""
    said = [_Said(piece.line, piece.line.upright, len(piece.text)) for piece in pieces]
    for run in runs:
        box = run.upright
        if not any(_is_above(box, label) for label in labels) and not _is_doubled(run, box, said):
            yield run


def _is_doubled(run: Run, box: Box, said: Sequence[_Said]) -> bool:
    """Whether another line, which says more, stands where this piece does: a line may be found too long."""
    middle, length = box.centre, len(run.text)
    return any(
        other.box.left < middle.x < other.box.right
        and other.box.top < middle.y < other.box.bottom
        and other.length > length
        and other.line is not run.line
        for other in said
    )


def _is_above(run: Box, label: Box) -> bool:
    """Whether a run is the label itself in a second script: small, right above it, and no wider."""
    rim = _RIM * label.height
    close = abs(label.top - run.bottom) < rim and run.height < _SMALLER * label.height
    return close and label.left - rim < run.left and run.right < label.right + rim


def printed(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that no stamp says."""
    pale = _PALE * median(line.measures.contrast for line in lines) if lines else 0.0
    return tuple(line for line in lines if not is_stamp(line, pale))


def is_stamp(line: Line, pale: float = 0.0) -> bool:
    """Whether a line is in stamp ink; a tinge suffices for print of less contrast than `pale`."""
    redness = line.measures.redness
    return line.stamped or redness >= _STAMPED or (redness >= _TINGED and line.measures.contrast < pale)


def _small_letters(run: Run) -> bool:
    """Whether this is a label's other script: values are Han, digits, capitals."""
    small = sum(char.isascii() and char.islower() for char in run.text)
    return small >= _SMALL and 2 * small > len(run.text) and not any(map(is_han, run.text))


def _letters_joined(runs: Sequence[Run], words: Sequence[tuple[str, Key | None]]) -> tuple[list[Run], list[Label[Key]]]:
    """Labels of two characters set so wide that each was found as a line of its own; and the other runs."""
    spelt = {word: key for word, key in words if key and len(word) == 2}
    letters = [(run, han[0]) for run in runs if len(han := [char for char in run.text if is_han(char)]) == 1]
    taken: list[Run] = []
    labels = []
    for left, first in letters:
        for right, second in letters:
            key = spelt.get(first + second)
            if key and _next_to(left.upright, right.upright):
                labels.append(_side_by_side(key, left, right))
                taken += (left, right)
    return [run for run in runs if not any(run is other for other in taken)], labels


def _side_by_side(key: Key, left: Run, right: Run) -> Label[Key]:
    first, second = left.on_page, right.on_page
    quad = Quad(first.top_left, second.top_right, second.bottom_right, first.bottom_left)
    return Label(key, Box.around((left.upright, right.upright)), quad)


def _next_to(left: Box, right: Box) -> bool:
    gap = right.left - left.right
    return -0.5 * left.height < gap < 2.5 * left.height and abs(left.centre.y - right.centre.y) < 0.5 * left.height


def _hits(run: Run, words: Iterable[tuple[str, Key | None]], exact: Set[str]) -> list[_Hit[Key]]:
    """Labels in one line, longest first so that 户主姓名 is not taken for 姓名; misread ones only where none fits."""
    text, places = _spelt(run)
    if len(text) < _SHORTEST:
        return []
    hits: list[_Hit[Key]] = []
    inexact = [row for row in words if row[0] not in exact]
    for find, among in ((_find_exactly, words), (_find_misread, inexact)):
        for word, key in among:
            while (found := find(word, text)) is not None:
                first, end = found
                hits.append(_Hit(key, places[first], places[end - 1] + 1))
                text = text[:first] + _TAKEN * (end - first) + text[end:]
    return hits


def _spelt(run: Run) -> tuple[str, list[int]]:
    """What labels could be made of, with the place of each character: a stray sign in a wide gap is left out."""
    text, places = "", list[int]()
    for at in range(run.first, run.end):
        char = folded(half_width(run.read[at].char))
        if not (is_han(char) or char in _SIGNS_OF_LABELS):
            continue
        if places and at - places[-1] > 1 and not _apart(run, places[-1], at):
            text, places = text + _TAKEN, [*places, at]
        text, places = text + char, [*places, at]
    return text, places


def _apart(run: Run, left: int, right: int) -> bool:
    """Whether two characters may be neighbours in a label: nothing between them but spaces and one stray sign."""
    between = [char for at in range(left + 1, right) if (char := run.read[at].char) not in SPACES]
    return len(between) <= _STRAY and not any(char.isdecimal() or char in _ENDS for char in between)


def _find_exactly(word: str, text: str) -> tuple[int, int] | None:
    first = text.find(word)
    return (first, first + len(word)) if first >= 0 else None


def _find_misread(word: str, text: str) -> tuple[int, int] | None:
    """The word with at most one wrong character in four."""
    wrong = len(word) // _ONE_WRONG_IN
    for first in range(len(text) - len(word) + 1) if wrong else ():
        window = text[first : first + len(word)]
        if _TAKEN not in window and Hamming.distance(word, window) <= wrong:
            return first, first + len(word)
    return None


def _joined(labels: Iterable[Label[Key | None]]) -> list[Label[Key]]:
    """Rows of one label that stand above each other become one label; words of the form may be its upper row."""
    joined: list[Label[Key | None]] = []
    for label in sorted(labels, key=lambda label: label.box.top):
        above = next((other for other in joined if _is_upper_row(other, label)), None)
        if above is not None:
            joined.remove(above)
        joined.append(_one_above_the_other(above, label) if above else label)
    return [Label(label.key, label.box, label.quad) for label in joined if label.key is not None]


def _is_upper_row(above: Label[Key | None], below: Label[Key | None]) -> bool:
    if above.key == below.key:
        return above.key is not None and _stacked(above.box, below.box)
    aside = abs(above.box.centre.x - below.box.centre.x)
    close = below.box.top - above.box.bottom < 0.3 * below.box.height
    return above.key is None and close and aside < 0.6 * below.box.height


def _one_above_the_other(above: Label[Key | None], below: Label[Key | None]) -> Label[Key | None]:
    quad = Quad(above.quad.top_left, above.quad.top_right, below.quad.bottom_right, below.quad.bottom_left)
    return Label(below.key, Box.around((above.box, below.box)), quad)


def _stacked(above: Box, below: Box) -> bool:
    aside = min(above.right, below.right) - max(above.left, below.left)
    return aside > 0 and below.top - above.bottom < 0.6 * below.height
