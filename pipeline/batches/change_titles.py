"""Changes in words, for pages that people read: the report and its files hold slugs."""

from collections.abc import Callable, Iterator

from models.documents import DocumentKind, Field, PageKind
from pipeline.batches.report import ChangeKind

Title = Callable[[str], str]  # the title of a key such as `field.name`, in the language of the page


def place_words(of: str, title: Title) -> str:
    """A field that a report names document/person/field; "" for a decision or a finding."""
    slugs = of.split("/") if of else []
    kinds = ("document", "person", "field") if len(slugs) == 3 else ("document", "field")
    return " ".join(title(f"{kind}.{slug}") for kind, slug in zip(kinds, slugs, strict=True)) if slugs else ""


def value_words(what: str, value: str, title: Title) -> str:
    """A decision or a finding before or after a change; a field's value, masked as it is, stays."""
    if not value or what == "field":
        return value
    return title(f"decision.{value}") if what == "decision" else _finding(value, title)


def kind_words(kind: ChangeKind, title: Title) -> ChangeKind:
    """A kind of change in words."""
    if kind.what == "decision":
        before, _, after = kind.how.partition(" → ")
        how = f"{title(f'decision.{before}')} → {title(f'decision.{after}')}"
        return ChangeKind(title("change.decision"), "", how)
    of = place_words(kind.of, title) if kind.what == "field" else _finding(kind.of, title)
    return ChangeKind(title(f"change.{kind.what}"), of, title(f"change.{kind.how}"))


def _finding(words: str, title: Title) -> str:
    """A finding that a change names code/reason/severity document/page/field."""
    names, _, place = words.partition(" ")
    code, reason, severity = names.split("/")
    found = f"{code} {title(f'reason.{reason}')} {title(f'severity.{severity}')}"
    return " ".join((found, *(title(key) for key in _place(place.split("/")))) if place else (found,))


def _place(slugs: list[str]) -> Iterator[str]:
    """The keys of a place; the title of a page says whose document it is."""
    kinds = [("document", DocumentKind), ("page", PageKind), ("field", Field)]
    keys = {}
    for slug in slugs:
        while slug not in set(kinds[0][1]):
            kinds.pop(0)
        keys[kinds.pop(0)[0]] = slug
    yield from (f"{kind}.{slug}" for kind, slug in keys.items() if kind != "document" or "page" not in keys)
