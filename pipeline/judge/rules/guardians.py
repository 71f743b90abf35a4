"""The guardian and the parents: cards and certificate against the manifest. Doubts go to a person."""

from collections.abc import Iterator
from itertools import islice

from models.content import Slot
from models.documents import DocumentKind, Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Reason, Stated, disagreement, found
from models.id_number import age_on, parse_id_number
from models.policy import Policy
from pipeline.judge.dossier import Dossier, guardian_person
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.holders import certain_number
from pipeline.judge.kin import AGES
from pipeline.judge.name_match import NameContext, match_name
from pipeline.judge.pages import Likeness, PageView
from pipeline.judge.rules.guardianship import possible_parents
from pipeline.judge.rules.names import hardly_another


def guardians(dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """证件类型不符/wrong_member for a stranger's ID card, 信息矛盾/parent_conflict for contradictions."""
    portraits = dossier.of_kind(PageKind.ID_PORTRAIT)
    if dossier.guardian_document is not DocumentKind.ID_CARD:
        pass  # another document stands for it: rules/guardian_document.py
    elif dossier.parents:
        yield from _card_of_the_named(portraits, dossier, context)
    else:
        yield from _card_of_a_relative(portraits, dossier)
    yield from _parent_page(dossier, context)
    yield from _certificate_names_another(dossier, context)
    for parent in AGES:
        yield from _numbers_and_age(parent, dossier, context.policy)


def _card_of_the_named(portraits: tuple[PageView, ...], dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """One of the ID cards must be the guardian's or a parent's; those of other relatives beside it do not matter."""
    theirs = [page for page in portraits if page.resembles]
    if not theirs:
        yield from (_not_theirs(page, dossier, context) for page in portraits if _reads(page, context))
    elif not any(likeness is Likeness.SAME for page in theirs for _, likeness in page.resembles):
        yield from (_doubt(page, Field.NAME, page.resembles[0][0].name) for page in theirs if _reads(page, context))
    for page in theirs:
        number, (party, _) = certain_number(page, context.policy), page.resembles[0]
        if number and party.id_number and not party.on_certificate and number != party.id_number:
            yield _doubt(page, Field.ID_NUMBER, party.id_number)


def _card_of_a_relative(portraits: tuple[PageView, ...], dossier: Dossier) -> Iterator[Finding]:
    """Without a named guardian or parent, the ID card must be of a person in the household register."""
    members = dossier.of_kind(PageKind.HUKOU_MEMBER)
    known = {page.value(field) for page in members for field in (Field.NAME, Field.ID_NUMBER)} - {None}
    if known and not any({page.value(Field.NAME), page.value(Field.ID_NUMBER)} & known for page in portraits):
        yield from (_doubt(page, Field.NAME, None) for page in portraits[:1])


def _parent_page(dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """A parent's page in doubt: its name is hard to read, or only the relations point to the parent."""
    for party in dossier.parents:
        alike = [(page, how) for page in dossier.parent_pages for other, how in page.resembles if other is party]
        if alike and not any(how is Likeness.SAME for _, how in alike) and _reads(alike[0][0], context):
            yield _doubt(alike[0][0], Field.NAME, party.name)
    expected, relatives = dossier.parents_in_a_register, dossier.members(Person.FATHER, Person.MOTHER)
    named = any(one.may_be_parent for one in expected)
    if expected and not dossier.parent_pages and (named or not relatives):
        unsure = (page for page in (relatives if named else possible_parents(dossier)) if _reads(page, context))
        yield from (_doubt(page, Field.NAME, expected[0].name) for page in islice(unsure, 1))


def _certificate_names_another(dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """A guardian who is entered as mother or father must be the one on the certificate."""
    guardian, certificate = dossier.submission.guardian, dossier.certificate
    if guardian is None or certificate is None:
        return
    person = guardian_person(guardian)
    name = certificate.get(Field.NAME, person)
    if name and match_name(guardian.name, name, context.alphabet, context.policy.names).equal is False:
        evidence = Evidence(read=name.value, entered=guardian.name, measured=name.confidence)
        yield found(Code.CONTRADICTION, Reason.PARENT_CONFLICT, certificate.place(Field.NAME, person), evidence)


def _numbers_and_age(parent: Person, dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """A parent has the same number everywhere, and a plausible age at the child's birth."""
    stated = tuple(_numbers(parent, dossier, policy))
    places = [Stated(page.place(*slot), number) for page, slot, number in stated]
    for other in places[1:]:
        if other.read != places[0].read:
            yield from disagreement(Code.CONTRADICTION, Reason.PARENT_CONFLICT, places[0], other)
    for page, slot, text in stated[:1]:
        born = parse_id_number(text)
        if born and age_on(born.birth_date, dossier.child.birth_date) not in AGES[parent]:
            evidence = Evidence(read=born.birth_date.isoformat(), entered=dossier.child.birth_date.isoformat())
            yield found(Code.CONTRADICTION, Reason.AGE, page.place(*slot), evidence)


def _numbers(parent: Person, dossier: Dossier, policy: Policy) -> Iterator[tuple[PageView, Slot, str]]:
    """Every place where a parent's number was read with certainty."""
    for page in dossier.of_family:
        slot = Slot(Field.ID_NUMBER, parent if page.kind is PageKind.BIRTH_CERTIFICATE else None)
        if page.kind is PageKind.BIRTH_CERTIFICATE or (page.holder is parent and _counts(page, dossier)):
            number = certain_number(page, policy, slot.person)
            if number:
                yield page, slot, number


def _counts(page: PageView, dossier: Dossier) -> bool:
    """Whether a page is of a document that this application needs."""
    return page.shown in (DocumentKind.HOUSEHOLD_REGISTER, dossier.guardian_document)


def _reads(page: PageView, context: NameContext) -> bool:
    """Whether the name is legible; `illegible` reports names that are not."""
    return _legibility(page, context) is not Legibility.UNREADABLE


def _legibility(page: PageView, context: NameContext) -> Legibility:
    return legibility_of(page.get(Field.NAME), context.policy.legibility).legibility


def _not_theirs(page: PageView, dossier: Dossier, context: NameContext) -> Finding:
    """Not theirs if its name was read with certainty, not under a watermark, and cannot be mistyped; else a doubt."""
    name = page.get(Field.NAME)
    mistyped = name and any(hardly_another(party.name, name) for party in dossier.parents)
    if _legibility(page, context) is not Legibility.READ or page.content.watermark or mistyped:
        return _doubt(page, Field.NAME, None)
    evidence = Evidence(read=page.value(Field.NAME))
    return found(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER, page.place(Field.NAME), evidence)


def _doubt(page: PageView, field: Field, entered: str | None) -> Finding:
    read = page.get(field)
    evidence = Evidence(read=read.value if read else None, entered=entered, measured=read.confidence if read else None)
    return found(Code.CONTRADICTION, Reason.PARENT_CONFLICT, page.place(field), evidence)
