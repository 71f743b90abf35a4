"""Which row a finding is about, where no document tells: results of old, two values in one box, places without one."""

import pytest

from models.documents import DocumentKind, Field, Person
from models.findings import Code, Evidence, Finding, Location, Reason, found
from models.geometry import Box
from pipeline.review.field_comparison import Agreement, FieldComparison
from pipeline.review.locations import row_of_finding
from tests.review.test_field_comparison import read

REGISTER, CERTIFICATE = DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.BIRTH_CERTIFICATE
LEFT, RIGHT, NEITHER = Box(0, 0, 100, 20), Box(200, 0, 300, 20), Box(0, 500, 100, 520)


def row(person: Person | None, field: Field, *boxes: tuple[str, Box]) -> FieldComparison:
    values = (read(value, field, CERTIFICATE, person).model_copy(update={"box": box}) for value, box in boxes)
    return FieldComparison(person, field, None, tuple(values), Agreement.SINGLE)


ROWS = (
    row(Person.CHILD, Field.NAME, ("欧阳靖萱", LEFT)),
    row(Person.CHILD, Field.BIRTH_DATE),
    row(Person.FATHER, Field.NAME, ("欧阳明", RIGHT)),
    row(Person.FATHER, Field.ID_NUMBER),
)


def finding(
    field: Field | None = Field.NAME, box: Box | None = None, read: str | None = None, page: int = 7
) -> Finding:
    place = Location(document=CERTIFICATE, file="1.pdf", page_no=page, field=field, box=box)
    return found(Code.CONTRADICTION, Reason.PARENT_CONFLICT, place, Evidence(read=read))


@pytest.mark.parametrize(
    ("one", "number"),
    [
        pytest.param(finding(box=LEFT), 0, id="in the box of the child's name"),
        pytest.param(finding(box=RIGHT), 2, id="in the box of the father's"),
        pytest.param(finding(box=Box(250, 5, 275, 15)), 2, id="at one of its characters"),
        pytest.param(finding(box=Box(90, 0, 290, 20)), 2, id="over both, and more of the father's"),
        pytest.param(finding(box=NEITHER), None, id="where nobody's was read, and the child's was elsewhere"),
        pytest.param(finding(read="欧阳明"), 2, id="without a box, as it quotes the father's"),
        pytest.param(finding(read="欧阳 明"), 2, id="quoted with a space"),
        pytest.param(finding(), 0, id="without a box and quoting nothing, the child's"),
        pytest.param(finding(page=3, box=LEFT), None, id="on another page"),
        pytest.param(finding(Field.BIRTH_TIME, NEITHER), 1, id="a time of birth that was not read is a date"),
        pytest.param(finding(Field.ID_NUMBER, NEITHER), None, id="a number of nobody knows whom"),
        pytest.param(finding(None, LEFT), None, id="about a whole page"),
        pytest.param(found(Code.NUMBER_DIFFERS, Reason.ENTERED), None, id="about no place"),
    ],
)
def test_which_row(one: Finding, number: int | None) -> None:
    assert row_of_finding(ROWS, [one], None) == ({} if number is None else {number: (one,)})


def test_several_findings_of_a_row_keep_their_order() -> None:
    first, second = finding(box=LEFT), finding(box=LEFT, read="欧阳靖萱")
    assert row_of_finding(ROWS, [first, second], None) == {0: (first, second)}
