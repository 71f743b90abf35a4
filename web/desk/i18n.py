"""Every text of the pages, Chinese first and English too: a file of words for each language."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from models.documents import DOCUMENT_TITLES, FIELD_TITLES, PAGE_TITLES
from models.messages import Language as ParentsLanguage
from models.messages import wordings

_FOLDER: Final = Path(__file__).parent / "words"


class DeskLanguage(StrEnum):
    """A language of the pages, by its BCP 47 tag."""

    ZH_HANS = "zh-Hans"
    EN = "en"


class UnknownWordsError(Exception):
    """A bug of ours: a page asks for words that the file of its language does not have."""


class Translator:
    """The words of one language; a template calls it as `_`."""

    def __init__(self, language: DeskLanguage, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text under a key such as `login.title`, with values in their places; it is escaped like any other."""
        try:
            return self.texts[key].format(**values)
        except KeyError:
            raise UnknownWordsError(f"{self.language}: {key}") from None


@cache
def translator_for(language: DeskLanguage) -> Translator:
    """The words of a language."""
    text = (_FOLDER / f"{language.value}.yaml").read_text("utf-8")
    return Translator(language, {**dict(_flat(yaml.safe_load(text))), **dict(_titles(language))})


def _titles(language: DeskLanguage) -> Iterator[tuple[str, str]]:
    """What documents, pages and fields are called: as parents read it."""
    kinds: dict[str, Mapping[Any, str]]
    if language is DeskLanguage.ZH_HANS:
        kinds = {"document": DOCUMENT_TITLES, "page": PAGE_TITLES, "field": FIELD_TITLES}
    else:
        held = wordings(ParentsLanguage(language.value))
        kinds = {"document": held.documents, "page": held.pages, "field": held.fields}
    for kind, titles in kinds.items():
        yield from ((f"{kind}.{name.value}", title) for name, title in titles.items())


def _flat(section: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in section.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)
