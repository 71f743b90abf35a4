"""Rules of a bucket as XML: ours among those of other people, which pass through untouched."""

from collections.abc import Iterable, Set
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from models.errors import StoreError

_NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"

Facts = tuple[tuple[str, str], ...]


def parsed(body: bytes) -> Element:
    """What a server answered, without namespaces, which servers use as they like.

    Raises:
        StoreError: It is not XML.
    """
    try:
        root = fromstring(body.decode())  # noqa: S314 - of the operator's own store; expat limits what entities can do
    except (ParseError, UnicodeDecodeError) as error:
        raise StoreError("The object store answered something else than XML", hint="check its endpoint.") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def facts(rule: Element) -> Facts:
    """What a rule says, whatever the order and the nesting in which a server tells it again; empty tags say nothing."""
    leaves = (leaf for leaf in rule.iter() if not len(leaf))
    said = ((leaf.tag, (leaf.text or "").strip()) for leaf in leaves)
    return tuple(sorted(pair for pair in said if pair[1]))


def merged(held: Element, wanted: Iterable[Element], *, id_tag: str, ours: Set[str]) -> Element:
    """All rules of other people as they are held, and ours as wanted."""
    whole = Element(held.tag, xmlns=_NAMESPACE)
    whole.extend(rule for rule in held if rule.findtext(id_tag) not in ours)
    whole.extend(wanted)
    return whole
