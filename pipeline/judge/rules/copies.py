"""疑似翻拍复印: a document printed in colour without any colour, and a page with the stripes of a screen."""

from collections.abc import Iterator
from typing import Final

from models.content import PageContent
from models.documents import Edition, PageKind
from models.findings import Code, Evidence, Finding, Reason, found
from models.policy import CopyLimits
from pipeline.judge.dossier import Dossier
from pipeline.judge.pages import PageView
from pipeline.judge.rules.legibility import is_foreign
from pipeline.judge.screens import of_screen

# Coloured all over; whatever colour is missing in half of one was lost in copying.
_TINTED: Final = frozenset({PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM, PageKind.BIRTH_CERTIFICATE})


def copies(dossier: Dossier, limits: CopyLimits) -> Iterator[Finding]:
    """Pages that a person should check. Readings from before colour and stripes were measured give no finding."""
    for page in dossier.pages:
        content = page.content
        if content.edition is Edition.ELECTRONIC or _proves_nothing(page, dossier):  # an edition for screens
            continue
        if content.mirrored and content.lines:  # a selfie camera, or a screen that shows its picture
            yield found(Code.COPY, Reason.SCREEN, page.place())
        elif (evidence := of_screen(page.kind, content, limits)) is not None:
            yield found(Code.COPY, Reason.SCREEN, page.place(), evidence)
        if (evidence := _of_photocopy(page.kind, content, limits)) is not None:
            yield found(Code.COPY, Reason.PHOTOCOPY, page.place(), evidence)


def _proves_nothing(page: PageView, dossier: Dossier) -> bool:
    """Whether a page is of a document that this application does not need."""
    return is_foreign(page) and page.shown is not dossier.guardian_document


def _of_photocopy(kind: PageKind, content: PageContent, limits: CopyLimits) -> Evidence | None:
    """What shows that a document has no colour, or none of its own: a note in pen is not; None if it has.

    Text that a PDF sets itself was never copied.
    """
    if content.typeset:
        return None
    colourless = content.vividness is not None and content.vividness < limits.colourless
    untinted = content.tint is not None and content.tint < limits.untinted
    if colourless and (kind in _TINTED or kind is PageKind.HUKOU_HOME or (kind is PageKind.HUKOU_MEMBER and untinted)):
        return Evidence(measured=content.vividness, limit=limits.colourless)
    return Evidence(measured=content.tint, limit=limits.untinted) if untinted and kind in _TINTED else None
