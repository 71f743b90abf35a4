"""What is marked of a value, and what else it may be."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from models.content import FieldContent
from models.result import FieldValue
from pipeline.review.candidates import candidates
from pipeline.review.field_comparison import FieldComparison, canonical

_MOST_OPTIONS: Final = 6
_MOST_SAID: Final = 1  # more than these, so that it has a key of its own


def differing(compared: FieldComparison, read: FieldValue | None) -> tuple[int, ...]:
    """Which characters of what was read are not those of what was entered, or of the first other document."""
    others = [value.value for value in compared.read if value is not read]
    beside = compared.entered or next(iter(others), None)
    if read is None or beside is None:
        return ()
    ours, theirs = canonical(compared.field, beside), canonical(compared.field, read.value)
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    blocks = [(start, end) for tag, start, end, _, _ in matcher.get_opcodes() if tag != "equal"]
    places = _places(compared, read.value, len(theirs))
    return tuple(places[at] for start, end in blocks for at in range(start, end))


def _places(compared: FieldComparison, value: str, count: int) -> Sequence[int]:
    """Where the characters that are compared stand in a value, which may have spaces between them."""
    kept = [at for at, char in enumerate(value) if canonical(compared.field, char)][:count]
    return kept if len(kept) == count else range(count)


def options(
    compared: FieldComparison, read: FieldValue | None, content: FieldContent | None, said: Iterable[str]
) -> Iterator[str]:
    """What a person chooses from: as read, as entered, as other documents say, as it may read besides, as people say.

    People come last: forms name a choice by its number, which stays the same when somebody says something meanwhile.
    """
    first = [read.value] if read else []
    entered = [compared.entered] if compared.entered else []
    alike = [one.text for one in candidates(content, _MOST_OPTIONS)] if content else []
    forms: set[str] = set()
    by_machine = (*first, *entered, *(value.value for value in compared.read), *alike)
    for most, texts in ((_MOST_OPTIONS, by_machine), (_MOST_OPTIONS + _MOST_SAID, said)):
        for text in texts:
            form = canonical(compared.field, text)
            if form and form not in forms and len(forms) < most:
                forms.add(form)
                yield text if read and text == read.value else form
