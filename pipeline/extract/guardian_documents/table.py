"""Every document that stands for a guardian's ID card, and the kinds of pages that they make."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.documents import ABOUT_GUARDIANSHIP, INSTEAD_OF_ID_CARD, DocumentKind, OtherDocument, PageKind
from models.reading import Line
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.document import GuardianDocument
from pipeline.extract.guardian_documents.hk_macau_permit import HK_MACAU_PERMIT
from pipeline.extract.guardian_documents.hmt_residence_permit import HMT_RESIDENCE_PERMIT
from pipeline.extract.guardian_documents.military_id import MILITARY_ID
from pipeline.extract.guardian_documents.passport import PASSPORT
from pipeline.extract.guardian_documents.permanent_resident import PERMANENT_RESIDENT
from pipeline.extract.guardian_documents.taiwan_permit import TAIWAN_PERMIT

GUARDIAN_DOCUMENTS: Final[Mapping[DocumentKind, GuardianDocument]] = MappingProxyType(
    {
        DocumentKind.PASSPORT: PASSPORT,
        DocumentKind.HK_MACAU_PERMIT: HK_MACAU_PERMIT,
        DocumentKind.TAIWAN_PERMIT: TAIWAN_PERMIT,
        DocumentKind.HMT_RESIDENCE_PERMIT: HMT_RESIDENCE_PERMIT,
        DocumentKind.PERMANENT_RESIDENT: PERMANENT_RESIDENT,
        DocumentKind.MILITARY_ID: MILITARY_ID,
    }
)


def read_named(document: OtherDocument, lines: Sequence[Line]) -> tuple[PageKind, Form]:
    """The kind and the fields of a page that shows a named document; no fields of documents that are never needed.

    A passport's page without any field is its cover, and no data page.
    """
    if document is OtherDocument.RESIDENCE_PERMIT:
        return PageKind.RESIDENCE_PERMIT, Form({}, {})
    rule = GUARDIAN_DOCUMENTS.get(INSTEAD_OF_ID_CARD[document]) if document in INSTEAD_OF_ID_CARD else None
    if rule is None:
        return (PageKind.GUARDIANSHIP if document in ABOUT_GUARDIANSHIP else PageKind.OTHER), Form({}, {})
    form = rule.read(lines)
    return (rule.kind if form.fields or rule.two_sided else PageKind.OTHER), form
