"""The titles of pages for staff: a card of the register is named after its holder, another document as what it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.documents import PAGE_TITLES, Person
from models.places import holder_of
from models.result import PageOutcome, Result

MEMBER_TITLES: Final[Mapping[Person, str]] = MappingProxyType(
    {Person.CHILD: "孩子本人页", Person.FATHER: "父亲页", Person.MOTHER: "母亲页", Person.HEAD: "户主登记卡"}
)


def page_title(page: PageOutcome, result: Result) -> str:
    """The title of a page."""
    holder = holder_of(page, result.fields)
    if holder:
        return MEMBER_TITLES[holder]
    return page.document.chinese if page.document else PAGE_TITLES[page.kind]
