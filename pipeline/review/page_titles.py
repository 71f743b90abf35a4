"""The titles of pages for staff: a card of the household register is named after its holder."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.documents import PAGE_TITLES, DocumentKind, PageKind, Person
from models.result import PageOutcome, Result

MEMBER_TITLES: Final[Mapping[Person, str]] = MappingProxyType(
    {Person.CHILD: "孩子本人页", Person.FATHER: "父亲页", Person.MOTHER: "母亲页", Person.HEAD: "户主登记卡"}
)


def holder_of(page: PageOutcome, result: Result) -> Person | None:
    """Whose card of the register a page is, from its fields; None if unknown, of two cards in a picture, or no card."""
    if page.kind is not PageKind.HUKOU_MEMBER:
        return None
    here = (page.file, page.page_no, DocumentKind.HOUSEHOLD_REGISTER)
    people = {field.person for field in result.fields if (field.file, field.page_no, field.document) == here}
    holder = people.pop() if len(people) == 1 else None
    return holder if holder in MEMBER_TITLES else None


def page_title(page: PageOutcome, result: Result) -> str:
    """The title of a page."""
    holder = holder_of(page, result)
    return MEMBER_TITLES[holder] if holder else PAGE_TITLES[page.kind]
