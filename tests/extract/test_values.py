import pytest

from models.documents import Field
from pipeline.extract.values import ETHNICITIES, normal_value
from tests.support.cards import CHILD_NUMBER


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        pytest.param(Field.SEX, "女", "女", id="a sex"),
        pytest.param(Field.BIRTH_DATE, "2019年1l月23日", None, id="a letter that may be a digit is no separator"),
        pytest.param(Field.BIRTH_DATE, "2019年11月2o日", None, id="nor does it end a day"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日08时3O分", "2019-11-23", id="nor a minute"),
        pytest.param(Field.WEIGHT_G, "32S0克", None, id="a number with a letter in it is not its first half"),
        pytest.param(Field.WEIGHT_G, "3,250克", None, id="nor one with a comma"),
        pytest.param(Field.AGE, "3O岁", None, id="an age that may be thirty"),
        pytest.param(Field.ETHNICITY, "漢", "汉", id="a nationality in a traditional form"),
        pytest.param(Field.ETHNICITY, "維吾爾族", "维吾尔族", id="a longer one"),
        pytest.param(Field.RELATION, "長孫", "长孙", id="a relation in a traditional form"),
        pytest.param(Field.NAME, "漢長", "漢長", id="a name is never folded"),
        pytest.param(Field.ADDRESS, "東鄉路1號", "東鄉路1號", id="nor is an address"),
        pytest.param(Field.ETHNICITY, "穿青人", "穿青人", id="people who are no nationality"),
        pytest.param(Field.NATIONALITY, "美国", "美国", id="another nationality"),
        pytest.param(Field.SEX, "性女", "女", id="a sex beside a piece of its label"),
        pytest.param(Field.SEX, "文", None, id="a sex that is none"),
        pytest.param(Field.ETHNICITY, "汉", "汉", id="a nationality"),
        pytest.param(Field.ETHNICITY, "维吾尔族", "维吾尔族", id="a nationality with its suffix, as printed"),
        pytest.param(Field.ETHNICITY, "入籍（美国）", "入籍（美国）", id="a naturalised person"),
        pytest.param(Field.ETHNICITY, "汊", None, id="a nationality that is none"),
        pytest.param(Field.ID_NUMBER, "１１０１９９２０１９１１２３００２０", CHILD_NUMBER, id="a full-width number"),
        pytest.param(Field.ID_NUMBER, f"号码{CHILD_NUMBER}。", CHILD_NUMBER, id="a number among other characters"),
        pytest.param(Field.ID_NUMBER, CHILD_NUMBER[:17], None, id="a number that lost a digit"),
        pytest.param(Field.ID_NUMBER, "110199201913230020", None, id="a number without a birth date"),
        pytest.param(Field.CERTIFICATE_NUMBER, "编号T110000000", "T110000000", id="a certificate number"),
        pytest.param(Field.CERTIFICATE_NUMBER, "T11000000", None, id="a certificate number that lost a digit"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日08时30分", "2019-11-23T08:30", id="a time of birth"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日8:05", "2019-11-23T08:05", id="with a colon"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日25时30分", "2019-11-23", id="an hour that is none"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日", "2019-11-23", id="a day alone"),
        pytest.param(Field.BIRTH_TIME, "2019年2月30日08时30分", None, id="a day that never was"),
        pytest.param(Field.VALID_UNTIL, "长期", "长期", id="for ever"),
        pytest.param(Field.BLOOD_TYPE, "AB型", "AB", id="a blood group"),
        pytest.param(Field.BLOOD_TYPE, "0", "O", id="a nought is the letter"),
        pytest.param(Field.BLOOD_TYPE, "C", None, id="a blood group that is none"),
        pytest.param(Field.WEIGHT_G, "3250克", "3250", id="a weight"),
        pytest.param(Field.GESTATION_WEEKS, "38+2周", "38+2", id="weeks and days"),
        pytest.param(Field.LENGTH_CM, "50.5厘米", "50.5", id="a length"),
        pytest.param(Field.AGE, "岁", None, id="an age that is none"),
        pytest.param(Field.NAME, "买买提•阿卜杜拉", "买买提·阿卜杜拉", id="a name with a dot"),
        pytest.param(Field.NAME, "\u3000", None, id="a name of spaces"),
        pytest.param(Field.ADDRESS, "北京市 样本区", "北京市样本区", id="an address"),
        pytest.param(Field.ADDRESS, " ", None, id="an address of spaces"),
    ],
)
def test_a_value_in_normal_form(field: Field, text: str, value: str | None) -> None:
    assert normal_value(field, text) == value


def test_there_are_56_nationalities_and_four_other_entries() -> None:
    assert len(ETHNICITIES) == 60
