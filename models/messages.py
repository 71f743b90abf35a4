"""What a finding says in the language that a parent reads: a file of wordings for each, beside the catalogue."""

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
    """A language that parents are answered in, by its BCP 47 tag."""

    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"
    EN = "en"


class MessageText(NamedTuple):
    """What was found, and what to do next."""

    message: str
    next_step: str


class Wordings(Model):
    """The words of one language.

    Attributes:
        place: A page by its number; `whole` is a document of one page, `page_kind` what kind of page it is.
        nowhere: For a finding that points nowhere.
        field: A place on the page; `whole_page` stands there if none is known.
        noted: The next step of whatever is a warning only.
        file: A file by what it was sent as, or `some_file`; the parent's own names of files are not repeated.
        findings: For every code and reason of the catalogue the message and the next step.
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
        told = {(code, reason) for code, reasons in self.findings.items() for reason in reasons}
        held = (set(self.documents), set(self.pages), set(self.fields))
        if told != set(CATALOGUE) or held != (set(DocumentKind), set(PageKind), set(Field)):
            raise ValueError("The wordings of a language name every finding, document, page and field.")
        return self


def message_text(finding: Finding, language: Language = Language.ZH_HANS) -> MessageText:
    """The message and the next step of a finding; the simplified ones are those that it carries."""
    if language is Language.ZH_HANS:
        return MessageText(finding.message, finding.next_step)
    held, (message, step) = wordings(language), templates(finding.code, finding.reason, language)
    told = message.format(
        where=_where(finding, held),
        what=held.field.format(title=held.fields[finding.field]) if finding.field else held.whole_page,
        file=held.file.format(document=held.documents[finding.document]) if finding.document else held.some_file,
        read=finding.read or "",
        entered=finding.entered or "",
    )
    return MessageText(told[:1].upper() + told[1:], held.noted if finding.severity is Severity.WARNING else step)


def templates(code: Code, reason: Reason, language: Language) -> MessageText:
    """The message and the next step of the catalogue, with their places left open."""
    if language is Language.ZH_HANS:
        entry = CATALOGUE[code, reason]
        return MessageText(entry.message, entry.next_step)
    return MessageText(*wordings(language).findings[code][reason])


@cache
def wordings(language: Language) -> Wordings:
    """The words of a language; of simplified Chinese the catalogue is the source.

    Raises:
        KeyError: There is no file of that language.
    """
    file = resources.files("models").joinpath("wordings", f"{language}.yaml")
    if not file.is_file():
        raise KeyError(language)
    return Wordings.model_validate(yaml.safe_load(file.read_text("utf-8")))


def _where(finding: Finding, held: Wordings) -> str:
    if finding.document is None:
        return held.nowhere
    title = held.pages[finding.page_kind] if finding.page_kind else ""
    kind = held.page_kind.format(title=title) if title else ""
    template = held.place if finding.page_no else held.whole
    return template.format(document=held.documents[finding.document], page_no=finding.page_no, page_kind=kind)
