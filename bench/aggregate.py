"""Aggregate scores into figures: shares by document, field, picture style, level of harm."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from bench.metrics import Figure, share
from bench.scoring import Outcome, ScoredCase, ScoredField, ScoredPage
from fixtures.truth import Legibility
from models.result import Decision

T = TypeVar("T")
_GENTLE, _HARD = 5, 7  # harm from which reading takes effort, and from which a person cannot read; docs/specimens.md


def harm(field: ScoredField) -> str:
    """The band of docs/specimens.md that a value's level of harm belongs to."""
    level = field.printed.level
    if level == 0:
        return "level 0"
    if level < _GENTLE:
        return "level 1-4"
    return "level 5-6" if level < _HARD else "level 7-10"


def field_figures(fields: tuple[ScoredField, ...]) -> Iterator[Figure]:
    """Exact values and characters: of legible values by picture style, document and field; then of all by harm."""
    legible = tuple(field for field in fields if field.printed.legibility is Legibility.LEGIBLE)
    for title, key in (
        ("legible fields", lambda _: ""),
        ("legible fields by picture", lambda one: one.page.style),
        ("legible fields by document", lambda one: str(one.document)),
        ("legible field", lambda one: f"{one.document}/{one.printed.field}"),
    ):
        yield from _exact_and_characters(title, legible, key)
    harmed = tuple(field for field in fields if field.page.damage)
    yield from _exact_and_characters("all fields by harm", fields, harm)
    yield from _exact_and_characters(
        "fields of harmed pages", harmed, lambda one: f"{one.page.damage and one.page.damage.harm}, {harm(one)}"
    )


def person_figures(fields: tuple[ScoredField, ...]) -> Iterator[Figure]:
    """How often values that were read from persons' pages are assigned to the right person."""
    read = tuple(field for field in fields if field.value_right and field.printed.person)
    yield from _by("persons", read, lambda _: "", _rightly_placed)
    yield from _by("persons by page", read, lambda one: f"{one.page.kind}/{one.printed.person}", _rightly_placed)


def page_figures(pages: tuple[ScoredPage, ...]) -> Iterator[Figure]:
    """Page kinds recognised: all, by picture style, by page kind; mirrored and illegible pages apart."""
    plain = tuple(page for page in pages if _is_readable(page))
    yield from _by("page kinds of legible pages", plain, lambda _: "", lambda one: one.right)
    yield from _by("page kinds by picture", plain, lambda one: one.documents[0].style, lambda one: one.right)
    yield from _by("page kind", plain, _kinds, lambda one: one.right)
    mirrored = tuple(page for page in pages if page.documents[0].mirrored)
    yield from _by("page kinds of mirrored pages", mirrored, lambda _: "", lambda one: one.right)


def case_figures(cases: tuple[ScoredCase, ...]) -> Iterator[Figure]:
    """Decisions and findings: wrong acceptances, wrong returns, and cases that go to review."""
    accepted = [case for case in cases if case.decided is Decision.ACCEPTED]
    good = [case for case in cases if case.expected.decision is Decision.ACCEPTED]
    yield share("decisions right or defensible", sum(case.decision_right for case in cases), len(cases))
    yield share("decisions and findings right", sum(case.right for case in cases), len(cases))
    for decision in Decision:
        yield share(f"decided: {decision}", sum(case.decided is decision for case in cases), len(cases))
    yield share("silently wrong: accepted with a wrong field", _count(accepted, lambda c: c.silently_wrong), len(cases))
    yield share("accepted against the truth", _count(accepted, lambda c: not c.decision_right), len(cases))
    wrongly = _count(good, lambda case: case.decided is Decision.RETURNED and not case.decision_right)
    yield share("sent home wrongly", wrongly, len(good))
    yield share("good cases left to a person", _count(good, lambda c: c.decided is Decision.REVIEW), len(good))


def scenario_figures(cases: tuple[ScoredCase, ...]) -> Iterator[Figure]:
    """Decisions by scenario: the last part of a specimen's name."""
    yield from _by(
        "decisions by scenario", cases, lambda case: scenario(case.expected.name), lambda case: case.decision_right
    )


def scenario(name: str) -> str:
    """The scenario in a specimen's name, after split and number; for a committed sample, its whole name."""
    return name.split("-", 2)[-1]


def _rightly_placed(field: ScoredField) -> bool:
    return field.outcome is Outcome.RIGHT


def _kinds(page: ScoredPage) -> str:
    return "+".join(document.kind for document in page.documents)


def _is_readable(page: ScoredPage) -> bool:
    """Whether a person can read at least half of the values on the page; a page without values counts as readable."""
    fields = [field for document in page.documents for field in document.fields]
    legible = sum(field.legibility is Legibility.LEGIBLE for field in fields)
    return not page.documents[0].mirrored and 2 * legible >= len(fields)


def _count(cases: list[ScoredCase], holds: Callable[[ScoredCase], object]) -> int:
    return sum(bool(holds(case)) for case in cases)


def _exact_and_characters(
    title: str, fields: tuple[ScoredField, ...], key: Callable[[ScoredField], str]
) -> Iterator[Figure]:
    for name, group in _groups(title, fields, key):
        yield share(f"{name}: exact", sum(field.value_right for field in group), len(group))
        right = sum(len(field.printed.value) if field.value_right else field.characters_right for field in group)
        yield share(f"{name}: characters", right, sum(len(field.printed.value) for field in group))


def _by(title: str, seen: Iterable[T], key: Callable[[T], str], right: Callable[[T], bool]) -> Iterator[Figure]:
    for name, group in _groups(title, seen, key):
        yield share(name, sum(map(right, group)), len(group))


def _groups(title: str, seen: Iterable[T], key: Callable[[T], str]) -> Iterator[tuple[str, list[T]]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for one in seen:
        groups[key(one)].append(one)
    for name in sorted(groups):
        yield (f"{title}: {name}" if name else title), groups[name]
