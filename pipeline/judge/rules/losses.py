"""Pages that lost a part, with their whole form beside it."""

from collections.abc import Iterator

from models.findings import Code, Evidence, Finding, Severity, found
from models.policy import Policy
from pipeline.judge.dossier import Dossier
from pipeline.judge.losses import in_result
from pipeline.judge.rules.completeness import needs


def partly_lost(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """文件无法处理 as a warning, once for each page; where a page is missing, it may have been in the lost part."""
    told = set()
    complete = all(need.enough for need in needs(dossier, policy))
    for page in dossier.pages:
        key = (page.file.path, page.content.page_no)
        if page.content.loss is None or key in told:
            continue
        told.add(key)
        loss = in_result(page.content.loss, page.content.unit)
        place = page.place().model_copy(update={"box": loss.box})
        severity = Severity.WARNING if complete else Severity.REJECT
        yield found(Code.BAD_FILE, loss.reason, place, Evidence(measured=loss.share), severity=severity)
