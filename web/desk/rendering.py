"""Templates, and the words that they show: Chinese first, and English."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.languages import Language as ParentsLanguage
from models.languages import wordings
from models.overview import time_shown
from models.reason_titles import REASON_TITLES

TEMPLATES: Final = Path(__file__).parent / "templates"
_WORDS: Final = Path(__file__).parent / "words"
_UNSAFE_FILTERS: Final = ("safe", "tojson", "urlize", "xmlattr", "forceescape")  # their output is not escaped


class DeskLanguage(StrEnum):
    """A language of the pages, by its BCP 47 tag."""

    ZH_HANS = "zh-Hans"
    EN = "en"


class UnknownWordsError(Exception):
    """A bug: a page asks for a text that the file of its language does not have."""


class Translator:
    """The texts of one language by key; templates call it as `_`."""

    def __init__(self, language: DeskLanguage, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key such as `login.title`, with the values filled in; the template escapes it."""
        try:
            return self.texts[key].format(**values)
        except KeyError:
            raise UnknownWordsError(f"{self.language}: {key}") from None


@cache
def translator_for(language: DeskLanguage) -> Translator:
    """The translator of a language."""
    text = (_WORDS / f"{language.value}.yaml").read_text("utf-8")
    return Translator(language, {**dict(_flat(yaml.safe_load(text))), **dict(_titles(language))})


@cache
def environment() -> Environment:
    """The templates: every value is escaped, and an unknown variable is an error instead of an empty text."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in _UNSAFE_FILTERS:
        del made.filters[name]
    made.filters["time_shown"] = time_shown
    return made


def _titles(language: DeskLanguage) -> Iterator[tuple[str, str]]:
    """The titles of documents, pages and fields, in the words that parents read; of reasons, where no file has them."""
    words = wordings(ParentsLanguage(language.value))
    kinds: dict[str, Mapping[Any, str]] = {"document": words.documents, "page": words.pages, "field": words.fields}
    if language is DeskLanguage.ZH_HANS:
        kinds |= {"reason": REASON_TITLES}
    for kind, titles in kinds.items():
        yield from ((f"{kind}.{name.value}", title) for name, title in titles.items())


def _flat(section: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in section.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)
