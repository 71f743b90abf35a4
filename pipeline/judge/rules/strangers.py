"""证件类型不符/wrong_member: papers of people who are not of the child's family. A person decides.

`missing` rejects those that came where a page of the family is needed.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from models.content import Slot
from models.documents import DocumentKind, Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Reason, Severity, found
from pipeline.judge.dossier import Dossier
from pipeline.judge.pages import PageView, Tie

# Where a page names the person who is a stranger.
_NAMES: Final[Mapping[PageKind, Slot]] = MappingProxyType(
    {PageKind.HUKOU_HOME: Slot(Field.HEAD_NAME), PageKind.BIRTH_CERTIFICATE: Slot(Field.NAME, Person.CHILD)}
)


def strangers(dossier: Dossier) -> Iterator[Finding]:
    """A review for each page of a stranger, and for each that nothing ties to the family.

    A document in place of the guardian's is judged by `guardian_document`.
    """
    instead = () if dossier.guardian_document is DocumentKind.ID_CARD else dossier.guardian_fronts
    for page in dossier.pages:
        if page.tie in (Tie.STRANGER, Tie.DOUBTFUL) and not any(page is one for one in instead):
            yield of_stranger(page, Severity.REVIEW)


def of_stranger(page: PageView, severity: Severity) -> Finding:
    """The finding at the name on a page."""
    slot = _NAMES.get(page.kind, Slot(Field.NAME))
    evidence = Evidence(read=page.value(*slot))
    return found(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER, page.place(*slot), evidence, severity=severity)
