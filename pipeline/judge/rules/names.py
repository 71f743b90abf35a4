"""The entered name of the child against the name on every page; uncertain differences never reject."""

from collections.abc import Collection, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from models.content import FieldContent, LineContent
from models.documents import Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Location, Reason, Severity, found
from models.geometry import Box
from models.id_number import normal_number
from models.names import normal_name
from models.policy import LegibilityLimits
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, is_poor, legibility_of, may_go_on, overprinted
from pipeline.judge.name_match import NameContext, NameMatch, combine, match_name
from pipeline.judge.pages import PageView
from pipeline.judge.rules.reasons import is_hidden


def names(dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """姓名不一致 and 姓名待核: the entered name against the register and the certificate.

    The register is authoritative: if it agrees and the certificate differs, the child was named later. Under a
    watermark a name that differs is in doubt. A name outside the engine's alphabet passes with a warning if its
    pictures on two documents match the entered characters.
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
        if softer is None and (page.content.watermark or (confirmed and hardly_another(entered, field))):
            softer = Reason.UNCERTAIN
        if softer:
            yield _in_doubt(softer, page, field, verdict, entered)
        else:
            yield _different(page, field, verdict, entered)


def _pictured_twice(verdicts: Sequence[tuple[PageView, FieldContent, NameMatch]]) -> bool:
    """Whether every page has the entered name, by reading or by picture, and two documents do."""
    agreed = all(verdict.equal or verdict.pictured for _, _, verdict in verdicts)
    return agreed and len({page.document for page, _, _ in verdicts}) > 1


def hardly_another(entered: str, field: FieldContent) -> bool:
    """Whether a name differs in one character only, and so may be misread if another page has the entered one."""
    return Levenshtein.distance(normal_name(entered), field.value or "") == 1


def _softer(dossier: Dossier, page: PageView, *, registered: bool) -> Reason | None:
    """Why a name that certainly differs still does not reject; None if it does."""
    if page.kind is PageKind.BIRTH_CERTIFICATE:
        return Reason.NAME_CHANGED if registered else None
    if any(changes.content.amended for changes in dossier.of_kind(PageKind.HUKOU_CHANGES)):
        return Reason.NAME_CHANGED
    return Reason.UNCERTAIN if _may_be_a_twins(dossier, page) else None


def _may_be_a_twins(dossier: Dossier, page: PageView) -> bool:
    """Whether a card without the child's number may be a twin's: another card has the birth date, or a file failed."""
    number = dossier.child.id_number
    if number and page.value(Field.ID_NUMBER) == normal_number(number):
        return False
    born = dossier.child.birth_date.isoformat()
    same_day = [card for card in dossier.of_kind(PageKind.HUKOU_MEMBER) if card.value(Field.BIRTH_DATE) == born]
    return len(same_day) > 1 or not dossier.is_whole


def _stands_on(dossier: Dossier, limits: LegibilityLimits) -> Iterator[tuple[PageView, FieldContent]]:
    """Every page of the child with a legible name."""
    for page in dossier.child_pages:
        person = Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None
        field = page.get(Field.NAME, person)
        if field and legibility_of(field, limits).legibility is not Legibility.UNREADABLE:
            yield page, field


def _verdict(page: PageView, field: FieldContent, dossier: Dossier, context: NameContext) -> NameMatch:
    lines = page.content.lines_of(field)
    verdict = match_on(dossier.child.name, field, lines, context, dossier.parent_names)
    lost = verdict.reason is Reason.LENGTH and _may_be_cut_short(page, field)
    if verdict.equal is False and (lost or overprinted(page.content, field)):
        return verdict._replace(equal=None, reason=Reason.UNCERTAIN)
    return verdict


def _may_be_cut_short(page: PageView, field: FieldContent) -> bool:
    """Whether a part of a name may be hidden, or be print beside it that was not taken for a part of it."""
    content, height = page.content, field.box.height
    beside = Box(field.box.left - height, field.box.top, field.box.right + 2 * height, field.box.bottom)
    return may_go_on(content, field) or is_hidden(content, page.inside(beside))


def match_on(
    entered: str,
    field: FieldContent,
    lines: Sequence[LineContent],
    context: NameContext,
    parents: Collection[str] = (),
) -> NameMatch:
    """Compare a name on a page; print that is hard to read gives a doubt, never a difference of single characters.

    Args:
        entered: The name as typed in.
        field: The name on the page, legible.
        lines: The lines that contain it.
        context: The engine's alphabet and the limits.
        parents: Names of the child's parents.
    """
    verdict = match_name(entered, field, context.alphabet, context.policy.names, parents)
    limits = context.policy.legibility
    legibility = legibility_of(field, limits)
    poor = legibility.legibility is not Legibility.READ or is_poor(lines, limits)
    if verdict.equal is False and poor and not verdict.edited:
        return verdict._replace(
            equal=None, reason=Reason.UNCERTAIN, measured=legibility.measured, limit=legibility.limit
        )
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
    """The finding at the differing character, or at the former name."""
    if page.value(Field.FORMER_NAME) == normal_name(entered):
        return found(
            Code.NAME_DIFFERS, Reason.FORMER_NAME, page.place(Field.FORMER_NAME), _evidence(field, verdict, entered)
        )
    reason, evidence = verdict.reason or Reason.DIFFERENT, _evidence(field, verdict, entered)
    return found(Code.NAME_DIFFERS, reason, _place(page, field, verdict), evidence)


def _place(page: PageView, field: FieldContent, verdict: NameMatch) -> Location:
    """The location of the name, or of the single character that decides."""
    person = Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None
    place = page.place(field.field, person)
    one = verdict.reason in (Reason.DIFFERENT, Reason.OUT_OF_CHARSET) and verdict.at is not None
    box = field.glyph_box(verdict.at or 0) if one else None
    return place.model_copy(update={"box": page.on_page(box)}) if box else place


def _evidence(field: FieldContent, verdict: NameMatch, entered: str) -> Evidence:
    return Evidence(read=field.value, entered=entered, measured=round(verdict.measured, 4), limit=verdict.limit)
