"""The manuals in Chinese: what they print in bold, and the pictures beside it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from models.codes import Code
from models.reason_titles import REASON_TITLES

FOLDER: Final = Path("docs/zh")
REVIEWERS: Final = (FOLDER / "审核员手册.md").read_text("utf-8")
_WORDS: Final = Path("web/desk/words/zh-Hans.yaml")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
_PICTURE_OR_HEADING: Final = re.compile(r"^(?:!\[.*?\]\(pictures/([\w-]+)\.png\)|#+ .*)$", re.MULTILINE)
_FILLED_IN: Final = re.compile(r"（[^（）]*）$|[：。]$")  # a bracket that explains or counts, and the last stop


def bold(text: str) -> list[str]:
    """What a text prints in bold, in order."""
    return _BOLD.findall(text)


def pictured() -> dict[str, list[str]]:
    """For each picture of the reviewers' manual what is printed in bold after it, up to the next picture or heading."""
    marks = [*_PICTURE_OR_HEADING.finditer(REVIEWERS)]
    ends = [mark.start() for mark in marks[1:]] + [len(REVIEWERS)]
    return {mark[1]: bold(REVIEWERS[mark.end() : end]) for mark, end in zip(marks, ends, strict=True) if mark[1]}


def plain(words: str) -> str:
    """Words of the desk as the manual quotes them: without a bracket at their end, and without their last stop."""
    return _FILLED_IN.sub("", _FILLED_IN.sub("", words))


def words_of_the_desk() -> frozenset[str]:
    """Everything that the desk's pages say in Chinese, as the manual quotes it."""
    said = _leaves(yaml.safe_load(_WORDS.read_text("utf-8")))
    return frozenset(map(plain, (*said, *REASON_TITLES.values(), *Code)))


def _leaves(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for branch in tree.values():
            yield from _leaves(branch)
    else:
        yield str(tree)
