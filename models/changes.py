"""The changes between two results of one case."""

from collections import Counter
from collections.abc import Iterator

from models.base import Model
from models.documents import DocumentKind, Field, Person
from models.findings import Finding
from models.result import FieldValue, Result, values_of


class Change(Model):
    """One changed decision, finding or field.

    Attributes:
        what: `decision`, `finding` or `field`.
        field: The changed field, if it is one; it decides how `before` and `after` are masked.
        before: None if it was not there before.
        after: None if it is not there any more.
    """

    what: str
    document: DocumentKind | None = None
    person: Person | None = None
    field: Field | None = None
    before: str | None
    after: str | None


def changes(before: Result, after: Result) -> tuple[Change, ...]:
    """Every changed decision, finding and field value, in this order; boxes and confidences do not count."""
    return (*_decision(before, after), *_findings(before, after), *_fields(before, after))


def _decision(before: Result, after: Result) -> Iterator[Change]:
    if before.decision is not after.decision:
        yield Change(what="decision", before=before.decision, after=after.decision)


def _findings(before: Result, after: Result) -> Iterator[Change]:
    old, new = (Counter(map(_words, result.findings)) for result in (before, after))
    for words in sorted((old - new).keys()):
        yield Change(what="finding", before=words, after=None)
    for words in sorted((new - old).keys()):
        yield Change(what="finding", before=None, after=words)


def _words(finding: Finding) -> str:
    """A finding by code, reason, severity and kind of page; its file and box may differ."""
    place = "/".join(str(part) for part in (finding.document, finding.page_kind, finding.field) if part)
    return " ".join(word for word in (f"{finding.code}/{finding.reason}/{finding.severity}", place) if word)


_Key = tuple[DocumentKind, Person | None, Field]


def _fields(before: Result, after: Result) -> Iterator[Change]:
    old, new = (_by_key(values_of(result.fields)) for result in (before, after))
    for key in sorted({*old, *new}, key=_in_order):
        was, now = old.get(key), new.get(key)
        if was != now:
            document, person, field = key
            yield Change(what="field", document=document, person=person, field=field, before=was, after=now)


def _by_key(fields: tuple[FieldValue, ...]) -> dict[_Key, str]:
    values: dict[_Key, str] = {}
    for item in fields:
        key = (item.document, item.person, item.field)
        values[key] = f"{values[key]} | {item.value}" if key in values else item.value
    return values


def _in_order(key: _Key) -> tuple[str, str, str]:
    return key[0], key[1] or "", key[2]
