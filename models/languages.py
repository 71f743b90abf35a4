"""The languages of messages to parents: for each a file of wordings, all of one form (models/wordings)."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml
from pydantic import Field as Key
from pydantic import model_validator

from models.base import Model
from models.catalogue import CATALOGUE
from models.codes import Code, Reason, Severity
from models.documents import (
    DOCUMENT_TITLES,
    FIELD_TITLES,
    OTHER_TITLES,
    PAGE_TITLES,
    DocumentKind,
    Field,
    OtherDocument,
    PageKind,
    Person,
)
from models.hospital import Hospital, HospitalFacts

_TRANSLATED = ("name", "scanner", "office", "hours")


class Language(StrEnum):
    """A language of messages to parents, by its BCP 47 tag."""

    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"
    EN = "en"


class CodeWords(NamedTuple):
    """A code in words for parents: its title, and a text short enough for a message template."""

    title: str
    short: str


class FindingWords(Model):
    """The words of a code and reason.

    Attributes:
        reject: The message and the next step of a finding that returns the case.
        named: Replaces `reject` where the page is known to show another document.
        instead: Replaces `reject` where a document that stands for the ID card is meant: {document}.
        quoted: Replaces the message of `reject` where the entered and the printed value are known.
        lost: Replaces the messages of `reject` and of `warning` where it is known which part of a page is lost:
            {share} of it, on {side}.
        review: The message of a finding that a person decides.
        shown: Replaces `review` where the page is known to show another document.
        wait: Replaces the usual next step of `review`.
        warning: The message of a finding without effect.
    """

    reject: tuple[str, str] | None = None
    named: tuple[str, str] | None = None
    instead: tuple[str, str] | None = None
    quoted: str | None = None
    lost: tuple[str, str] | None = None
    review: str | None = None
    shown: str | None = None
    wait: str | None = None
    warning: str | None = None


class Sides(Model):
    """Words for the side of a page on which a part is lost; `unknown` if the side is unknown."""

    top: str
    bottom: str
    left: str
    right: str
    unknown: str = ""


class Notices(Model):
    """The short notices about a whole result, each from the longest to the shortest form.

    Attributes:
        known: Of a case that is returned for nothing but 4005.
        broken: Of one that is returned for nothing but 1001.
    """

    accepted: tuple[str, ...]
    returned: tuple[str, ...]
    review: tuple[str, ...]
    known: tuple[str, ...]
    broken: tuple[str, ...]


class Wordings(Model):
    """The wordings of one language; titles of documents, pages and fields are the Chinese ones unless it has its own.

    Attributes:
        nowhere: In place of the page of a finding that points to none.
        file: A file by its number, `some_file` without one; `declared` adds the document that the parent chose.
        page: A page by its number; `page_of_file` with its file.
        named: A page that its name tells; `beside` adds what tells several of one name apart.
        spot: A field on a page.
        date: A day.
        contact: When and under which number to ask.
        wait: The next step while a person decides; `noted` of a warning; `later` of what is decided after the parent
            has corrected the rest.
        signature: Of a notice.
        hospital: The built-in facts of the hospital in this language; none in simplified Chinese, which has them.
        others: Documents that are none of ours, as in “you uploaded …”.
        holders: Member pages by their holder.
        labels: Titles of fields that a document prints otherwise than the rest.
        sides: Of a page.
    """

    nowhere: str
    file: str
    some_file: str
    declared: str
    page: str
    page_of_file: str
    named: str
    beside: str
    spot: str
    date: str
    contact: str
    wait: str
    noted: str
    later: str
    signature: str
    notices: Notices
    hospital: HospitalFacts = HospitalFacts()
    documents: Mapping[DocumentKind, str] = Key(default_factory=lambda: dict(DOCUMENT_TITLES))
    pages: Mapping[PageKind, str] = Key(default_factory=lambda: dict(PAGE_TITLES))
    fields: Mapping[Field, str] = Key(default_factory=lambda: dict(FIELD_TITLES))
    others: Mapping[OtherDocument, str] = Key(default_factory=lambda: dict(OTHER_TITLES))
    holders: Mapping[Person, str]
    sides: Sides
    labels: Mapping[DocumentKind, Mapping[Field, str]]
    codes: Mapping[Code, CodeWords]
    findings: Mapping[Code, Mapping[Reason, FindingWords]]

    @model_validator(mode="after")
    def _complete(self) -> "Wordings":
        said = {
            (code, reason): {severity for severity in Severity if getattr(words, severity) is not None}
            for code, reasons in self.findings.items()
            for reason, words in reasons.items()
        }
        if said != {key: set(severities) for key, severities in CATALOGUE.items()}:
            wrong = sorted(key for key in {*said, *CATALOGUE} if said.get(key) != set(CATALOGUE.get(key, ())))
            raise ValueError(f"The wordings and the catalogue differ in {wrong}.")
        titles = (set(self.documents), set(self.others), set(self.pages), set(self.fields), set(self.codes))
        if titles != (set(DocumentKind), set(OtherDocument), set(PageKind), set(Field), set(Code)):
            raise ValueError("The wordings of a language name every document, page, field and code.")
        return self


@cache
def wordings(language: Language) -> Wordings:
    """Load the wordings of a language."""
    file = resources.files("models").joinpath("wordings", f"{language}.yaml")
    return Wordings.model_validate(yaml.safe_load(file.read_text("utf-8")))


def facts_in(language: Language, hospital: Hospital) -> HospitalFacts:
    """The hospital's facts in a language: its own, else the built-in ones where it changed nothing, else in Chinese."""
    own = {Language.ZH_HANT: hospital.zh_hant, Language.EN: hospital.en}.get(language, HospitalFacts())
    built_in, default = wordings(language).hospital, Hospital()
    facts: dict[str, str | None] = {}
    for name in _TRANSLATED:
        chinese = getattr(hospital, name)
        unchanged = chinese == getattr(default, name) and getattr(built_in, name)
        facts[name] = getattr(own, name) or unchanged or chinese or None
    return HospitalFacts.model_validate(facts)
