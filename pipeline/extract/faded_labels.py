"""Pages whose pale labels were lost: their kind, by where the values stand.

Strict, since another document may hold the same values: the number is lawful, its birth date is printed as well, and at
least five labels and values lie where one of our forms has them, within some millimetres.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.documents import PageKind
from models.reading import Line
from pipeline.extract.household import laid_member
from pipeline.extract.id_card import laid_portrait
from pipeline.extract.other_documents import NEVER_OURS
from pipeline.extract.strange_forms import STRANGE, strangeness

_DOUBTFUL: Final = (
    "驾驶",
    "出院",
    "迁移",
    "社会保障",
    "通行证",
    "永久居留",
    "婚证",
    "护照",
    "暂住",
)  # also print of our pages
_LEAST: Final = 5  # pins; three fix any map, and two more have to agree with it
_LAID: Final[Mapping[PageKind, Callable[[Sequence[Line]], int]]] = MappingProxyType(
    {PageKind.ID_PORTRAIT: laid_portrait, PageKind.HUKOU_MEMBER: laid_member}
)


def kind_by_layout(lines: Sequence[Line]) -> PageKind | None:
    """The kind of page whose form the values lie on; None where none fits, and for a page that names another document.

    Args:
        lines: Of a page whose words tell no kind.
    """
    text = "".join(line.text for line in lines)
    if any(word in text for word in (*NEVER_OURS, *_DOUBTFUL)) or strangeness(lines) >= STRANGE:
        return None
    fitting = {kind: laid(lines) for kind, laid in _LAID.items()}
    best = max(fitting, key=lambda kind: fitting[kind])
    return best if fitting[best] >= _LEAST else None
