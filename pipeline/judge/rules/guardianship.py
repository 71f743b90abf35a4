"""监护待核/unproven: guardians who are no parent. A person decides whether they may apply; nothing is returned.

A grandparent whom the register shows needs no proof. Papers are recognised and shown, never judged.

Source:
    民法典 art. 27: parents are the guardians of their child; after them grandparents, then others.
"""

from collections.abc import Iterator
from datetime import date

from models.documents import Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Location, Reason, found
from models.id_number import age_on
from models.policy import Policy
from models.submission import Guardian, GuardianRelation, Sex
from pipeline.extract.guardianship_papers import people_named
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import certain
from pipeline.judge.kin import AGES
from pipeline.judge.pages import Likeness, PageView
from pipeline.judge.relations import composes, is_child, is_grandparent, is_head, is_spouse


def guardianship(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """A finding for each paper about guardianship, or one that none came."""
    guardian = dossier.submission.guardian
    if guardian is None or guardian.relation is not GuardianRelation.OTHER or dossier.parents[0].may_be_parent:
        return
    if any(_is_shown(relation, child) for relation, child in _relations(dossier, policy)):
        return
    papers = [page for page in dossier.pages if page.kind is PageKind.GUARDIANSHIP]
    for page in papers:
        yield _finding(page.place(), guardian, _said_on(page))
    if not papers:
        yield _finding(Location(), guardian, None)


def possible_parents(dossier: Dossier) -> tuple[PageView, ...]:
    """Cards of adults who may be the parents, where nobody names them and no relation tells who they are."""
    child = next((page.value(Field.RELATION) or "" for page in dossier.members(Person.CHILD)), "")
    together = _has_one_head(dossier)
    adults = (page for page in dossier.members(Person.HEAD, Person.OTHER) if not page.resembles)
    return tuple(
        page
        for page in adults
        if _has_age_of_parent(page, dossier.child.birth_date)
        and not (together and child and not composes(page.value(Field.RELATION) or "", child))
    )


def _has_one_head(dossier: Dossier) -> bool:
    """Whether relations can be to one head only: of several no page says to which a relation belongs."""
    return len({home.value(Field.HEAD_NAME) for home in dossier.of_kind(PageKind.HUKOU_HOME)}) < 2


def _has_age_of_parent(page: PageView, birth: date) -> bool:
    born, role = page.value(Field.BIRTH_DATE), Person.FATHER if page.value(Field.SEX) == Sex.MALE else Person.MOTHER
    return born is not None and age_on(date.fromisoformat(born), birth) in AGES[role]


def _relations(dossier: Dossier, policy: Policy) -> Iterator[tuple[str, str]]:
    """The guardian's relation to the head beside the child's, both read with certainty, in one booklet."""
    guardian = dossier.parents[0]
    if not _has_one_head(dossier):
        return
    for page in dossier.of_kind(PageKind.HUKOU_MEMBER):
        if (guardian, Likeness.SAME) in page.resembles:
            for card in dossier.members(Person.CHILD):
                pair = [certain(one.get(Field.RELATION), policy.legibility) for one in (page, card)]
                if pair[0] and pair[1]:
                    yield pair[0], pair[1]


def _is_shown(relation: str, child_relation: str) -> bool:
    """Whether the relations make the guardian a grandparent, or a parent after all."""
    return is_grandparent(relation, child_relation) or (
        is_child(child_relation) and (is_head(relation) or is_spouse(relation))
    )


def _finding(place: Location, guardian: Guardian, read: str | None) -> Finding:
    entered = " ".join(filter(None, (guardian.name, guardian.id_number)))
    return found(Code.GUARDIANSHIP, Reason.UNPROVEN, place, Evidence(read=read, entered=entered))


def _said_on(page: PageView) -> str | None:
    """The people on a paper with their numbers, by their roles; None if it names nobody."""
    people = people_named(page.content.lines)
    return "；".join(f"{one.role}：{' '.join(filter(None, one[1:]))}" for one in people) or None
