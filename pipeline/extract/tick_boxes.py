"""Boxes to tick: 男□ 女□ on certificates from before 2014, 身份证□ 护照□ 其他 for the type of a parent's ID."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.documents import Field
from models.submission import Sex
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.runs import SPACES, Run, cut

_EMPTY: Final = "□口囗ロ▢◻"  # as the engine reads an empty box
_TICKED: Final = "☑√✓✔☒■Vv日曰区回目田由甲申白自因囚团旦四"  # a box with strokes in it, or a tick
_MARKS: Final = _EMPTY + _TICKED
_OTHER: Final = "其他"  # often without a box: what it is stands behind it
_MOST: Final = 0.95  # a tick is never certain: another stroke may have crossed the box
_BY_EXCLUSION: Final = 0.9  # all other boxes are empty, and this one was not read

_SEXES: Final = tuple(sex.value for sex in Sex)
_BOTH_SEXES: Final = re.compile(f"男[{_MARKS}]*女[{_MARKS}]*$")
_ONE_SEX: Final = re.compile(f"[男女][{_MARKS}]{{0,2}}")
_MARK: Final = re.compile(f"[{_MARKS}]{{1,2}}")
_ROW: Final = 0.6  # heights by which the middles of two boxes in a row may differ
_REACH: Final = 8.0  # heights between two boxes of one question
_ID_TYPES: Final[Mapping[str, str]] = MappingProxyType({"身份证": "居民身份证", "护照": "护照", _OTHER: _OTHER})


def ticked(text: str, options: Sequence[str]) -> tuple[str, float] | None:
    """The option that is ticked, and how sure that can be at most; None if the text does not tell one.

    Args:
        text: The options and what was read behind each, without spaces.
        options: The words, at least two of which have to stand in the text once.
    """
    found = list(re.finditer("|".join(map(re.escape, options)), text))
    words = [match.group() for match in found]
    if len(set(words)) != len(words) or len(words) < 2:
        return None
    ends = [*(match.start() for match in found[1:]), len(text)]
    behind = {match.group(): text[match.end() : end] for match, end in zip(found, ends, strict=True)}
    marked = [word for word, marks in behind.items() if any(mark in _TICKED for mark in marks[:2])]
    if len(marked) == 1:
        return marked[0], _MOST
    boxes = {word: marks for word, marks in behind.items() if word != _OTHER}
    unread = [word for word, marks in boxes.items() if not marks or marks[0] not in _EMPTY]
    return (unread[0], _BY_EXCLUSION) if not marked and len(boxes) > 1 and len(unread) == 1 else None


def sex_boxes(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    """The runs of 男□ 女□, none where the sex is printed beside its label; and all other runs."""
    for at, run in enumerate(runs):
        if both := _BOTH_SEXES.search(run.text):
            shown = [run.first + inside for inside, glyph in enumerate(run.glyphs) if glyph.char not in SPACES]
            return [run._replace(first=shown[both.start()])], [*runs[:at], *_before(run, shown, both), *runs[at + 1 :]]
    ones = [run for run in runs if _ONE_SEX.fullmatch(run.text)]
    for male in (run for run in ones if "男" in run.text):
        for female in (run for run in ones if "女" in run.text):
            if _in_a_row(male, female):
                marks = [run for run in runs if _MARK.fullmatch(run.text) and _in_a_row(male, run)]
                boxes = sorted((male, female, *marks), key=lambda run: run.upright.left)
                return boxes, [run for run in runs if not any(run is box for box in boxes)]
    return [], list(runs)


def ticked_sex(boxes: Sequence[Run]) -> FieldReading | None:
    """The sex that is ticked; without a value where the boxes tell none, so that a person looks."""
    read = read_field(Field.SEX, boxes)
    return _answered(read, _SEXES) if read else None


def ticked_id_type(read: FieldReading) -> FieldReading:
    """The type of ID that is ticked; the reading itself where its cell is no row of boxes."""
    if sum(word in read.text for word in _ID_TYPES) < 2:
        return read
    answered = _answered(read, tuple(_ID_TYPES))
    return answered._replace(value=_ID_TYPES.get(answered.value or ""))


def _answered(read: FieldReading, options: Sequence[str]) -> FieldReading:
    value, most = ticked(read.text, options) or (None, _MOST)
    return read._replace(value=value, confidence=min(_words(read), most), decoded=True)


def _words(read: FieldReading) -> float:
    """How sure the options are; a box with a tick in it reads as anything."""
    glyphs = (glyph for run in read.runs for glyph in run.glyphs)
    return min((glyph.probability for glyph in glyphs if glyph.char not in _MARKS + SPACES), default=0.0)


def _before(run: Run, shown: Sequence[int], both: re.Match[str]) -> tuple[Run, ...]:
    return cut(run, [(shown[both.start()], run.end)])


def _in_a_row(left: Run, right: Run) -> bool:
    one, other = left.upright, right.upright
    level = abs(one.centre.y - other.centre.y) < _ROW * one.height
    return left is not right and level and -one.height < other.left - one.right < _REACH * one.height
