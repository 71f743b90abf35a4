"""Labels and their values: printed labels are found by their words, values by where they stand beside them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz import fuzz

from models.geometry import Box
from models.reading import Line
from pipeline.documents.runs import SPACES, Run, cut, whole

_ALIKE = 74.0  # percent; one wrong character in four is still the label
_FUZZY_FROM = 4  # characters; shorter labels are taken as they stand

Key = TypeVar("Key")


class Label(NamedTuple, Generic[Key]):
    """A printed label: what it announces, and where it stands in the straightened document."""

    key: Key
    box: Box


class Sheet(NamedTuple, Generic[Key]):
    """A page taken apart: labels, and the runs that are none."""

    labels: tuple[Label[Key], ...]
    runs: tuple[Run, ...]


class _Hit(NamedTuple, Generic[Key]):
    key: Key
    first: int
    end: int


def take_apart(lines: Sequence[Line], spellings: Mapping[Key, tuple[str, ...]]) -> Sheet[Key]:
    """Find every label on a page, longest spelling first, so that 户主姓名 is not taken for 姓名.

    Args:
        lines: Of one document.
        spellings: For each key the words that announce it; a label in two rows is two spellings.
    """
    order = sorted(((word, key) for key, words in spellings.items() for word in words), key=lambda row: -len(row[0]))
    labels: list[Label[Key]] = []
    runs: list[Run] = []
    for line in lines:
        run = whole(line)
        hits = _hits(run, order)
        labels += (Label(hit.key, run._replace(first=hit.first, end=hit.end).upright) for hit in hits)
        runs += cut(run, [(hit.first, hit.end) for hit in hits])
    return Sheet(tuple(_joined(labels)), tuple(runs))


def _hits(run: Run, order: Iterable[tuple[str, Key]]) -> list[_Hit[Key]]:
    """Labels in one line; what one has taken no other can take."""
    places = [at for at, glyph in enumerate(run.read) if glyph.char not in SPACES]
    text = "".join(run.read[at].char for at in places)
    hits: list[_Hit[Key]] = []
    for word, key in order:
        while (found := _find(word, text)) is not None:
            first, end = found
            hits.append(_Hit(key, places[first], places[end - 1] + 1))
            text = text[:first] + "\0" * (end - first) + text[end:]
    return hits


def _find(word: str, text: str) -> tuple[int, int] | None:
    first = text.find(word)
    if first >= 0:
        return first, first + len(word)
    if len(word) < _FUZZY_FROM or len(text) < len(word) - 1:
        return None
    found = fuzz.partial_ratio_alignment(word, text, score_cutoff=_ALIKE)
    if found is None or found.dest_end - found.dest_start < len(word) - 1 or "\0" in text[found.dest_start : found.dest_end]:
        return None
    return found.dest_start, found.dest_end


def _joined(labels: Iterable[Label[Key]]) -> list[Label[Key]]:
    """Rows of one label that stand above each other become one label."""
    joined: list[Label[Key]] = []
    for label in sorted(labels, key=lambda label: label.box.top):
        above = next((other for other in joined if other.key == label.key and _stacked(other.box, label.box)), None)
        if above is not None:
            joined.remove(above)
            label = Label(label.key, Box.around((above.box, label.box)))  # noqa: PLW2901
        joined.append(label)
    return joined


def _stacked(above: Box, below: Box) -> bool:
    aside = min(above.right, below.right) - max(above.left, below.left)
    return aside > 0 and below.top - above.bottom < 0.6 * below.height


def values_beside(sheet: Sheet[Key]) -> dict[Label[Key], tuple[Run, ...]]:
    """The runs that belong to each label: to its right in the same row, and the rows that a long value wraps into."""
    held: dict[Label[Key], list[Run]] = {label: [] for label in sheet.labels}
    for run in sheet.runs:
        owner = min(sheet.labels, key=lambda label: _distance(label.box, run.upright), default=None)
        if owner is not None and _distance(owner.box, run.upright) < _FAR:
            held[owner].append(run)
    return {label: tuple(sorted(runs, key=_reading_order)) for label, runs in held.items()}


_FAR = 1e6


def _distance(label: Box, value: Box) -> float:
    """How far a value stands from a label, in pixels; rows count more than columns, since values slip sideways."""
    height = min(label.height, value.height * 1.5)
    aside = value.left - label.right
    middle = value.centre.y
    beside = max(0.0, label.top - middle, middle - label.bottom)
    if aside < -0.8 * value.height or beside > 1.1 * max(value.height, 1) or height <= 0:
        return _FAR
    return max(0.0, aside) + 6 * beside


def _reading_order(run: Run) -> tuple[int, int]:
    box = run.upright
    return round(box.centre.y / max(1, box.height) * 1.2), box.left
