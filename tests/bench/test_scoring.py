import pytest

from bench import aggregate as tally
from bench.scoring import Outcome, ScoredField, decides, invented, score_case, score_fields, score_pages
from fixtures.truth import Expected, Legibility, PictureStyle, PrintedField, TruePage
from models.documents import DocumentKind, Field, PageKind, Person
from models.findings import Code, Reason, Severity, found
from models.geometry import Box, Quad
from models.result import Decision, FieldValue, Judgement, PageOutcome, decide

BOX = Box(0, 0, 9, 9)
NAME = PrintedField(person=Person.CHILD, field=Field.NAME, value="欧阳靖萱", box=BOX)
NUMBER = PrintedField(person=Person.MOTHER, field=Field.ID_NUMBER, value="110199199005170249", box=BOX)
SEX = PrintedField(person=Person.CHILD, field=Field.SEX, value="女", box=BOX)
PAGE = TruePage(
    file="a.jpg",
    page_no=1,
    kind=PageKind.HUKOU_MEMBER,
    style=PictureStyle.FLATBED,
    damage=None,
    quad=Quad.of_box(BOX),
    fields=(NAME, SEX),
)


def value(printed: PrintedField, **change: object) -> FieldValue:
    whole = FieldValue(
        document=DocumentKind.HOUSEHOLD_REGISTER,
        person=printed.person,
        field=printed.field,
        value=printed.value,
        confidence=0.9,
        file="a.jpg",
        page_no=1,
        box=BOX,
    )
    return whole.model_copy(update=change)


def outcome(kind: PageKind = PageKind.HUKOU_MEMBER, file: str = "a.jpg") -> PageOutcome:
    return PageOutcome(file=file, page_no=1, kind=kind, legible=True, rotation=0, quad=Quad.of_box(BOX))


def result(
    fields: tuple[FieldValue, ...], *codes: tuple[Code, Reason], pages: tuple[PageOutcome, ...] = ()
) -> Judgement:
    findings = tuple(found(code, reason) for code, reason in codes)
    return Judgement(decision=decide(findings), notice="", findings=findings, fields=fields, pages=pages)


def expected(*findings: tuple[Code, Reason], decision: Decision = Decision.ACCEPTED, page: TruePage = PAGE) -> Expected:
    return Expected(name="sample", decision=decision, findings=findings, pages=(page,))


@pytest.mark.parametrize(
    ("read", "wanted"),
    [
        pytest.param((value(NAME),), Outcome.RIGHT, id="as printed"),
        pytest.param((value(NAME, value="欧阳靖宣"),), Outcome.WRONG, id="another value"),
        pytest.param((value(NAME), value(NAME, value="女")), Outcome.WRONG, id="the right value and another one"),
        pytest.param((), Outcome.MISSING, id="nothing"),
        pytest.param((value(NAME, file="b.jpg"),), Outcome.MISSING, id="on another file"),
        pytest.param((value(NAME, page_no=2),), Outcome.MISSING, id="on another page"),
        pytest.param((value(NAME, person=Person.OTHER),), Outcome.MISPLACED, id="of somebody else"),
        pytest.param(
            (value(NAME, person=Person.OTHER, value="女"),), Outcome.WRONG, id="another value of somebody else"
        ),
    ],
)
def test_fields_are_scored(read: tuple[FieldValue, ...], wanted: Outcome) -> None:
    name, sex = score_fields(expected(), result(read))
    assert (name.outcome, sex.outcome) == (wanted, Outcome.MISSING)


@pytest.mark.parametrize(
    ("told", "right"),
    [
        pytest.param((outcome(),), True, id="its own kind"),
        pytest.param((outcome(PageKind.OTHER),), False, id="another kind"),
        pytest.param((outcome(), outcome()), False, id="two documents where there is one"),
        pytest.param((outcome(file="b.jpg"),), False, id="not told of at all"),
    ],
)
def test_page_kinds_are_scored(told: tuple[PageOutcome, ...], right: bool) -> None:
    (page,) = score_pages(expected(), result((), pages=told))
    assert page.right is right


BLUR = (Code.REGISTER_ILLEGIBLE, Reason.BLUR)
HOME = (Code.PAGE_MISSING, Reason.HOME)


@pytest.mark.parametrize(
    ("wanted", "got", "lacking", "surplus"),
    [
        pytest.param((BLUR,), (BLUR,), (), (), id="the same finding"),
        pytest.param((BLUR,), (BLUR, BLUR), (), (), id="the same finding of two fields"),
        pytest.param((BLUR,), (), (BLUR,), (), id="not found"),
        pytest.param((), (HOME,), (), (HOME,), id="found without reason"),
        pytest.param((BLUR,), (HOME,), (BLUR,), (HOME,), id="found something else"),
    ],
)
def test_findings_are_scored(
    wanted: tuple[tuple[Code, Reason], ...],
    got: tuple[tuple[Code, Reason], ...],
    lacking: tuple[tuple[Code, Reason], ...],
    surplus: tuple[tuple[Code, Reason], ...],
) -> None:
    case = score_case(expected(*wanted, decision=Decision.RETURNED), result((), *got))
    assert (case.lacking, case.surplus) == (lacking, surplus)


def test_a_warning_is_no_surplus() -> None:
    warning = found(Code.WRONG_DOCUMENT, Reason.DECLARED, severity=Severity.WARNING)
    warned = result(()).model_copy(update={"findings": (warning,)})
    assert score_case(expected(), warned).right


@pytest.mark.parametrize(
    ("printed", "change", "codes", "fields"),
    [
        pytest.param(NAME, {"value": "欧阳"}, (), [Field.NAME], id="the child's name"),
        pytest.param(NUMBER, {"value": "1"}, (), [Field.ID_NUMBER], id="the mother's number"),
        pytest.param(NAME, {}, (), [], id="nothing wrong"),
        pytest.param(NAME, {"person": Person.OTHER}, (), [], id="right, of somebody else"),
        pytest.param(NAME, {"value": "欧阳"}, (HOME,), [], id="wrong, and the case is returned"),
    ],
)
def test_what_slips_through_an_acceptance_is_told(
    printed: PrintedField, change: dict[str, object], codes: tuple[tuple[Code, Reason], ...], fields: list[Field]
) -> None:
    page = PAGE.model_copy(update={"fields": (printed,)})
    case = score_case(expected(page=page), result((value(printed, **change),), *codes))
    assert [field.printed.field for field in case.silently_wrong] == fields


@pytest.mark.parametrize(
    ("person", "field", "used"),
    [
        pytest.param(Person.CHILD, Field.BIRTH_DATE, True, id="the child's birth date"),
        pytest.param(Person.FATHER, Field.BIRTH_DATE, False, id="the father's birth date"),
        pytest.param(None, Field.CERTIFICATE_NUMBER, True, id="the certificate's number"),
        pytest.param(Person.CHILD, Field.BLOOD_TYPE, False, id="the child's blood type"),
    ],
)
def test_fields_that_the_rules_use(person: Person | None, field: Field, used: bool) -> None:
    assert decides(person, field) is used


def test_values_without_print_are_counted() -> None:
    number = value(NUMBER)
    assert invented(expected(), result((value(NAME), number, number.model_copy(update={"file": "b.jpg"})))) == 1


def test_two_documents_in_one_picture_are_told_together() -> None:
    other = PAGE.model_copy(update={"kind": PageKind.HUKOU_HOME, "fields": ()})
    both = expected().model_copy(update={"pages": (PAGE, other)})
    told = (outcome(PageKind.HUKOU_HOME), outcome())
    assert [page.right for page in score_pages(both, result((), pages=told))] == [True]
    assert [page.right for page in score_pages(both, result((), pages=told[:1]))] == [False]


@pytest.mark.parametrize(
    ("tolerated", "codes", "right"),
    [
        pytest.param((), (), True, id="as expected"),
        pytest.param((), (HOME,), False, id="another decision"),
        pytest.param((Decision.RETURNED,), (HOME,), True, id="one that a person could defend"),
        pytest.param((Decision.REVIEW,), (HOME,), False, id="one that nobody defends"),
    ],
)
def test_a_defensible_decision_is_no_mistake(
    tolerated: tuple[Decision, ...], codes: tuple[tuple[Code, Reason], ...], right: bool
) -> None:
    case = score_case(expected().model_copy(update={"tolerated": tolerated}), result((), *codes))
    assert case.decision_right is right
    assert case.right is right


@pytest.mark.parametrize(
    ("read", "right"),
    [
        pytest.param("欧阳靖萱", 4, id="all"),
        pytest.param("欧阳靖宣", 3, id="one wrong"),
        pytest.param("欧阳靖", 3, id="one missing"),
        pytest.param("欧阳靖萱萱", 3, id="one too many"),
        pytest.param(None, 0, id="nothing"),
        pytest.param("完全是别的几个字啊", 0, id="never below nothing"),
    ],
)
def test_characters_are_counted(read: str | None, right: int) -> None:
    assert scored(read=read).characters_right == right


def scored(read: str | None = NAME.value, outcome: Outcome = Outcome.RIGHT, **printed: object) -> ScoredField:
    field = NAME.model_copy(update=printed)
    return ScoredField("test-00001-good", PAGE, field, read, Person.CHILD, outcome, 0.9)


def test_what_a_person_cannot_read_is_no_legible_field() -> None:
    fields = (
        scored(),
        scored("欧阳", Outcome.WRONG),
        scored(None, Outcome.MISSING, level=8.0, legibility=Legibility.ILLEGIBLE),
    )
    figures = {figure.name: (figure.right, figure.total) for figure in tally.field_figures(fields)}
    assert figures["legible fields: exact"] == (1, 2)
    assert figures["legible fields: characters"] == (6, 8)
    assert figures["all fields by harm: level 7-10: exact"] == (0, 1)


def test_a_family_that_was_sent_home_wrongly_is_counted() -> None:
    cases = (score_case(expected(), result((), HOME)), score_case(expected(), result(())))
    figures = {figure.name: figure.right for figure in tally.case_figures(cases)}
    assert figures["sent home wrongly"] == 1
    assert figures["decisions right or defensible"] == 1


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        pytest.param("test-00012-wrong-name", "wrong-name", id="of a set"),
        pytest.param("sample", "sample", id="of the committed samples"),
    ],
)
def test_the_scenario_stands_in_the_name(name: str, scenario: str) -> None:
    assert tally.scenario(name) == scenario
