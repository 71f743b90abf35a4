"""Labels and their values: printed labels are found by their words, values by where they stand beside them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz.distance import Hamming

from models.geometry import Box, Quad
from models.identity import half_width
from models.reading import Line
from pipeline.documents.runs import SPACES, Run, cut, whole
from pipeline.names.normal import is_han

_ONE_WRONG_IN = 4  # characters of a label; shorter labels are taken as they stand
_BESIDE = 0.5  # of a value's height that it may stand above or below its label's box
_BELOW = 2.0  # of a value's height that it may stand below a label that it is flush with
_LEADING = 0.28  # of its height that a row may stand below the one that it continues
_GAP = 2.5  # heights between two pieces of one value in a row; between columns there is more
_CELLS = 2
_SMALL = 3
_NEAR = 6.0  # heights right of a label in which its value starts
_TOLD = 4  # values that must tell how far the page's values slipped
_UNDER = 12.0  # heights: a label so far left of a value is likelier to be its own than the one above it
_STAMPED = 0.12  # redness of stamps; values are printed or written in black or blue
_FAR = 1e6

Key = TypeVar("Key")


class Label(NamedTuple, Generic[Key]):
    """A printed label: what it announces, where it stands in the straightened document, and where on the page.

    One that was not read stands where the others say that it must.
    """

    key: Key
    box: Box
    quad: Quad
    was_read: bool = True


class Sheet(NamedTuple, Generic[Key]):
    """A page taken apart: labels that announce a field, and the runs that are no label."""

    labels: tuple[Label[Key], ...]
    runs: tuple[Run, ...]


class _Hit(NamedTuple, Generic[Key]):
    key: Key | None
    first: int
    end: int


def take_apart(lines: Sequence[Line], spellings: Mapping[Key | None, tuple[str, ...]]) -> Sheet[Key]:
    """Find every label on a page. Text in stamp ink is neither label nor value.

    Args:
        lines: Of one document.
        spellings: For each key the words that announce it; a label in two rows is two spellings. Words under None are
            the form's own: they are taken off the page and announce nothing.
    """
    words = sorted(((word, key) for key, held in spellings.items() for word in held), key=lambda row: -len(row[0]))
    pieces, letters = _letters_joined([whole(line) for line in lines if line.measures.redness < _STAMPED], words)
    labels: list[Label[Key | None]] = [Label(letter.key, letter.box, letter.quad) for letter in letters]
    runs: list[Run] = []
    for run in pieces:
        hits = _hits(run, words)
        words_of = ((hit.key, run._replace(first=hit.first, end=hit.end)) for hit in hits)
        labels += (Label(key, piece.upright, piece.on_page) for key, piece in words_of)
        runs += (piece for piece in cut(run, [(hit.first, hit.end) for hit in hits]) if not _small_letters(piece))
    return Sheet(tuple(_joined(labels)), tuple(runs))


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


def _hits(run: Run, words: Iterable[tuple[str, Key | None]]) -> list[_Hit[Key]]:
    """Labels in one line, longest first so that 户主姓名 is not taken for 姓名; misread ones only where none fits."""
    text, places = _spelt(run)
    hits: list[_Hit[Key]] = []
    for find in (_find_exactly, _find_misread):
        for word, key in words:
            while (found := find(half_width(word), text)) is not None:
                first, end = found
                hits.append(_Hit(key, places[first], places[end - 1] + 1))
                text = text[:first] + _TAKEN * (end - first) + text[end:]
    return hits


def _spelt(run: Run) -> tuple[str, list[int]]:
    """What labels could be made of, with the place of each character: a stray sign in a wide gap is left out."""
    text, places = "", list[int]()
    for at in range(run.first, run.end):
        char = half_width(run.read[at].char).translate(_SIMPLIFIED)
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


_STRAY = 1
_ENDS = "：:;；"
_SIGNS_OF_LABELS = "()、"
# Traditional forms that a recogniser emits for the simplified ones that are printed, in labels that we look for.
_SIMPLIFIED = str.maketrans(
    "別貫業號機關證齡國屬爲變記編處遷來縣況書個醫學稱構發親類長體時間義務戶曾",
    "别贯业号机关证龄国属为变记编处迁来县况书个医学称构发亲类长体时间义务户曾",
)
_TAKEN = "\0"  # stands for characters that a label has taken


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


def values_beside(sheet: Sheet[Key]) -> dict[Label[Key], tuple[Run, ...]]:
    """The runs that belong to each label, in reading order: beside it, and the rows that a long value wraps into."""
    held: dict[Label[Key], list[_Value]] = {label: [] for label in sheet.labels}
    over: list[_Value] = []
    for block in _blocks(_values(sheet)):
        for part in _as_owned(block, sheet.labels):
            owner = _owner(part, sheet.labels)
            (over if owner is None else held[owner]).extend(part)
    for value in over:
        owner = next(
            (label for label, values in held.items() if any(_wraps(above.box, value.box) for above in values)), None
        )
        if owner is not None:
            held[owner].append(value)
    return {label: _in_reading_order(values) for label, values in held.items()}


class _Value(NamedTuple):
    """A run and its box as its labels see it: values of a page are printed a little too high or too low together."""

    run: Run
    box: Box


_Block = list[_Value]  # rows of one value, top down; one row mostly


def _values(sheet: Sheet[Key]) -> list[_Value]:
    """The runs from the top down, moved up by how far the page's values stand below their labels."""
    boxes = sorted(((run.upright, run) for run in sheet.runs), key=lambda row: (row[0].top, row[0].left))
    low = _slip([box for box, _ in boxes], [label.box for label in sheet.labels])
    return [_Value(run, Box(box.left, box.top - low, box.right, box.bottom - low)) for box, run in boxes]


def _slip(values: Sequence[Box], labels: Sequence[Box]) -> int:
    """By how many pixels values stand below their labels, as most of them tell; 0 where few do."""
    told = []
    for value in values:
        near = [
            value.centre.y - label.centre.y
            for label in labels
            if -0.5 * value.height < value.left - label.right < _NEAR * value.height
        ]
        nearest = min(near, key=abs, default=None)
        if nearest is not None and abs(nearest) < value.height:
            told.append(nearest)
    return round(sorted(told)[len(told) // 2]) if len(told) >= _TOLD else 0


def _blocks(values: Sequence[_Value]) -> list[_Block]:
    """Rows that stand close below each other and start at one edge, as one value that wraps."""
    blocks: list[_Block] = []
    for value in values:
        above = next((block for block in reversed(blocks) if _continues(block[-1].box, value.box)), None)
        if above is None:
            blocks.append([value])
        else:
            above.append(value)
    return blocks


def _continues(above: Box, below: Box) -> bool:
    gap = below.top - above.bottom
    alike = 0.7 < below.height / max(1, above.height) < 1.4
    return alike and -0.5 * below.height < gap < _LEADING * below.height and abs(below.left - above.left) < below.height


def _as_owned(block: _Block, labels: Sequence[Label[Key]]) -> list[_Block]:
    """A block whole if a label stands before its middle or its first row; else each of its rows by itself.

    Rows of which two stand level with labels of their own are values of neighbouring cells.
    """
    if len(block) == 1 or _owner(block, labels) is None:
        return [[value] for value in block]
    own = {label for value in block for label in labels if _level_with(label.box, value.box)}
    return [block] if len(own) < _CELLS else [[value] for value in block]


def _level_with(label: Box, value: Box) -> bool:
    aside = value.left - label.right
    off = abs(value.centre.y - label.centre.y)
    return -0.8 * value.height < aside < _NEAR * value.height and off < 0.25 * value.height


def _owner(block: _Block, labels: Sequence[Label[Key]]) -> Label[Key] | None:
    if len(block) == 1:
        places = [block[0].box]
    else:
        row, around = block[0].box, Box.around(value.box for value in block)
        middle, half = round(around.centre.y), row.height // 2
        places = [row, Box(around.left, middle - half, around.right, middle + half)]
    distance, owner = min(
        ((_distance(label.box, place), label) for label in labels for place in places),
        key=lambda pair: pair[0],
        default=(_FAR, None),
    )
    return owner if distance < _FAR else None


def _distance(label: Box, value: Box) -> float:
    """How far a value stands from a label, in pixels; rows count more than columns, since values slip sideways."""
    below = value.top - label.bottom
    if 0 <= below < _BELOW * value.height and abs(value.left - label.left) < value.height:
        return _UNDER * value.height + 4.0 * below
    aside = value.left - label.right
    middle = value.centre.y
    beside = max(0.0, label.top - middle, middle - label.bottom)
    if aside < -0.8 * value.height or beside > _BESIDE * value.height:
        return _FAR
    return max(0.0, aside) + 6 * beside


def _wraps(above: Box, below: Box) -> bool:
    """Whether a row continues the one above it: close below, and starting where that one starts."""
    gap = below.top - above.bottom
    return abs(gap) < 0.7 * below.height and abs(below.left - above.left) < 2 * below.height


def _in_reading_order(values: Iterable[_Value]) -> tuple[Run, ...]:
    rows: list[list[_Value]] = []
    for value in sorted(values, key=lambda value: value.box.centre.y):
        box = value.box
        if rows and box.centre.y - rows[-1][-1].box.centre.y < 0.5 * box.height:
            rows[-1].append(value)
        else:
            rows.append([value])
    return tuple(value.run for row in rows for value in _unbroken(sorted(row, key=lambda value: value.box.left)))


def _unbroken(row: Sequence[_Value]) -> list[_Value]:
    """A row up to its first wide gap; what follows stands in another column and has lost its label."""
    kept = list(row[:1])
    for value in row[1:]:
        if value.box.left - kept[-1].box.right > _GAP * value.box.height:
            break
        kept.append(value)
    return kept
