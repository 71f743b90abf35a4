"""Which birth certificates are certainly another child's: a sibling's, or a stranger's."""

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import Levenshtein

from models.content import FieldContent
from models.documents import Field, PageKind, Person
from models.id_number import normal_number
from models.names import normal_name
from models.submission import EnteredChild, Guardian, Submission
from pipeline.judge.field_legibility import Legibility, certain, legibility_of
from pipeline.judge.holders import certain_number, far_apart
from pipeline.judge.name_match import NameContext, is_placeholder, match_name, nothing_alike
from pipeline.judge.pages import PageView, Tie
from pipeline.judge.unregistered_parents import PARENTS, ROLES

_MISTYPED: Final = 1  # characters of a name
_DAY: Final = len("2019-11-23")


def with_other_children(
    pages: Iterable[PageView], submission: Submission, context: NameContext
) -> tuple[PageView, ...]:
    """The pages; another child's certificate has the tie ANOTHER_CHILD.

    The name on it certainly differs, and so does the birth date, the number that was entered, or the guardian's name. A
    name alone may be mistyped, or given later.
    """
    return tuple(
        page._replace(tie=Tie.ANOTHER_CHILD)
        if page.kind is PageKind.BIRTH_CERTIFICATE and _is_another_childs(page, submission, context)
        else page
        for page in pages
    )


def _is_another_childs(page: PageView, submission: Submission, context: NameContext) -> bool:
    """Whether the name differs and something else does; twins' names often differ in one character, but not in numbers.

    A name that the hospital gave, or that is hard to read, proves nothing. Then a parent must be another person, and
    the child's number or birth must differ as well.
    """
    child, name = submission.child, page.get(Field.NAME, Person.CHILD)
    entered, read = normal_name(child.name), (name.value if name else None) or ""
    parents = {page.value(Field.NAME, person) or "" for person in PARENTS} - {""}
    given = any(is_placeholder(one, parents) for one in (entered, read))
    numbered, born = _has_another_number(page, child, context), _is_born_apart(page, child, context)
    of_others = _has_another_parent(page, submission.guardian, context)
    legible = legibility_of(name, context.policy.legibility).legibility in (Legibility.READ, Legibility.DOUBTFUL)
    unlike = given or (legible and nothing_alike(entered, read, context.alphabet))
    if unlike and of_others and (numbered or born):
        return True
    apart = Levenshtein.distance(entered, read) > _MISTYPED
    differs = not given and _is_another(child.name, name, context)
    return differs and (numbered or (apart and (born or of_others)))


def _has_another_number(page: PageView, child: EnteredChild, context: NameContext) -> bool:
    number = certain(page.get(Field.CERTIFICATE_NUMBER), context.policy.legibility)
    entered = child.birth_certificate_number
    return bool(number and entered) and number != normal_number(entered or "")


def _is_born_apart(page: PageView, child: EnteredChild, context: NameContext) -> bool:
    born = certain(page.get(Field.BIRTH_TIME, Person.CHILD), context.policy.legibility)
    return born is not None and born[:_DAY] != child.birth_date.isoformat()


def _has_another_parent(page: PageView, guardian: Guardian | None, context: NameContext) -> bool:
    """Whether the father or the mother on it is not the guardian, who was entered as such: by number, or by name."""
    role = ROLES.get(guardian.relation) if guardian and guardian.relation else None
    if guardian is None or role is None:
        return False
    if guardian.id_number and page.value(Field.ID_NUMBER, role) == normal_number(guardian.id_number):
        return False
    if far_apart(certain_number(page, context.policy, role), guardian.id_number):
        return True
    return _is_another(guardian.name, page.get(Field.NAME, role), context, slack=_MISTYPED)


def _is_another(entered: str, name: FieldContent | None, context: NameContext, *, slack: int = 0) -> bool:
    """Whether a name was read with certainty and differs, in more than so many characters."""
    read = certain(name, context.policy.legibility)
    if name is None or read is None or Levenshtein.distance(read, normal_name(entered)) <= slack:
        return False
    return match_name(entered, name, context.alphabet, context.policy.names).equal is False
