import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import Field
from models.masking import mask, mask_people


@pytest.mark.parametrize(
    ("field", "value", "masked"),
    [
        pytest.param(Field.NAME, "张三", "张*", id="a name keeps its surname"),
        pytest.param(Field.NAME, "张三丰", "张**", id="and not its last character"),
        pytest.param(Field.NAME, "欧阳靖萱", "欧阳**", id="a compound surname stays whole"),
        pytest.param(Field.HEAD_NAME, "欧阳明", "欧阳*", id="of the head of the household too"),
        pytest.param(Field.NAME, "欧阳", "欧*", id="two characters are never shown whole"),
        pytest.param(Field.NAME, "阳太一", "阳**", id="half of two compound surnames is none"),
        pytest.param(Field.NAME, "阿依古丽·买买提", "阿***·***", id="a minority name keeps its dot"),
        pytest.param(Field.NAME, "王", "*", id="a single character is no surname"),
        pytest.param(Field.NAME, "𠮷野𠀋", "𠮷**", id="a rare character is one character"),
        pytest.param(Field.ID_NUMBER, "11019920191123002X", "110***********002X", id="an ID number"),
        pytest.param(Field.ID_NUMBER, "110199201911230", "***************", id="a number of unknown length"),
        pytest.param(Field.CERTIFICATE_NUMBER, "T110000001", "T1*******1", id="a certificate number"),
        pytest.param(Field.HOUSEHOLD_NUMBER, "110199000123", "**********23", id="a household number"),
        pytest.param(Field.HOUSEHOLD_NUMBER, "0123", "****", id="a short household number"),
        pytest.param(Field.BIRTH_DATE, "2019-11-23", "2019-11-**", id="a date keeps year and month"),
        pytest.param(Field.BIRTH_TIME, "2019-11-23T08:30", "2019-11-**", id="a time too"),
        pytest.param(Field.BIRTH_DATE, "二〇一九年", "*****", id="a date in another form"),
        pytest.param(Field.VALID_UNTIL, "长期", "长期", id="for ever says nothing of anybody"),
        pytest.param(Field.ADDRESS, "北京市海淀区学院路1号", "北京市海淀区*****", id="an address keeps its county"),
        pytest.param(Field.ADDRESS, "学院路1号", "*****", id="a short address keeps nothing"),
        pytest.param(Field.ETHNICITY, "汉", "*", id="any other field"),
        pytest.param(None, "张三", "**", id="a value of no field"),
        pytest.param(Field.NAME, "", "", id="nothing"),
    ],
)
def test_mask(field: Field | None, value: str, masked: str) -> None:
    assert mask(field, value) == masked


@given(field=st.sampled_from(Field), value=st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1))
def test_no_value_but_for_ever_survives_whole(field: Field, value: str) -> None:
    assert mask(field, value) != value or value == "长期"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param(
            "委托人：欧阳明 110199198801010014；受托人：林静",
            "委托人：欧阳* 110***********0014；受托人：林*",
            id="people by their roles",
        ),
        pytest.param("林静 E12345678", "林* *********", id="a person without a role, with the number of a passport"),
        pytest.param("", "", id="nobody"),
    ],
)
def test_people_in_a_text_are_masked(text: str, masked: str) -> None:
    assert mask_people(text) == masked
