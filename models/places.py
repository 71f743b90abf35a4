"""How places are named to parents: so that they find the page, in any language, from the words alone.

Cards and certificates by their names; pages of a register by their holder, with a number where that helps; what has no
name by the number of its file.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from models.documents import DOCUMENT_OF_PAGE, INSTEAD_OF_ID_CARD, DocumentKind, Field, PageKind, Person, document_shown
from models.findings import Finding
from models.geometry import Box
from models.languages import Wordings
from models.result import FieldValue, PageOutcome, UnreadField

_NAMED_BY_KIND: Final = frozenset(DOCUMENT_OF_PAGE) - {PageKind.HUKOU_MEMBER}  # a member page is named by its holder
_NUMBERED: Final = frozenset({DocumentKind.HOUSEHOLD_REGISTER})  # of cards and certificates the name tells the page
_HALF: Final = 0.5


@dataclass(frozen=True)
class Upload:
    """What came in, by which a page is named so that a parent finds it.

    Attributes:
        files: The paths of the manifest, in its order.
        pages: Every page of the files that opened.
        fields: What was read; tells whose a page is.
    """

    files: Sequence[str]
    pages: Sequence[PageOutcome] = ()
    fields: Sequence[FieldValue | UnreadField] = ()

    @cached_property
    def fields_of_pages(self) -> Mapping[tuple[str, int], Sequence[FieldValue | UnreadField]]:
        """The fields by file and page number: every message asks for those of every page."""
        found: dict[tuple[str, int], list[FieldValue | UnreadField]] = defaultdict(list)
        for field in self.fields:
            found[field.file, field.page_no].append(field)
        return found


def place_words(finding: Finding, words: Wordings, upload: Upload) -> dict[str, str]:
    """What a message may say of a place: the page, the field on it, the page without a number, and the file."""
    where = _where(finding, words, upload)
    labels = words.labels.get(finding.document, {}) if finding.document else {}
    title = (labels.get(finding.field) or words.fields[finding.field]) if finding.field else ""
    name = _name(_page_of(finding, upload), words, upload)
    return {
        "where": where,
        "field": title or words.fields[Field.ID_NUMBER],  # the one that has a rule, and so is named without its place
        "spot": words.spot.format(where=where, field=title) if title else where,
        "page": words.named.format(name=name) if name else where,
        "file": _file(finding, words, upload),
        **lost_words(finding, words),
    }


def lost_words(finding: Finding, words: Wordings) -> dict[str, str]:
    """How much of a page is lost, and on which side; nothing where it is not known."""
    if finding.measured is None or finding.box is None:
        return {"share": "", "side": words.sides.unknown}
    return {"share": f"{max(1, round(finding.measured * 100))}%", "side": _side(finding.box, finding.measured, words)}


def _side(box: Box, share: float, words: Wordings) -> str:
    """The side along which a band lies; at the corner its form tells, as far as it is less than half of a page."""
    if box.top > 0:
        return words.sides.bottom
    if box.left > 0:
        return words.sides.right
    if share > _HALF:
        return words.sides.unknown
    return words.sides.left if box.height > box.width else words.sides.top


def shown_words(finding: Finding, words: Wordings, upload: Upload) -> dict[str, str] | None:
    """What a message says of a page that shows a document of another kind; None if it is not known which."""
    page = _page_of(finding, upload)
    if page is None or page.document is None:
        return None
    return {"number": _numbered(page.file, page.page_no, words, upload), "shown": words.others[page.document]}


def other_words(finding: Finding, words: Wordings, upload: Upload) -> dict[str, str] | None:
    """The same of a page that came as another document than it shows, with that; None if either is unknown."""
    shown = shown_words(finding, words, upload)
    return {**shown, "wanted": words.documents[finding.document]} if shown and finding.document else None


def _where(finding: Finding, words: Wordings, upload: Upload) -> str:
    """The page as a parent finds it: by its name if it has one, with numbers where those help; else by its file."""
    page = _page_of(finding, upload)
    name = _name(page, words, upload)
    if page is not None and name:
        place = _beside(page, name, words, upload)
        named = words.named.format(name=name)
        return words.beside.format(name=named, place=place) if place else named
    if finding.file is not None:
        return _file(finding, words, upload)
    return words.documents[finding.document] if finding.document else words.nowhere


def _page_of(finding: Finding, upload: Upload) -> PageOutcome | None:
    """The page that a finding points to; of several documents in one picture the one of its kind that has its box."""
    there = [page for page in upload.pages if (page.file, page.page_no) == (finding.file, finding.page_no)]
    kind = [page for page in there if page.kind is finding.page_kind] or there
    box = finding.box or Box(0, 0, 0, 0)
    return max(kind, key=lambda page: page.quad.box.overlap(box), default=None)


def _name(page: PageOutcome | None, words: Wordings, upload: Upload) -> str | None:
    """The name of a page whose kind and holder are known, such as 户口本孩子本人页."""
    if page is None:
        return None
    if page.kind is PageKind.HUKOU_MEMBER:
        holder = holder_of(page, upload.fields_of_pages.get((page.file, page.page_no), ()))
        return words.holders.get(holder) if holder else None
    if page.document in INSTEAD_OF_ID_CARD and (shown := document_shown(page.kind, page.document)):
        return words.documents[shown]
    return words.pages[page.kind] if page.kind in _NAMED_BY_KIND else None


def holder_of(page: PageOutcome, fields: Sequence[FieldValue | UnreadField]) -> Person | None:
    """Whose card of the register a page is, by the fields on it: the child, a parent or the head; else None."""
    if page.kind is not PageKind.HUKOU_MEMBER:
        return None
    there = [one for one in fields if (one.file, one.page_no) == (page.file, page.page_no)]
    people = {one.person for one in there}
    if len(people) > 1:  # several cards in one picture
        box = page.quad.box
        people = {max(there, key=lambda one: box.overlap(one.box)).person}
    return next((person for person in people if person is not Person.OTHER), None)


def _beside(page: PageOutcome, name: str, words: Wordings, upload: Upload) -> str:
    """What tells a named page apart: its number in a file of several pages, its file if another page has the name."""
    others = (one for one in upload.pages if (one.file, one.page_no) != (page.file, page.page_no))
    shared = any(_name(other, words, upload) == name for other in others)
    several = [file for file in upload.files if _is_long(file, upload)]
    number = words.page.format(page=page.page_no) if page.file in several else ""
    if shared or (number and len(several) > 1):
        return _numbered(page.file, page.page_no, words, upload)
    return number if DOCUMENT_OF_PAGE.get(page.kind) in _NUMBERED else ""


def _is_long(file: str | None, upload: Upload) -> bool:
    """Whether a file has several pages."""
    return len({page.page_no for page in upload.pages if page.file == file}) > 1


def _file(finding: Finding, words: Wordings, upload: Upload) -> str:
    """A file by its number, since parents name files after children, with the page if it has several."""
    return _numbered(finding.file, finding.page_no, words, upload, finding.document)


def _numbered(
    file: str | None, page_no: int | None, words: Wordings, upload: Upload, document: DocumentKind | None = None
) -> str:
    named = words.file.format(file=upload.files.index(file) + 1) if file in upload.files else words.some_file
    if document:
        named = words.declared.format(file=named, document=words.documents[document])
    return words.page_of_file.format(file=named, page=page_no) if page_no and _is_long(file, upload) else named
