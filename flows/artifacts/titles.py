"""The Chinese title of whatever Prefect's pages name, by keys such as `field.name`, as the review desk has them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.documents import DOCUMENT_TITLES, FIELD_TITLES, PAGE_TITLES, Person
from models.findings import SEVERITY_TITLES
from models.reason_titles import REASON_TITLES
from models.result import DECISION_TITLES

PERSON_TITLES: Final[Mapping[Person, str]] = MappingProxyType(
    {Person.CHILD: "孩子", Person.FATHER: "父亲", Person.MOTHER: "母亲", Person.HEAD: "户主", Person.OTHER: "其他人"}
)
_CHANGES: Final[Mapping[str, str]] = MappingProxyType(
    {"decision": "结论", "finding": "问题", "field": "内容", "appeared": "新增", "gone": "消失", "changed": "改变"}
)
_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{f"document.{kind}": title for kind, title in DOCUMENT_TITLES.items()},
        **{f"page.{kind}": title for kind, title in PAGE_TITLES.items()},
        **{f"field.{field}": title for field, title in FIELD_TITLES.items()},
        **{f"person.{person}": title for person, title in PERSON_TITLES.items()},
        **{f"decision.{decision}": title for decision, title in DECISION_TITLES.items()},
        **{f"severity.{severity}": title for severity, title in SEVERITY_TITLES.items()},
        **{f"reason.{reason}": title for reason, title in REASON_TITLES.items()},
        **{f"change.{change}": title for change, title in _CHANGES.items()},
    }
)


def title(key: str) -> str:
    """A title.

    Raises:
        KeyError: Nothing is named so.
    """
    return _TITLES[key]
