"""Messages to parents in other languages: a file of wordings for each, beside the catalogue."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml
from pydantic import model_validator

from models.base import Model
from models.catalogue import CATALOGUE
from models.codes import Code, Reason, Severity
from models.documents import DocumentKind, Field, PageKind
from models.findings import Finding


class Language(StrEnum):
    """A language of messages to parents, by its BCP 47 tag."""

    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"
    EN = "en"


class MessageText(NamedTuple):
    """The message of a finding, and the next step."""

    message: str
    next_step: str


class Wordings(Model):
    """The wordings of one language.

    Attributes:
        place: A page by its number; `whole` for a document without page number, `page_kind` for the kind of page.
        nowhere: For a finding without location.
        field: A field on the page; `whole_page` if none is known.
        noted: The next step of every warning.
        file: A file by its declared kind, or `some_file`; the parent's own file names are not repeated.
        findings: The message and the next step for every code and reason of the catalogue.
    """

    place: str
    whole: str
    page_kind: str
    nowhere: str
    field: str
    whole_page: str
    file: str
    some_file: str
    noted: str
    documents: Mapping[DocumentKind, str]
    pages: Mapping[PageKind, str]
    fields: Mapping[Field, str]
    findings: Mapping[Code, Mapping[Reason, tuple[str, str]]]

    @model_validator(mode="after")
    def _whole(self) -> "Wordings":
        findings = {(code, reason) for code, reasons in self.findings.items() for reason in reasons}
        titles = (set(self.documents), set(self.pages), set(self.fields))
        if findings != set(CATALOGUE) or titles != (set(DocumentKind), set(PageKind), set(Field)):
            raise ValueError("The wordings of a language name every finding, document, page and field.")
        return self


def message_text(finding: Finding, language: Language = Language.ZH_HANS) -> MessageText:
    """The message and the next step of a finding in a language; a finding itself has those in simplified Chinese."""
    if language is Language.ZH_HANS:
        return MessageText(finding.message, finding.next_step)
    words, (template, step) = wordings(language), templates(finding.code, finding.reason, language)
    message = template.format(
        where=_where(finding, words),
        what=words.field.format(title=words.fields[finding.field]) if finding.field else words.whole_page,
        file=words.file.format(document=words.documents[finding.document]) if finding.document else words.some_file,
        read=finding.read or "",
        entered=finding.entered or "",
    )
    return MessageText(message[:1].upper() + message[1:], words.noted if finding.severity is Severity.WARNING else step)


def templates(code: Code, reason: Reason, language: Language) -> MessageText:
    """The message and the next step of the catalogue, with placeholders not filled in."""
    if language is Language.ZH_HANS:
        entry = CATALOGUE[code, reason]
        return MessageText(entry.message, entry.next_step)
    return MessageText(*wordings(language).findings[code][reason])


@cache
def wordings(language: Language) -> Wordings:
    """Load the wordings of a language other than simplified Chinese, whose source is the catalogue.

    Raises:
        KeyError: There is no file for the language.
    """
    file = resources.files("models").joinpath("wordings", f"{language}.yaml")
    if not file.is_file():
        raise KeyError(language)
    return Wordings.model_validate(yaml.safe_load(file.read_text("utf-8")))


def _where(finding: Finding, words: Wordings) -> str:
    if finding.document is None:
        return words.nowhere
    title = words.pages[finding.page_kind] if finding.page_kind else ""
    kind = words.page_kind.format(title=title) if title else ""
    template = words.place if finding.page_no else words.whole
    return template.format(document=words.documents[finding.document], page_no=finding.page_no, page_kind=kind)
