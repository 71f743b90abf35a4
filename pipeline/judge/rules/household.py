"""Whether the pages of a household register belong together: its head, and the relations to the head.

Source:
    docs/reference/documents.md, Household rules. Parents may be in two booklets, and a 集体户 has neither head nor
    relations.
"""

from collections.abc import Iterator

from models.documents import Field, PageKind, Person
from models.findings import Code, Finding, Reason, Stated, disagreement
from models.policy import Policy
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import certain
from pipeline.judge.holders import certain_number
from pipeline.judge.name_match import NameContext, match_name
from pipeline.judge.pages import PageView, Tie
from pipeline.judge.relations import composes, is_head


def household(dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """信息矛盾/household_conflict, from values that were read with certainty."""
    heads = _heads(dossier, context.policy)
    homes = tuple(home for home in dossier.of_kind(PageKind.HUKOU_HOME) if home.tie is Tie.FAMILY)
    booklets = max(1, len(homes))
    for page in heads[booklets:]:
        yield from _conflict(heads[0], Field.RELATION, page, Field.RELATION)
    if booklets > 1:
        return  # no page says to which head a relation belongs
    if heads and homes:
        yield from _another_head(heads[0], homes[0], context)
    yield from _kinship(dossier, context.policy)


def _heads(dossier: Dossier, policy: Policy) -> tuple[PageView, ...]:
    """Cards with the relation 户主, one for each certain ID number."""
    heads: dict[str, PageView] = {}
    for page in dossier.of_kind(PageKind.HUKOU_MEMBER):
        number = certain_number(page, policy)
        if number and is_head(_relation(page, policy) or ""):
            heads.setdefault(number, page)
    return tuple(heads.values())


def _another_head(head: PageView, home: PageView, context: NameContext) -> Iterator[Finding]:
    """The 首页 must name the person whose card says 户主."""
    named = certain(home.get(Field.HEAD_NAME), context.policy.legibility)
    printed = head.get(Field.NAME)
    if named is None or printed is None or certain(printed, context.policy.legibility) is None:
        return
    if match_name(named, printed, context.alphabet, context.policy.names).equal is False:
        yield from _conflict(home, Field.HEAD_NAME, head, Field.NAME)


def _kinship(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """The relations of a parent and of the child to the head must make them parent and child."""
    child = next((page for page in dossier.members(Person.CHILD) if _relation(page, policy)), None)
    for page in dossier.members(Person.FATHER, Person.MOTHER) if child else ():
        parent, relation = _relation(page, policy), _relation(child, policy) if child else None
        if child and parent and relation and not composes(parent, relation):
            yield from _conflict(page, Field.RELATION, child, Field.RELATION)


def _relation(page: PageView, policy: Policy) -> str | None:
    return certain(page.get(Field.RELATION), policy.legibility)


def _conflict(page: PageView, field: Field, other: PageView, its: Field) -> tuple[Finding, Finding]:
    one, two = (Stated(view.place(slot), view.value(slot)) for view, slot in ((page, field), (other, its)))
    return disagreement(Code.CONTRADICTION, Reason.HOUSEHOLD_CONFLICT, one, two)
