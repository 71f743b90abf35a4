"""Is the child's name the one that was entered? On every page on which it stands, and never on a guess."""

from collections.abc import Collection, Iterator, Sequence

from rapidfuzz.distance import Hamming

from models.content import FieldContent, LineContent
from models.documents import Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Location, Reason, Severity, found
from models.id_number import normal_number
from models.policy import LegibilityLimits
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, is_poor, legibility_of, overprinted
from pipeline.judge.name_match import NameContext, NameMatch, combine, match_name
from pipeline.judge.pages import PageView
from pipeline.names.normal import normal_name


def names(dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """姓名不一致 and 姓名待核: the entered name against the register and the certificate.

    The register is authoritative. A certificate that differs from a register that agrees is a name given later. A name
    that the engine cannot read passes with a note if its pictures on two documents are like nothing else.
    """
    entered = dossier.child.name
    stands_on = _stands_on(dossier, context.policy.legibility)
    verdicts = [(page, field, _verdict(page, field, dossier, context)) for page, field in stands_on]
    if combine([verdict for _, _, verdict in verdicts], context.policy.names):
        return
    if _pictured_twice(verdicts):
        doubted = (row for row in verdicts if not row[2].equal)
        yield from (_in_doubt(Reason.OUT_OF_CHARSET, *row, entered, Severity.WARNING) for row in doubted)
        return
    registered = [verdict.equal for page, _, verdict in verdicts if page.kind is PageKind.HUKOU_MEMBER]
    confirmed = any(verdict.equal for _, _, verdict in verdicts)
    for page, field, verdict in verdicts:
        if verdict.equal:
            continue
        given_later = page.kind is PageKind.BIRTH_CERTIFICATE and bool(registered) and all(registered)
        doubt = Reason.NAME_CHANGED if given_later else verdict.reason
        softer = doubt if verdict.equal is None else _softer(dossier, page, registered=bool(registered))
        if softer is None and confirmed and hardly_another(entered, field):
            softer = Reason.UNCERTAIN
        if softer:
            yield _in_doubt(softer, page, field, verdict, entered)
        else:
            yield _different(page, field, verdict, entered)


def _pictured_twice(verdicts: Sequence[tuple[PageView, FieldContent, NameMatch]]) -> bool:
    """Whether every page has the entered name, read or by its picture, and two documents do."""
    agreed = all(verdict.equal or verdict.pictured for _, _, verdict in verdicts)
    return agreed and len({page.document for page, _, _ in verdicts}) > 1


def hardly_another(entered: str, field: FieldContent) -> bool:
    """Whether a name differs in one character: beside a page that has the entered one it may be misread after all."""
    ours, theirs = normal_name(entered), field.value or ""
    return len(ours) == len(theirs) and Hamming.distance(ours, theirs) == 1


def _softer(dossier: Dossier, page: PageView, *, registered: bool) -> Reason | None:
    """Why a name that certainly differs is still no accusation."""
    if page.kind is PageKind.BIRTH_CERTIFICATE:
        return Reason.NAME_CHANGED if registered else None
    if any(changes.content.amended for changes in dossier.of_kind(PageKind.HUKOU_CHANGES)):
        return Reason.NAME_CHANGED
    return Reason.UNCERTAIN if _may_be_a_twins(dossier, page) else None


def _may_be_a_twins(dossier: Dossier, page: PageView) -> bool:
    """Without the child's number on it, a card may be a twin's if another of that day is there, or did not open."""
    number = dossier.child.id_number
    if number and page.value(Field.ID_NUMBER) == normal_number(number):
        return False
    born = dossier.child.birth_date.isoformat()
    same_day = [card for card in dossier.of_kind(PageKind.HUKOU_MEMBER) if card.value(Field.BIRTH_DATE) == born]
    return len(same_day) > 1 or not dossier.is_whole


def _stands_on(dossier: Dossier, limits: LegibilityLimits) -> Iterator[tuple[PageView, FieldContent]]:
    """Where the child's name can be read."""
    for page in dossier.child_pages:
        person = Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None
        field = page.get(Field.NAME, person)
        if field and legibility_of(field, limits).legibility is not Legibility.UNREADABLE:
            yield page, field


def _verdict(page: PageView, field: FieldContent, dossier: Dossier, context: NameContext) -> NameMatch:
    lines = page.content.lines_of(field)
    verdict = match_on(dossier.child.name, field, lines, context, dossier.parent_names)
    if verdict.equal is False and overprinted(page.content, field):
        return verdict._replace(equal=None, reason=Reason.UNCERTAIN)
    return verdict


def match_on(
    entered: str,
    field: FieldContent,
    lines: Sequence[LineContent],
    context: NameContext,
    parents: Collection[str] = (),
) -> NameMatch:
    """What cannot be read is never compared; what is hard to read, or looks so, is never an accusation.

    Args:
        entered: As typed in.
        field: The name on a page.
        lines: In which it stands.
        context: The engine's alphabet and the limits.
        parents: Names of the child's parents.
    """
    verdict = match_name(entered, field, context.alphabet, context.policy.names, parents)
    limits = context.policy.legibility
    looks = legibility_of(field, limits)
    poor = looks.legibility is not Legibility.READ or is_poor(lines, limits)
    if verdict.equal is False and poor:
        return verdict._replace(equal=None, reason=Reason.UNCERTAIN, measured=looks.measured, limit=looks.limit)
    return verdict


def _in_doubt(
    reason: Reason,
    page: PageView,
    field: FieldContent,
    verdict: NameMatch,
    entered: str,
    severity: Severity = Severity.REVIEW,
) -> Finding:
    place, evidence = _place(page, field, verdict), _evidence(field, verdict, entered)
    return found(Code.NAME_IN_DOUBT, reason, place, evidence, severity=severity)


def _different(page: PageView, field: FieldContent, verdict: NameMatch, entered: str) -> Finding:
    """Names the character that differs; a former name is said to be one."""
    if page.value(Field.FORMER_NAME) == normal_name(entered):
        return found(
            Code.NAME_DIFFERS, Reason.FORMER_NAME, page.place(Field.FORMER_NAME), _evidence(field, verdict, entered)
        )
    reason = verdict.reason or Reason.DIFFERENT
    evidence = _evidence(field, verdict, entered)._replace(detail=_detail(field, verdict, entered))
    return found(Code.NAME_DIFFERS, reason, _place(page, field, verdict), evidence)


def _detail(field: FieldContent, verdict: NameMatch, entered: str) -> str:
    return difference_of(normal_name(entered), field.value or "", verdict.at or 0, verdict.reason)


def difference_of(ours: str, theirs: str, at: int, reason: Reason | None) -> str:
    """How a name that was typed in differs from the printed one, as a parent is told."""
    if reason is Reason.LENGTH:
        return f"您填写了{len(ours)}个字，证件上是{len(theirs)}个字"
    return f"第{at + 1}个字您填写的是“{ours[at]}”，证件上是“{theirs[at]}”"


def _place(page: PageView, field: FieldContent, verdict: NameMatch) -> Location:
    """The box of the one character that decides, where there is one."""
    person = Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None
    place = page.place(field.field, person)
    one = verdict.reason in (Reason.DIFFERENT, Reason.OUT_OF_CHARSET) and verdict.at is not None
    box = field.glyph_box(verdict.at or 0) if one else None
    return place.model_copy(update={"box": page.on_page(box)}) if box else place


def _evidence(field: FieldContent, verdict: NameMatch, entered: str) -> Evidence:
    return Evidence(read=field.value, entered=entered, measured=round(verdict.measured, 4), limit=verdict.limit)
