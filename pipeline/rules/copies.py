"""疑似翻拍复印: a document that is printed in colour, and shows none."""

from collections.abc import Iterator
from typing import Final

from models.documents import PageKind
from models.findings import Code, Evidence, Finding, Reason, found
from models.policy import CopyLimits
from pipeline.documents.dossier import Dossier

# Their labels, seals or ground are coloured wherever they were issued. A register's inner pages may be plain; and the
# drawn 国徽面 has no emblem, only the specimen's purple mark, so that no limit for it could be told from specimens.
_COLOURED: Final = frozenset({PageKind.ID_PORTRAIT, PageKind.HUKOU_HOME, PageKind.BIRTH_CERTIFICATE})


def copies(dossier: Dossier, limits: CopyLimits) -> Iterator[Finding]:
    """Pages for a person to look at. Says nothing of a reading from before colour was measured."""
    for page in dossier.pages:
        if page.reading.mirrored:  # a camera that looks at oneself, or a screen that shows it
            yield found(Code.COPY, Reason.SCREEN, page.place())
        vividness = page.reading.measures.vividness
        if page.kind in _COLOURED and vividness is not None and vividness < limits.colourless:
            yield found(
                Code.COPY, Reason.PHOTOCOPY, page.place(), Evidence(measured=vividness, limit=limits.colourless)
            )
