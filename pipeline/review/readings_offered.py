"""The readings that a reviewer may choose for a field, and the characters that are marked as different."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from models.content import FieldContent, Piece
from models.reading import Glyph
from models.result import FieldValue
from pipeline.review.field_comparison import FieldComparison, canonical

_MOST_OPTIONS: Final = 6
_MOST_SEEN: Final = 1  # options beyond `_MOST_OPTIONS`, for what earlier reviewers saw
_PER_CHARACTER: Final = 3
_LEAST: Final = 0.001  # probability below which a character is not offered
_BEAM: Final = 16  # readings that the search keeps


class ReadingCandidate(NamedTuple):
    """A reading, and the product of the probabilities of its characters."""

    text: str
    probability: float


def differing(compared: FieldComparison, read: FieldValue | None) -> tuple[int, ...]:
    """The indices of characters of `read` that differ from the entered value, or from the first other document."""
    others = [value.value for value in compared.read if value is not read]
    beside = compared.entered or next(iter(others), None)
    if read is None or beside is None:
        return ()
    ours, theirs = canonical(compared.field, beside), canonical(compared.field, read.value)
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    blocks = [(start, end) for tag, start, end, _, _ in matcher.get_opcodes() if tag != "equal"]
    positions = _positions(compared, read.value, len(theirs))
    return tuple(positions[at] for start, end in blocks for at in range(start, end))


def _positions(compared: FieldComparison, value: str, count: int) -> Sequence[int]:
    """The indices in the value of its canonical characters; the value may have spaces between them."""
    kept = [at for at, char in enumerate(value) if canonical(compared.field, char)][:count]
    return kept if len(kept) == count else range(count)


def options(
    compared: FieldComparison, read: FieldValue | None, content: FieldContent | None, seen: Iterable[str]
) -> Iterator[str]:
    """The values to choose from: as read, as entered, of other documents, other readings, and as reviewers saw it.

    What reviewers saw comes last: forms name an option by its number, which must not change meanwhile.
    """
    first = [read.value] if read else []
    entered = [compared.entered] if compared.entered else []
    alike = [candidate.text for candidate in candidates(content, _MOST_OPTIONS)] if content else []
    forms: set[str] = set()
    by_machine = (*first, *entered, *(value.value for value in compared.read), *alike)
    for most, texts in ((_MOST_OPTIONS, by_machine), (_MOST_OPTIONS + _MOST_SEEN, seen)):
        for text in texts:
            form = canonical(compared.field, text)
            if form and form not in forms and len(forms) < most:
                forms.add(form)
                yield text if read and text == read.value else form


def candidates(field: FieldContent, most: int) -> tuple[ReadingCandidate, ...]:
    """The likeliest readings of a name by its lattice, best first; none if the lattice was not kept."""
    beam = [ReadingCandidate("", 1.0)]
    for piece in field.pieces:
        for glyph in piece.glyphs:
            grown = [
                ReadingCandidate(before.text + after.text, before.probability * after.probability)
                for before in beam
                for after in _alternatives(piece, glyph)
            ]
            beam = sorted(grown, key=lambda candidate: -candidate.probability)[:_BEAM]
    return tuple(candidate for candidate in beam if candidate.text)[:most]


def _alternatives(piece: Piece, glyph: Glyph) -> list[ReadingCandidate]:
    """The likeliest characters at a glyph, the glyph itself among them."""
    likely = {glyph.char: glyph.probability}
    for step in piece.steps[glyph.first : glyph.end]:
        for char, probability in step:
            if char and probability >= _LEAST:
                likely[char] = max(probability, likely.get(char, 0.0))
    best = sorted(likely.items(), key=lambda pair: -pair[1])[:_PER_CHARACTER]
    return [ReadingCandidate(char, probability) for char, probability in best]
