"""Scores into figures. A picture counts once, however many samples and files show it.

The samples share pictures: the same drawing with the same noise stands in several submissions. Counting it each time
would narrow the intervals without telling anything new. A picture's field is right only if it is right wherever it
appears. Fields of one picture are harmed together, so the intervals are still on the narrow side.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from bench.figures import Figure, share
from bench.scoring import Outcome, ScoredCase, ScoredField, ScoredPage
from fixtures.truth import TruePage
from models.result import Decision


class Seen(NamedTuple):
    """One distinct thing that could be told, and whether it always was; `name` is document/field or page kind."""

    name: str
    condition: str
    right: bool


def condition(page: TruePage) -> str:
    """How a picture was taken, and whether it was harmed."""
    return f"{page.style}, {'damaged' if page.damage else 'undamaged'}"


def distinct_fields(scored: Iterable[ScoredField]) -> tuple[Seen, ...]:
    """The value of every printed field of every distinct picture."""
    return _distinct(
        (
            f"{_picture(field.page)}/{field.printed.person}/{field.printed.field}",
            Seen(f"{field.document}/{field.printed.field}", condition(field.page), field.value_right),
        )
        for field in scored
    )


def distinct_persons(scored: Iterable[ScoredField]) -> tuple[Seen, ...]:
    """The person of every value of a person's page that was read, in its sample.

    Whose page it is follows from the other pages of the case, so the same picture counts once a sample.
    """
    return _distinct(
        (
            f"{field.sample}/{_picture(field.page)}/{field.printed.person}",
            Seen(f"{field.page.kind}/{field.printed.person}", condition(field.page), field.outcome is Outcome.RIGHT),
        )
        for field in scored
        if field.value_right and field.printed.person
    )


def distinct_pages(scored: Iterable[ScoredPage]) -> tuple[Seen, ...]:
    """Every distinct picture."""
    return _distinct((_picture(page.page), Seen(page.page.kind, condition(page.page), page.right)) for page in scored)


def field_figures(seen: tuple[Seen, ...]) -> Iterator[Figure]:
    """All fields, by condition, by document and condition, by field and condition."""
    yield _share("fields", seen)
    yield from _by(seen, lambda one: f"fields: {one.condition}")
    yield from _by(seen, lambda one: f"fields: {one.name.split('/')[0]}, {one.condition}")
    yield from _by(seen, lambda one: f"field: {one.name}, {one.condition}")


def person_figures(seen: tuple[Seen, ...]) -> Iterator[Figure]:
    """Whose page it is: all, and by page kind and person."""
    yield _share("persons", seen)
    yield from _by(seen, lambda one: f"persons: {one.name}")


def page_figures(seen: tuple[Seen, ...]) -> Iterator[Figure]:
    """All page kinds, by condition, by kind and condition."""
    yield _share("page kinds", seen)
    yield from _by(seen, lambda one: f"page kinds: {one.condition}")
    yield from _by(seen, lambda one: f"page kind: {one.name}, {one.condition}")


def case_figures(cases: tuple[ScoredCase, ...]) -> Iterator[Figure]:
    """Decisions, findings, and what slipped through."""
    accepted = [case for case in cases if case.decided is Decision.ACCEPTED]
    right = [case for case in cases if case.decided is case.expected]
    yield share("decisions right", len(right), len(cases))
    yield share("decisions and findings right", sum(case.right for case in cases), len(cases))
    yield share("accepted with a wrong value", sum(bool(case.silently_wrong) for case in accepted), len(accepted))
    wrongly = sum(case.expected is not Decision.ACCEPTED for case in accepted)
    yield share("accepted against the truth", wrongly, len(accepted))


def _distinct(found: Iterable[tuple[str, Seen]]) -> tuple[Seen, ...]:
    kept: dict[str, Seen] = {}
    for key, seen in found:
        earlier = kept.get(key, seen)
        kept[key] = seen._replace(right=seen.right and earlier.right)
    return tuple(kept.values())


def _by(seen: tuple[Seen, ...], name: Callable[[Seen], str]) -> Iterator[Figure]:
    groups: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        groups[name(one)].append(one)
    for title in sorted(groups):
        yield _share(title, groups[title])


def _share(name: str, seen: Iterable[Seen]) -> Figure:
    rights = [one.right for one in seen]
    return share(name, sum(rights), len(rights))


def _picture(page: TruePage) -> str:
    """What makes two pages the same picture: everything but the file that holds it."""
    return page.model_dump_json(exclude={"file", "page_no"})
