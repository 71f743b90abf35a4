"""Compare the entered name with the lattice of a read one: all probabilities count, not only the best reading."""

import math
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from models.content import FieldContent
from models.findings import Reason
from models.hospital import Hospital
from models.names import SEPARATOR, is_han, is_private_use, letters, normal_name, with_separators
from models.policy import NameLimits, Policy
from models.reading import Glyph
from pipeline.judge.name_difference import difference
from pipeline.names.characters import are_variants, in_forms_of, stretches, unreadable
from pipeline.perceive.ocr.lattice import log_likelihood

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
        measured: Probability of the entered name against the best reading; if different, as in `Difference`.
        limit: The limit of `measured`.
        edited: Whether the names differ in length or order, as in `Difference`.
        likely: Probability of the entered name against the best other reading, whatever was decided.
        pictured: Whether only characters outside the engine's alphabet are in doubt, and their pictures agree.
    """

    equal: bool | None
    reason: Reason | None = None
    at: int | None = None
    measured: float = 1.0
    limit: float = 0.0
    edited: bool = False
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
    undecided = Reason.SEPARATOR if typed != ours else Reason.UNCERTAIN
    uncertain = NameMatch(None, undecided, None, likely, limits.likely, likely=likely)
    if ours == theirs and likely >= limits.likely and typed != ours:
        return uncertain._replace(at=_first_difference(typed, theirs))
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
    certain = difference(ours, read, limits)
    return NameMatch(False, *certain, likely=likely) if certain else uncertain


def nothing_alike(entered: str, read: str, alphabet: Collection[str]) -> bool:
    """Whether a name that was read has no character of an entered one, in no form: no misreading explains that.

    A name outside the engine's alphabet reads as anything, so it is like every name.
    """
    ours = set(letters(entered))
    told = any(char in alphabet or not is_han(char) for char in ours)
    return told and ours.isdisjoint(in_forms_of(entered, read))


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


def _glyphs(read: FieldContent) -> tuple[Glyph, ...]:
    return tuple(glyph for piece in read.pieces for glyph in piece.glyphs)


def _first_difference(ours: str, theirs: str) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
    )
