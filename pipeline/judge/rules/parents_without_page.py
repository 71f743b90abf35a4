"""监护待核: the certificate says of a parent that no register has a page. A person decides; nothing is returned.

So does one that says something of a father, but no name that can be read: he may have a page, or none.
"""

from collections.abc import Iterator

from models.content import Slot
from models.documents import Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Reason, found
from models.policy import LegibilityLimits, Policy
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, certain, legibility_of
from pipeline.judge.pages import Likeness, PageView
from pipeline.judge.rules.completeness import needs
from pipeline.judge.rules.reasons import is_hidden
from pipeline.judge.unregistered_parents import (
    PARENTS,
    Unregistered,
    has_name,
    is_dashes,
    is_unstated,
    names_somebody,
)

_FATHERS_NAME = Slot(Field.NAME, Person.FATHER)


def parents_without_page(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """监护待核/parent_without_page for each such parent whose page the application would need, and who sent none.

    Where the page of one parent is enough and came, nobody asks about the other.
    """
    unregistered = dossier.unregistered
    needed = {need.reason: need for need in needs(dossier, policy)}
    alone = len(unregistered) == len(PARENTS) and Reason.PARENT_PAGE in needed and not needed[Reason.PARENT_PAGE].pages
    if not (Reason.BOTH_PARENTS in needed or alone):
        return
    for one in unregistered:
        if not _has_page(one, dossier):
            yield _asked(one)
    father = _nameless_father(dossier, policy.legibility)
    if father and Person.FATHER not in {one.person for one in unregistered}:
        yield _asked(father)


def _asked(one: Unregistered) -> Finding:
    if one.certificate is None or one.field is None:
        return found(Code.GUARDIANSHIP, Reason.PARENT_WITHOUT_PAGE)
    field = one.certificate.get(one.field, one.person)
    evidence = Evidence(read=field.value or field.text if field else None)
    return found(Code.GUARDIANSHIP, Reason.PARENT_WITHOUT_PAGE, one.certificate.place(one.field, one.person), evidence)


def _has_page(one: Unregistered, dossier: Dossier) -> bool:
    alike = (row for page in dossier.parent_pages for row in page.resembles)
    return any(party.person is one.person and how is Likeness.SAME for party, how in alike)


def _nameless_father(dossier: Dossier, limits: LegibilityLimits) -> Unregistered | None:
    """A father of whom the certificates say something, but no legible name, where no page is known as his.

    The mother's name is required of a certificate: one that cannot be read is reported as illegible.
    """
    papers = dossier.of_kind(PageKind.BIRTH_CERTIFICATE)
    if dossier.members(Person.FATHER) or any(_tells_father(page, limits) for page in papers):
        return None
    paper = next((page for page in papers if _has_father(page, limits)), None)
    return Unregistered(Person.FATHER, paper, Field.NAME) if paper else None


def _tells_father(page: PageView, limits: LegibilityLimits) -> bool:
    """Whether the father's name is legible, or said not to be stated."""
    name = page.get(*_FATHERS_NAME)
    if name is None or legibility_of(name, limits).legibility is Legibility.UNREADABLE:
        return False
    return is_unstated(name.value or name.text) or (name.value is not None and names_somebody(name.value))


def _has_father(page: PageView, limits: LegibilityLimits) -> bool:
    """Whether something stands in the place of his name, or lies over it, or his ID number was read."""
    name, number = page.get(*_FATHERS_NAME), certain(page.get(Field.ID_NUMBER, Person.FATHER), limits)
    one_letter = certain(name, limits)
    if number is not None or has_name(page, Person.FATHER) or (one_letter and not is_dashes(one_letter)):
        return True
    known = _FATHERS_NAME in page.content.places or _FATHERS_NAME in page.content.labels
    return name is None and known and is_hidden(page.content, page.inside(page.unclipped(*_FATHERS_NAME)))
