"""What shows that a page is a photo of a screen."""

from models.content import PageContent
from models.documents import PageKind
from models.findings import Evidence
from models.policy import CopyLimits


def of_screen(kind: PageKind, content: PageContent, limits: CopyLimits) -> Evidence | None:
    """What shows that a page is a photo of a screen: its colours turn, or its raster goes on beside it; else None."""
    if content.subpixels is not None and content.subpixels > limits.subpixels:
        return Evidence(measured=content.subpixels, limit=limits.subpixels)
    raster, around = content.raster or 0.0, content.raster_around or 0.0
    if kind is not PageKind.HUKOU_COVER and raster > limits.striped and around > limits.beyond:
        return Evidence(measured=raster, limit=limits.striped)
    return None
