"""疑似翻拍复印: a document printed in colour without any colour, and a page with the stripes of a screen."""

from collections.abc import Iterator
from typing import Final

from models.documents import PageKind
from models.findings import Code, Evidence, Finding, Reason, found
from models.policy import CopyLimits
from pipeline.judge.dossier import Dossier

# Their labels, seals, emblem or background are coloured everywhere; a register's inner pages may be plain.
_COLOURED: Final = frozenset(
    {PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM, PageKind.HUKOU_HOME, PageKind.BIRTH_CERTIFICATE}
)


def copies(dossier: Dossier, limits: CopyLimits) -> Iterator[Finding]:
    """Pages that a person should check. Readings from before colour and stripes were measured give no finding."""
    for page in dossier.pages:
        vividness, raster = page.content.vividness, page.content.raster
        if page.content.mirrored:  # a selfie camera, or a screen that shows its picture
            yield found(Code.COPY, Reason.SCREEN, page.place())
        elif page.kind is not PageKind.HUKOU_COVER and raster is not None and raster > limits.striped:
            yield found(Code.COPY, Reason.SCREEN, page.place(), Evidence(measured=raster, limit=limits.striped))
        if page.kind in _COLOURED and vividness is not None and vividness < limits.colourless:
            yield found(
                Code.COPY, Reason.PHOTOCOPY, page.place(), Evidence(measured=vividness, limit=limits.colourless)
            )
