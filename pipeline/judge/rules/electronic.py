"""电子证照: electronic certificates and their screenshots are lawful, but no picture of one can be verified."""

from collections.abc import Iterator

from models.documents import Edition
from models.findings import Code, Finding, Reason, Severity, found
from models.policy import Policy, Treatment
from pipeline.judge.dossier import Dossier
from pipeline.judge.rules.legibility import unreadable_slots


def electronic(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """A finding for every electronic page; a warning if the policy accepts them and all required fields were read."""
    for page in dossier.pages:
        if page.content.edition is Edition.ELECTRONIC:
            whole = not unreadable_slots(page, policy.legibility)
            accepted = policy.electronic is Treatment.ACCEPT and whole
            severity = Severity.WARNING if accepted else Severity.REVIEW
            yield found(Code.ELECTRONIC, Reason.UNVERIFIED, page.place(), severity=severity)
