"""Whether the entered name is certainly not the one that was read: a character at a time, or the name as a whole.

A character may be misread for one that looks like it, so one that differs must be certain. Misreading loses, adds or
moves hardly ever a character; so a name of another length or order differs if its whole lattice rules it out.
"""

import math
from collections.abc import Collection, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from rapidfuzz.distance import Editops, Levenshtein

from models.content import FieldContent, Piece
from models.findings import Reason
from models.names import is_han, letters, normal_name
from models.policy import NameLimits
from models.reading import BLANK, Alternative, Glyph
from pipeline.perceive.ocr.lattice import log_likelihood

_STROKES = frozenset("一丨丶丿亅乙乚丁卜")  # what a speck, a fold or a line of the form is read as
_ROOM = 1.6  # times the step between two characters, from which one more may have stood between them
_ENDS = 2.05  # times that step, from which one more may have stood at an end; of a tight frame both ends have one
_NOTHING = (Alternative(BLANK, 1.0),)


class Difference(NamedTuple):
    """Why two names certainly differ.

    Attributes:
        at: Index of the first glyph that differs, in the name that was read.
        measured: Probability of that character; of another length or order, the field's confidence.
        edited: Whether the length or the order differs, so that a misread character explains nothing.
    """

    reason: Reason
    at: int
    measured: float
    limit: float
    edited: bool


class _Letter(NamedTuple):
    """A glyph of a name that is no separator: its character in normal form, its index in the name, and its piece."""

    char: str
    glyph: Glyph
    at: int
    piece: int


def difference(ours: str, read: FieldContent, limits: NameLimits) -> Difference | None:
    """A difference between names that the engine is certain of; None if it is not. Separators do not count.

    Args:
        ours: The entered name in normal form.
        read: The name's field.
        limits: When names differ.
    """
    entered, shown = letters(ours), _letters(read)
    theirs = "".join(letter.char for letter in shown)
    if not theirs or theirs != letters(read.value or ""):
        return None  # normalisation changed the text, so positions do not match any more
    if len(entered) == len(theirs) and sorted(entered) != sorted(theirs):
        return _substituted(entered, shown, read.pieces, limits)
    return _edited(entered, shown, read, limits) if entered != theirs else None


def _letters(read: FieldContent) -> tuple[_Letter, ...]:
    shown = ((glyph, number) for number, piece in enumerate(read.pieces) for glyph in piece.glyphs)
    plain = (_Letter(letters(normal_name(glyph.char)), glyph, at, number) for at, (glyph, number) in enumerate(shown))
    return tuple(letter for letter in plain if letter.char)


def _substituted(
    entered: str, shown: Sequence[_Letter], pieces: Sequence[Piece], limits: NameLimits
) -> Difference | None:
    """The first character that was read with certainty where the lattice excludes the entered one."""
    for char, letter in zip(entered, shown, strict=True):
        sure = letter.glyph.probability
        certain = char != letter.char and sure >= limits.certain
        if certain and _seen(char, letter.glyph, pieces[letter.piece]) <= limits.impossible:
            return Difference(Reason.DIFFERENT, letter.at, sure, limits.certain, edited=False)
    return None


def _edited(entered: str, shown: Sequence[_Letter], read: FieldContent, limits: NameLimits) -> Difference | None:
    """Another length or order, if the field is legible and the lattice excludes the entered name.

    Blurred print is read as a single character or as signs, and proves nothing. Room in the print, where a character
    may be lost, leaves a doubt; so do strokes too many, which may be specks, and a line too many beside the name,
    which may be of a seal or a watermark.
    """
    theirs = "".join(letter.char for letter in shown)
    if read.legible < limits.readable or len(theirs) == 1 or not all(map(is_han, theirs)):
        return None
    if _likelihood(entered, shown, read.pieces) > limits.impossible:
        return None
    if len(entered) == len(theirs):
        at = next(at for at, (one, other) in enumerate(zip(entered, theirs, strict=True)) if one != other)
        return Difference(Reason.DIFFERENT, shown[at].at, read.legible, limits.readable, edited=True)
    edits = Levenshtein.editops(theirs, entered)
    if _may_be_lost(edits, shown, read) or _may_be_none(edits, shown):
        return None
    first = min(edit.src_pos for edit in edits)
    at = shown[first].at if first < len(shown) else shown[-1].at + 1
    return Difference(Reason.LENGTH, at, read.legible, limits.readable, edited=True)


def _may_be_lost(edits: Editops, shown: Sequence[_Letter], read: FieldContent) -> bool:
    """Whether there is room in the print for a character that was entered and not read."""
    return any(edit.tag == "insert" and _has_room(shown, edit.src_pos, read) for edit in edits)


def _may_be_none(edits: Editops, shown: Sequence[_Letter]) -> bool:
    """Whether all that was read beyond the entered name may be no print of it: specks, or a line of their own."""
    more = {edit.src_pos for edit in edits if edit.tag == "delete"}
    specks = _STROKES.issuperset(shown[at].char for at in more)
    return len(more) == len(edits) and (specks or _has_piece_of(shown, more))


def _likelihood(entered: str, shown: Sequence[_Letter], pieces: Sequence[Piece]) -> float:
    """Probability of the entered letters against the best ones, in the lattices of all pieces without separators."""
    steps: list[tuple[Alternative, ...]] = []
    for number, piece in enumerate(pieces):
        kept = {letter.glyph for letter in shown if letter.piece == number}
        hidden = {at for dot in piece.glyphs if dot not in kept for at in range(dot.first, dot.end)}
        steps += (_NOTHING if at in hidden else step for at, step in enumerate(piece.steps))
        steps.append(_NOTHING)
    best = "".join(letter.glyph.char for letter in shown)
    ours, theirs = (log_likelihood(steps, name) for name in (entered, best))
    return math.exp(min(0.0, ours - theirs))


def _has_room(shown: Sequence[_Letter], before: int, read: FieldContent) -> bool:
    """Whether a character may have stood before a letter, or at either end: there is much more room than elsewhere."""
    quads = [quad for piece in read.pieces for quad in piece.quads]
    steps = [math.dist(one.middle, two.middle) for one, two in pairwise(quads)]
    height = math.dist(quads[0].top_left, quads[0].bottom_left)  # of a glyph, which is about its width
    around = max(read.box.width, read.box.height) - sum(steps)  # before the first middle and behind the last
    if len(read.pieces) == 1 and around > _ENDS * median(steps or [height]):
        return True
    between = range(shown[before - 1].at, shown[before].at) if 0 < before < len(shown) else ()
    return any(steps[at] > _ROOM * min(steps[:at] + steps[at + 1 :], default=height) for at in between)


def _has_piece_of(shown: Sequence[_Letter], places: Collection[int]) -> bool:
    """Whether a line of the name has no other letters than these."""
    pieces = {letter.piece for letter in shown}
    return any({at for at, letter in enumerate(shown) if letter.piece == piece} <= set(places) for piece in pieces)


def _seen(char: str, glyph: Glyph, piece: Piece) -> float:
    """The largest probability in the lattice of the entered character at the glyph that was read."""
    steps = piece.steps[glyph.first : glyph.end]
    return max((probability for step in steps for seen, probability in step if seen == char), default=0.0)
