"""Find a watermark 仅供…使用: slanted words that repeat, or words of a mark in another ink than the print's.

Police and banks advise families to write one over copies. Its words are never a document's own, whoever wrote them.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from models.geometry import Quad
from models.names import is_han
from pipeline.perceive.ocr.base import TextLine
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.perceive.rereading import part_of
from pipeline.perceive.scene.rectify import is_tall, reading_order

_PURPOSES: Final = ("仅供", "仅限", "仅用于", "仅作", "他用无效", "复印无效", "再次复印", "再复印")
_PARTS: Final = ("使用", "他用", "无效", "复印", "再次")
_OF_SEALS: Final = ("专用", "户口", "章")
_BEGINNINGS: Final = ("仅", "此件", "再次", "再复")
_FIRST: Final = "仅供限"  # of a mark's words, or the second one where the first is misread
_OURS: Final = "样本"  # printed on every specimen; says nothing
_SOON: Final = 7  # characters within which a level mark says what it is for, as 本复印件仅供 does in six

# Chosen on 60 watermarked pages and 21 others of the training split (seed 77), and on the kept readings of the samples.
_SLANT: Final = 8.0  # degrees off the page's rows; a curled page's rows stay below
_STEEP: Final = 12.0  # the same, of two lines in another ink whose words say nothing of a mark
_ALIKE: Final = 7.0  # degrees by which lines of one mark differ
_TELLING: Final = 0.5  # mean confidence of a line whose words count
_SURE: Final = 0.8  # the same, of a single line that is a mark by its words alone
_LEAST: Final = 3  # lines that repeat the same words
_SCRAP: Final = 3  # Han characters of a piece that says a part of a mark and next to nothing else
_LONGEST: Final = 40  # characters of a mark's words
_WORDS: Final = 4  # characters of each of two steep lines
_LONG: Final = 5  # characters of a single piece
_OWN: Final = 0.5  # of a slanted line's characters that are the mark's
_RESEMBLES: Final = 80.0  # 0-100, of a level line to a part of the mark


class Mark(NamedTuple):
    """A watermark: its words once, degrees clockwise from the page's rows, its characters, and where its ink is."""

    text: str
    angle: float
    characters: frozenset[str]
    places: tuple[Quad, ...]

    def says(self, line: TextLine, its_ink: Callable[[Quad], bool]) -> bool:
        """Whether a line is of the mark; `its_ink`: whether the words at a place have the mark's colour."""
        han = _han(line)
        own = sum(char in self.characters for char in han)
        turn = _angle(line.quad)
        if 1 < len(han) <= _SCRAP and _has(han, _PARTS):
            return True
        if abs(turn) >= _SLANT:
            along = min(abs(turn - self.angle), abs(turn + self.angle)) <= _ALIKE
            return along or own > _OWN * len(han) or _has(han, (*_PURPOSES, *_PARTS))
        resembles = len(han) >= _LEAST and fuzz.partial_ratio(han, self.text) >= _RESEMBLES
        return _has(han, _PURPOSES) or (resembles and (_has(han, _PARTS) or its_ink(line.quad)))

    def without_words(self, line: TextLine, its_ink: Callable[[Quad], bool]) -> TextLine:
        """A line of print without words of the mark at its end or its beginning, where a mark begins in its row.

        Args:
            line: A line that is not the mark's.
            its_ink: Whether the words at a place have the mark's colour. Words that print may say as well (a hospital
                is an employer, too) are the mark's only where they have it and the rest has not.
        """
        read = () if is_tall(line.quad) else glyphs(line.lattice)
        count = len(read)
        for cut in range(1, count):
            for kept, dropped in (((0, cut), (cut, count)), ((count - cut, count), (0, count - cut))):
                if self._may_say("".join(glyph.char for glyph in read[slice(*dropped)])):
                    own, rest = part_of(line, *dropped), part_of(line, *kept)
                    begins = own.text[:1] in _FIRST and len(own.text) >= _LEAST
                    if begins or _has(own.text, _PARTS) or (its_ink(own.quad) and not its_ink(rest.quad)):
                        return rest
        return line

    def _may_say(self, words: str) -> bool:
        """Whether these are words of the mark, which begin again behind its end; a number is none of them."""
        han = "".join(filter(is_han, words))
        if sum(char.isalnum() for char in words) > len(han):
            return False
        return len(han) > 1 and (han in _PARTS or han in 2 * "".join(filter(is_han, self.text)))


def find_watermark(
    printed: Sequence[TextLine], stamped: Sequence[TextLine], other_ink: Callable[[Quad], bool]
) -> Mark | None:
    """The watermark that lines of an upright document tell of; None for none.

    Args:
        printed: Lines of print.
        stamped: Lines of stamps: a red mark is among them.
        other_ink: Whether the words at a place have another colour, or are paler, than the page's print.
    """
    telling = [line for line in (*printed, *stamped) if line.confidence >= _TELLING and len(_han(line)) > 1]
    slanted = _of_one_angle([line for line in telling if abs(_angle(line.quad)) >= _SLANT])
    if _repeats(slanted) or any(_is_purpose(line) or _is_cut_off(line) for line in slanted):
        return _mark(slanted, telling)
    steep = [line for line in slanted if line not in stamped and _is_steep(line) and other_ink(line.quad)]
    if len(steep) > 1:
        return _mark(steep, telling)
    level = [line for line in telling if abs(_angle(line.quad)) < _SLANT and begins_with_purpose(line)]
    if len(level) >= _LEAST or any(_is_purpose(line) and other_ink(line.quad) for line in level):
        return _mark(level, telling)
    return None


def _mark(said: Sequence[TextLine], telling: Sequence[TextLine]) -> Mark:
    """The mark of these lines, and of others that say parts of the same."""
    text = _text(said)
    more = [line for line in telling if line not in said and fuzz.partial_ratio(_han(line), text) >= _RESEMBLES]
    counts = Counter(char for line in (*said, *more) for char in set(_han(line)))
    often = {char for char, count in counts.items() if count > 1}
    return Mark(text, _usual_angle(said), frozenset(often | set(text)), tuple(line.quad for line in said))


def _usual_angle(said: Sequence[TextLine]) -> float:
    """The median angle of the lines on that side to which more of them slant."""
    angles = [_angle(line.quad) for line in said]
    rising, falling = [angle for angle in angles if angle < 0], [angle for angle in angles if angle >= 0]
    return round(median(rising if len(rising) > len(falling) else falling), 1)


def _text(said: Sequence[TextLine]) -> str:
    """The words once: the longest sure reading that begins as a mark does, and what follows in others."""
    sure = [line for line in said if line.confidence >= _SURE] or list(said)
    texts = sorted((line.text for line in sure), key=len, reverse=True)
    text = next((text for text in texts if text.startswith(_BEGINNINGS)), texts[0])
    while rest := next((rest for other in texts if (rest := _following(text, other))), ""):
        text += rest
    return text


def _following(text: str, other: str) -> str:
    """What follows the end of `text` in another reading, up to where the words begin again."""
    for length in range(min(len(text), len(other)), 1, -1):
        at = other.find(text[-length:])
        if at >= 0:
            rest = other[at + length :]
            return rest.split(text[0])[0][: max(0, _LONGEST - len(text))]
    return ""


def _of_one_angle(lines: Sequence[TextLine]) -> list[TextLine]:
    """The largest group of lines that slant alike, or alike to the other side: marks may cross."""
    angles = [abs(_angle(line.quad)) for line in lines]
    groups = ([line for line, other in zip(lines, angles, strict=True) if abs(other - own) <= _ALIKE] for own in angles)
    largest: list[TextLine] = []
    for group in groups:
        largest = max(largest, group, key=len)
    return largest


def _repeats(lines: Sequence[TextLine]) -> bool:
    """Whether three lines have two characters in common, or one of three says what only a mark says."""
    pairs = Counter(pair for line in lines for pair in _pairs(_han(line)))
    return len(lines) >= _LEAST and (
        any(count >= _LEAST for pair, count in pairs.items() if pair != _OURS)
        or any(_has(_han(line), (*_PURPOSES, *_PARTS)) for line in lines)
    )


def _is_purpose(line: TextLine) -> bool:
    return line.confidence >= _SURE and _has(_han(line), _PURPOSES)


def begins_with_purpose(line: TextLine) -> bool:
    """Whether a line says at once what it is for; a printed sentence names its subject first."""
    return _has(_han(line)[:_SOON], _PURPOSES)


def _is_steep(line: TextLine) -> bool:
    """Whether a line is words, not of a seal, that slant too much for any row of print."""
    han = _han(line)
    words = line.confidence >= _SURE and len(han) >= _WORDS and not _has(han, _OF_SEALS)
    return words and abs(_angle(line.quad)) >= _STEEP


def _is_cut_off(line: TextLine) -> bool:
    """Whether a line is a mark's with its first or last words cut off."""
    han = _han(line)
    return line.confidence >= _SURE and len(han) >= _LONG and (han[0] in "供限" or _has(han, _PARTS))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _has(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _han(line: TextLine) -> str:
    return "".join(filter(is_han, line.text))


def _angle(quad: Quad) -> float:
    """Degrees clockwise from a level line."""
    corners = reading_order(quad)
    (x, y), (right, low) = corners.top_left, corners.top_right
    return math.degrees(math.atan2(low - y, right - x))
