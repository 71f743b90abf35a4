"""Pictures that stand among a PDF page's drawing instructions, between BI, ID and EI."""

import re
from typing import Final

_BEGINS: Final = re.compile(rb"(?<!\S)BI(?=[\s/])")
_OUTSIDE: Final = re.compile(rb"\(|%[^\r\n]*|(?<!\S)BI(?=[\s/])")  # a text, a comment, or a picture begins
_WITHIN: Final = re.compile(rb"\\.|[()]", re.DOTALL)  # of a text
_DICTIONARY: Final = re.compile(rb".{0,2000}?(?<=[\s\]>])ID\s", re.DOTALL)
_END: Final = re.compile(rb"\sEI(?!\S)")


def count_inline_pictures(instructions: bytes) -> int:
    """How many pictures begin among the instructions; BI within a text or a comment begins none."""
    if not _BEGINS.search(instructions):
        return 0
    count = at = 0
    while match := _OUTSIDE.search(instructions, at):
        at = match.end()
        if match[0] == b"(":
            at = _after_text(instructions, at)
        elif match[0] == b"BI" and (dictionary := _DICTIONARY.match(instructions, at)):
            count += 1
            end = _END.search(instructions, dictionary.end() - 1)
            at = end.end() if end else len(instructions)
    return count


def _after_text(instructions: bytes, at: int) -> int:
    """Where a text ends that begins here: behind as many brackets as were opened, or with the instructions."""
    depth = 1
    while depth and (match := _WITHIN.search(instructions, at)):
        at = match.end()
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
    return len(instructions) if depth else at
