"""Files that did not arrive or did not open, and pages that could not be read."""

from collections.abc import Iterator

from models.findings import Evidence, Finding, Location, found
from pipeline.judge.dossier import Dossier


def broken(dossier: Dossier) -> Iterator[Finding]:
    """文件无法处理, 1001 and 系统故障, for a whole file or one of its pages; of a lost part its share and its box."""
    for file in dossier.files:
        place = Location(document=file.file.hint, file=file.file.path)
        if file.content.failure:
            yield found(*file.content.failure, place)
        for page in file.content.failed:
            where = {"page_no": page.page_no, "box": page.loss and page.loss.box}
            share = page.loss and page.loss.share
            yield found(page.code, page.reason, place.model_copy(update=where), Evidence(measured=share))
