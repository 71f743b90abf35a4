"""Is the child's name the one that was entered? On every page on which it stands, and never on a guess."""

from collections.abc import Collection, Iterator

from models.documents import Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Place, Reason, found
from models.policy import LegibilityLimits, Policy
from pipeline.documents.dossier import Dossier
from pipeline.documents.fields import FieldReading
from pipeline.documents.pages import PageView
from pipeline.names.normal import normal_name
from pipeline.names.verify import Verdict, verify_name
from pipeline.rules.legibility import Legibility, look


def names(dossier: Dossier, alphabet: Collection[str], policy: Policy) -> Iterator[Finding]:
    """姓名不一致 and 姓名待核: the entered name against the register and the certificate.

    The register is authoritative. A certificate that differs from a register that agrees is a name given later.
    """
    entered = dossier.child.name
    verdicts = [
        (page, field, _verdict(entered, field, alphabet, policy))
        for page, field in _stands_on(dossier, policy.legibility)
    ]
    registered = [verdict.equal for page, _, verdict in verdicts if page.kind is PageKind.HUKOU_MEMBER]
    for page, field, verdict in verdicts:
        if verdict.equal:
            continue
        if page.kind is PageKind.BIRTH_CERTIFICATE and registered and all(registered):
            yield _in_doubt(Reason.NAME_CHANGED, page, field, verdict, entered)
        elif verdict.equal is None:
            yield _in_doubt(verdict.reason or Reason.UNCERTAIN, page, field, verdict, entered)
        else:
            yield _different(page, field, verdict, entered)


def _stands_on(dossier: Dossier, limits: LegibilityLimits) -> Iterator[tuple[PageView, FieldReading]]:
    """Where the child's name can be read."""
    for page in dossier.child_pages:
        person = Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None
        field = page.get(Field.NAME, person)
        if field and look(field, limits).legibility is not Legibility.UNREADABLE:
            yield page, field


def _verdict(entered: str, field: FieldReading, alphabet: Collection[str], policy: Policy) -> Verdict:
    """What cannot be read is never compared; what is hard to read is never an accusation."""
    verdict = verify_name(entered, field, alphabet, policy.names)
    looks = look(field, policy.legibility)
    if verdict.equal is False and looks.legibility is not Legibility.READ:
        return Verdict(None, Reason.UNCERTAIN, verdict.at, looks.measured, looks.limit)
    return verdict


def _in_doubt(reason: Reason, page: PageView, field: FieldReading, verdict: Verdict, entered: str) -> Finding:
    return found(Code.NAME_IN_DOUBT, reason, _place(page, field, verdict), _evidence(field, verdict, entered))


def _different(page: PageView, field: FieldReading, verdict: Verdict, entered: str) -> Finding:
    """Names the character that differs; a former name is said to be one."""
    if page.value(Field.FORMER_NAME) == normal_name(entered):
        return found(
            Code.NAME_DIFFERS, Reason.FORMER_NAME, page.place(Field.FORMER_NAME), _evidence(field, verdict, entered)
        )
    reason = verdict.reason or Reason.DIFFERENT
    evidence = _evidence(field, verdict, entered)._replace(detail=_detail(field, verdict, entered))
    return found(Code.NAME_DIFFERS, reason, _place(page, field, verdict), evidence)


def _detail(field: FieldReading, verdict: Verdict, entered: str) -> str:
    ours, theirs, at = normal_name(entered), field.value or "", verdict.at or 0
    if verdict.reason is Reason.LENGTH:
        return f"您填写了{len(ours)}个字，证件上是{len(theirs)}个字"
    return f"第{at + 1}个字您填写的是“{ours[at]}”，证件上是“{theirs[at]}”"


def _place(page: PageView, field: FieldReading, verdict: Verdict) -> Place:
    """The box of the one character that decides, where there is one."""
    person = Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None
    place = page.place(field.field, person)
    box = field.glyph_box(verdict.at) if verdict.reason is Reason.DIFFERENT and verdict.at is not None else None
    return place.model_copy(update={"box": box}) if box else place


def _evidence(field: FieldReading, verdict: Verdict, entered: str) -> Evidence:
    return Evidence(read=field.value, entered=entered, measured=round(verdict.measured, 4), limit=verdict.limit)
