"""Compare the entered name with the lattice of a read one: all probabilities count, not only the best reading."""

import math
import re
from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from models.content import FieldContent, Piece
from models.findings import Reason
from models.hospital import Hospital
from models.names import SEPARATOR, is_private_use, normal_name, with_separators
from models.policy import NameLimits, Policy
from models.reading import BLANK, Alternative, Glyph
from pipeline.names.characters import are_variants, stretches, unreadable
from pipeline.perceive.ocr.lattice import log_likelihood

_STROKES = frozenset("一丨丶丿亅乙乚丁卜")  # what a speck, a fold or a line of the form is read as
_ROOM = 1.6  # times the step between two characters, from which one more may have stood between them
_LEAST = 1e-6  # the smallest probability in odds
_PLACEHOLDER = re.compile(r".{2,25}(之|的)?(子|女|婴|宝宝|宝|BB|大毛|小毛|大双|小双|双?[甲乙AB12])")


class NameContext(NamedTuple):
    """What judging needs beside the case: the characters that the engine can read, the hospital's policy and facts."""

    alphabet: Collection[str]
    policy: Policy
    hospital: Hospital = Hospital()


class NameMatch(NamedTuple):
    """Whether two names are equal.

    Attributes:
        equal: True, False, or None if a person must decide.
        reason: Why the names differ, or why they are in doubt; None if equal.
        at: Index of the first character that differs, in the name that was read.
        measured: Probability of the entered name against the best reading; of the deciding character if different.
        limit: The limit of `measured`.
        likely: Probability of the entered name against the best other reading, whatever was decided.
        pictured: Whether only characters outside the engine's alphabet are in doubt, and their pictures agree.
    """

    equal: bool | None
    reason: Reason | None = None
    at: int | None = None
    measured: float = 1.0
    limit: float = 0.0
    likely: float = 0.0
    pictured: bool = False


def match_name(
    entered: str,
    read: FieldContent,
    alphabet: Collection[str],
    limits: NameLimits,
    parents: Collection[str] = (),
) -> NameMatch:
    """Compare an entered name with one on a page.

    Args:
        entered: The name as typed in.
        read: The name's field; its value may be None.
        alphabet: Every character that the engine can read.
        limits: When names are equal, different, or in doubt.
        parents: Names of the child's parents, of which hospitals make placeholder names.
    """
    typed, theirs = normal_name(entered), read.value or ""
    ours = with_separators(typed)
    if any(is_private_use(char) for char in ours + theirs):
        return NameMatch(None, Reason.PRIVATE_USE)
    likely = _likelihood_ratio(ours, read)
    uncertain = NameMatch(None, Reason.UNCERTAIN, None, likely, limits.likely, likely)
    if ours == theirs and likely >= limits.likely and typed != ours:
        return uncertain._replace(reason=Reason.SEPARATOR, at=_first_difference(typed, theirs))
    if ours == theirs and likely >= limits.likely:
        return NameMatch(True, measured=likely, likely=likely)
    if ours == theirs:
        return _by_picture(uncertain, ours, read, alphabet, limits)
    softer = _softer_reason(ours, theirs, alphabet)
    if softer is None and (is_placeholder(theirs, parents) or is_placeholder(ours, parents)):
        softer = Reason.PLACEHOLDER
    if softer:
        doubt = uncertain._replace(reason=softer, at=_first_difference(ours, theirs))
        return _by_picture(doubt, ours, read, alphabet, limits) if softer is Reason.OUT_OF_CHARSET else doubt
    return _certainly_different(ours, read, limits, likely) or uncertain


def combine(verdicts: Sequence[NameMatch], limits: NameLimits) -> bool:
    """Whether several uncertain pages together are certain of the name; their readings count as independent.

    A page that prefers another name, or has another reason for doubt, is left to a person.
    """
    if any(one.reason not in (None, Reason.UNCERTAIN) or one.likely < limits.hardly for one in verdicts):
        return False
    odds = math.prod(one.likely / max(1 - one.likely, _LEAST) for one in verdicts)
    return bool(verdicts) and odds >= limits.likely / (1 - limits.likely)


def is_placeholder(name: str, parents: Collection[str] = ()) -> bool:
    """Whether a name is a placeholder that hospitals give before the child has a name (王某之子, 林静大双).

    Endings that real names have, too, count only behind a parent's name.
    """
    if not _PLACEHOLDER.fullmatch(name):
        return False
    made_of = any(name.startswith(parent) and len(name) > len(parent) for parent in parents)
    return made_of or "之" in name or "某" in name or name[-1] in "宝婴"


def _softer_reason(ours: str, theirs: str, alphabet: Collection[str]) -> Reason | None:
    """Why two different names may still be the same child's."""
    if any(char not in alphabet for char in set(ours) - set(theirs) - {SEPARATOR}):
        return Reason.OUT_OF_CHARSET
    if ours.replace(SEPARATOR, "") == with_separators(theirs).replace(SEPARATOR, ""):
        return Reason.SEPARATOR
    if len(ours) == len(theirs) and all(are_variants(a, b) for a, b in zip(ours, theirs, strict=True) if a != b):
        return Reason.VARIANT
    return None


def _by_picture(
    doubt: NameMatch, ours: str, read: FieldContent, alphabet: Collection[str], limits: NameLimits
) -> NameMatch:
    """The doubt with the comparison of pictures, if every character outside the engine's alphabet was compared."""
    glyphs, unread = _glyphs(read), unreadable(ours, alphabet)
    places = stretches(ours, "".join(glyph.char for glyph in glyphs), unread)
    compared = sorted(one.character for one in read.resemblances)
    if not places or compared != sorted(char for char in ours if char in unread):
        return doubt
    known = [glyph for n, glyph in enumerate(glyphs) if not any(n in range(*stretch) for stretch in places.values())]
    sure = min((glyph.probability for glyph in known), default=1.0) >= limits.likely
    margin = min(one.margin for one in read.resemblances)
    pictured = sure and margin >= limits.pictured
    return doubt._replace(at=min(places.values())[0], measured=margin, limit=limits.pictured, pictured=pictured)


def _likelihood_ratio(ours: str, read: FieldContent) -> float:
    """Probability of the entered name against the best reading; of its weakest character if both are equal."""
    text = read.text
    if normal_name(text) == ours:
        return min((glyph.probability for glyph in _glyphs(read)), default=0.0)
    if len(read.pieces) != 1:
        return 0.0  # a name in two pieces has no single lattice
    entered, best = (log_likelihood(read.pieces[0].steps, name) for name in (ours, text))
    return 1 / (1 + math.exp(min(700.0, best - entered)))


def _certainly_different(ours: str, read: FieldContent, limits: NameLimits, likely: float) -> NameMatch | None:
    """A difference that the engine is certain of, character by character; None if it is not."""
    glyphs = _glyphs(read)
    theirs = "".join(glyph.char for glyph in glyphs)
    if theirs != read.value:
        return None  # normalisation changed the text, so positions do not match any more
    if len(ours) != len(theirs):
        return _different_length(ours, read, limits, likely)
    shown = ((piece, glyph) for piece in read.pieces for glyph in piece.glyphs)
    for at, (char, (piece, glyph)) in enumerate(zip(ours, shown, strict=True)):
        certain = char != glyph.char and glyph.probability >= limits.certain
        if certain and _seen(char, glyph, piece) <= limits.impossible:
            return NameMatch(False, Reason.DIFFERENT, at, glyph.probability, limits.certain, likely)
    return None


def _different_length(ours: str, read: FieldContent, limits: NameLimits, likely: float) -> NameMatch | None:
    """Names of another length differ if every character was read with certainty and the lattice excludes the entered.

    A gap in print, where a character may be lost, leaves a doubt; so do strokes too many, which may be specks, and
    a line too many beside the name, which may be of a seal or a watermark.
    """
    glyphs = _glyphs(read)
    theirs = "".join(glyph.char for glyph in glyphs)
    weakest = min((glyph.probability for glyph in glyphs), default=0.0)
    if weakest < limits.certain or _joined_ratio(ours, theirs, read.pieces) > limits.impossible:
        return None
    edits = Levenshtein.editops(theirs, ours)
    more = {edit.src_pos for edit in edits if edit.tag == "delete"}
    if any(edit.tag == "insert" and _has_gap(read, edit.src_pos) for edit in edits):
        return None
    if len(more) == len(edits) and (_has_piece_of(read, more) or _STROKES.issuperset(theirs[at] for at in more)):
        return None
    return NameMatch(False, Reason.LENGTH, _first_difference(ours, theirs), weakest, limits.certain, likely)


def _joined_ratio(ours: str, theirs: str, pieces: Sequence[Piece]) -> float:
    """Probability of the entered name against the best reading, in the lattices of all pieces behind each other."""
    blank = ((Alternative(BLANK, 1.0),),)
    steps = [step for piece in pieces for step in (*piece.steps, *blank)]
    entered, best = (log_likelihood(steps, name) for name in (ours, theirs))
    return math.exp(min(0.0, entered - best))


def _has_gap(read: FieldContent, at: int) -> bool:
    """Whether there is room for a character before glyph `at`: much more than between the other glyphs."""
    centres = [quad.middle for piece in read.pieces for quad in piece.quads]
    steps = [math.dist(one, two) for one, two in pairwise(centres)]
    return 0 < at < len(centres) and steps[at - 1] > _ROOM * min(steps[: at - 1] + steps[at:], default=_height(read))


def _has_piece_of(read: FieldContent, places: Collection[int]) -> bool:
    """Whether a line of the name has no other glyphs than these."""
    ends = tuple(accumulate((len(piece.glyphs) for piece in read.pieces), initial=0))
    return any(set(range(*piece)) <= set(places) for piece in pairwise(ends))


def _height(read: FieldContent) -> float:
    """The height of a glyph, which is about its width."""
    quad = read.pieces[0].quads[0]
    return math.dist(quad.top_left, quad.bottom_left)


def _glyphs(read: FieldContent) -> tuple[Glyph, ...]:
    return tuple(glyph for piece in read.pieces for glyph in piece.glyphs)


def _seen(char: str, glyph: Glyph, piece: Piece) -> float:
    """The largest probability in the lattice of the entered character at the glyph that was read."""
    steps = piece.steps[glyph.first : glyph.end]
    return max((probability for step in steps for seen, probability in step if seen == char), default=0.0)


def _first_difference(ours: str, theirs: str) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
    )
