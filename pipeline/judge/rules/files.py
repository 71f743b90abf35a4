"""Files that did not arrive or did not open, and pages that could not be read."""

from collections.abc import Iterator

from models.case import StoredFile
from models.documents import DOCUMENT_TITLES
from models.findings import Evidence, Finding, Location, found
from pipeline.judge.dossier import Dossier


def broken(dossier: Dossier) -> Iterator[Finding]:
    """文件无法处理, 1001 and 系统故障, for a whole file or for one of its pages."""
    for number, file in enumerate(dossier.files, start=1):
        words = Evidence(detail=_words(number, file.file))
        place = Location(document=file.file.hint, file=file.file.path)
        if file.content.failure:
            yield found(*file.content.failure, place, words)
        for page in file.content.failed:
            yield found(page.code, page.reason, place.model_copy(update={"page_no": page.page_no}), words)


def _words(number: int, file: StoredFile) -> str:
    """Such as 第2个（身份证）; the parent's own file names are not repeated."""
    hint = f"（{DOCUMENT_TITLES[file.hint]}）" if file.hint else ""
    return f"第{number}个{hint}"
