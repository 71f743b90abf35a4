"""Where a value is expected that was not found."""

import pytest

from models.documents import Field, Person
from models.reading import PageReading
from tests.support.cards import certificate
from tests.support.dossiers import dossier

_NEAR = 12  # pixels; a character is 30 wide


@pytest.mark.parametrize(
    ("page", "field", "person"),
    [
        pytest.param(certificate({"新生儿姓名": None}), Field.NAME, Person.CHILD, id="a name"),
        pytest.param(certificate({"出生时间": None}), Field.BIRTH_TIME, Person.CHILD, id="a day with the time"),
        pytest.param(certificate({"母亲姓名": None}), Field.NAME, Person.MOTHER, id="a name in another row"),
        pytest.param(certificate({"性别": None}), Field.SEX, Person.CHILD, id="a single character"),
    ],
)
def test_a_value_is_expected_where_others_stand_beside_their_labels(
    page: PageReading, field: Field, person: Person
) -> None:
    expected, true = (dossier(one).pages[0].place(field, person).box for one in (page, certificate()))
    assert expected is not None
    assert true is not None
    assert abs(expected.left - true.left) <= _NEAR
    assert (expected.top, expected.bottom) == (true.top, true.bottom)
    assert expected.overlap(true) >= expected.width * expected.height * 0.6
