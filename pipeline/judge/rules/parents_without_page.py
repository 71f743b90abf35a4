"""监护待核: the certificate says of a parent that no register has a page. A person decides; nothing is returned."""

from collections.abc import Iterator

from models.findings import Code, Evidence, Finding, Reason, found
from models.policy import Policy
from pipeline.judge.dossier import Dossier
from pipeline.judge.pages import Likeness
from pipeline.judge.rules.completeness import excused_parents, needs
from pipeline.judge.unregistered_parents import PARENTS, Unregistered


def parents_without_page(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """监护待核/parent_without_page for each such parent whose page the application would need, and who sent none."""
    unregistered = excused_parents(dossier, policy)
    needed = {need.reason: need for need in needs(dossier, policy)}
    alone = len(unregistered) == len(PARENTS) and Reason.PARENT_PAGE in needed and not needed[Reason.PARENT_PAGE].pages
    if not (Reason.BOTH_PARENTS in needed or alone):
        return
    for one in unregistered:
        if not _has_page(one, dossier):
            yield _asked(one)


def _asked(one: Unregistered) -> Finding:
    if one.certificate is None or one.field is None:
        return found(Code.GUARDIANSHIP, Reason.PARENT_WITHOUT_PAGE)
    field = one.certificate.get(one.field, one.person)
    evidence = Evidence(read=field.value or field.text if field else None)
    return found(Code.GUARDIANSHIP, Reason.PARENT_WITHOUT_PAGE, one.certificate.place(one.field, one.person), evidence)


def _has_page(one: Unregistered, dossier: Dossier) -> bool:
    alike = (row for page in dossier.parent_pages for row in page.resembles)
    return any(party.person is one.person and how is Likeness.SAME for party, how in alike)
