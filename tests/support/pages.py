"""The documents of this repository: their paths, fenced blocks, inline code and anchors."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

PAGES: Final = tuple(sorted((*Path().glob("*.md"), *Path("docs").rglob("*.md"))))
_FENCE: Final = re.compile(r"^ *```(\w*) ?([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_HEADING: Final = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_LINK: Final = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_NO_SLUG: Final = re.compile(r"[^\w\- ]")


class Block(NamedTuple):
    """A fenced block: its language and what follows it on the line, "" if nothing does, and its text."""

    language: str
    about: str
    text: str


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(*found) for found in _FENCE.findall(text)]


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def spans(text: str) -> list[str]:
    """The inline code of a page, in order."""
    return _SPAN.findall(prose(text))


def links(text: str) -> list[str]:
    """The targets of all links and pictures of a page, in order."""
    return _LINK.findall(_SPAN.sub("", prose(text)))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and GitLab make them."""
    return set(_numbered(_slug(heading) for heading in _HEADING.findall(prose(text))))


def _slug(heading: str) -> str:
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return _NO_SLUG.sub("", words.strip().lower()).replace(" ", "-")


def _numbered(slugs: Iterator[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for slug in slugs:
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        yield f"{slug}-{count}" if count else slug
