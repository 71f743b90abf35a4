"""Relations to the head compose."""

import pytest

from models.documents import Person
from pipeline.documents.kinship import is_head, parent_by_relation


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
