"""Relations to the head compose."""

import pytest

from models.documents import Person
from pipeline.judge.relations import composes, is_head, parent_by_relation


@pytest.mark.parametrize(
    ("relation", "sex", "child", "person"),
    [
        pytest.param("户主", "男", "子", Person.FATHER, id="the head is the father of a son"),
        pytest.param("户主", "女", "长女", Person.MOTHER, id="the head is the mother of a first daughter"),
        pytest.param("妻", "女", "女", Person.MOTHER, id="the head's wife is the mother"),
        pytest.param("夫", "男", "次子", Person.FATHER, id="the head's husband is the father"),
        pytest.param("子", "男", "孙女", Person.FATHER, id="a son of the head is a grandchild's father"),
        pytest.param("儿媳", "女", "孙子", Person.MOTHER, id="a son's wife is a grandchild's mother"),
        pytest.param("女", "女", "外孙", Person.MOTHER, id="a daughter is an outer grandchild's mother"),
        pytest.param("女婿", "男", "外孙女", Person.FATHER, id="a daughter's husband is an outer grandchild's father"),
        pytest.param("女", "女", "孙女", None, id="a daughter is no parent of a son's child"),
        pytest.param("户主", "男", "孙子", None, id="a grandfather is no father"),
        pytest.param("子", "男", "女", None, id="a brother is no father"),
        pytest.param("", "男", "", None, id="a collective household says nothing"),
        pytest.param("妻", None, "子", None, id="no sex that reads"),
    ],
)
def test_who_somebody_is_to_the_child(relation: str, sex: str | None, child: str, person: Person | None) -> None:
    assert parent_by_relation(relation, sex, child) is person


@pytest.mark.parametrize(("relation", "head"), [("户主", True), ("妻", False), ("", False)])
def test_the_head_is_called_so(relation: str, head: bool) -> None:
    assert is_head(relation) is head


@pytest.mark.parametrize(
    ("relation", "child", "may_be"),
    [
        pytest.param("户主", "子", True, id="the head's son"),
        pytest.param("妻", "长女", True, id="the wife's first daughter"),
        pytest.param("子", "女", False, id="a son and a daughter are brother and sister"),
        pytest.param("女", "孙女", True, id="some offices write 孙女 for a daughter's daughter"),
        pytest.param("户主", "孙子", False, id="a grandfather"),
        pytest.param("孙媳妇", "曾孙女", True, id="a great-grandchild's mother"),
        pytest.param("兄", "侄女", True, id="a brother's daughter"),
        pytest.param("户主", "侄子", False, id="an uncle"),
        pytest.param("姐夫", "外甥", True, id="a sister's husband's son"),
        pytest.param("母亲", "户主", True, id="the head is a child"),
        pytest.param("妻", "妹", False, id="a sister of the head"),
        pytest.param("继父", "弟", True, id="the head's stepfather's son"),
        pytest.param("户主", "非亲属", True, id="no rule knows"),
    ],
)
def test_who_may_be_the_parent_of_whom(relation: str, child: str, may_be: bool) -> None:
    assert composes(relation, child) is may_be
