import pytest

from models.changes import changes
from models.documents import DocumentKind, Field, Person
from models.findings import Code, Location, Reason, found
from models.geometry import Box
from models.result import Decision, FieldValue, Provenance, Result

NAME = FieldValue(
    document=DocumentKind.HOUSEHOLD_REGISTER,
    person=Person.CHILD,
    field=Field.NAME,
    value="张三",
    confidence=0.9,
    file="a.jpg",
    page_no=1,
    box=Box(0, 0, 9, 9),
)
HOME = found(Code.PAGE_MISSING, Reason.HOME)
BLUR = found(Code.REGISTER_ILLEGIBLE, Reason.BLUR, Location(document=DocumentKind.HOUSEHOLD_REGISTER, field=Field.NAME))
BEFORE = Result(
    submission_id="case-1",
    revision=1,
    decision=Decision.RETURNED,
    findings=(HOME,),
    fields=(NAME,),
    pages=(),
    provenance=Provenance(version="1", engine="e", models="m", policy="p", input_digest="d", seconds=1.0),
)


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        pytest.param({}, [], id="the same result"),
        pytest.param(
            {"fields": (NAME.model_copy(update={"confidence": 0.5, "box": Box(1, 1, 2, 2)}),)}, [], id="only moved"
        ),
        pytest.param({"decision": Decision.ACCEPTED}, [("decision", "returned", "accepted")], id="another decision"),
        pytest.param({"findings": ()}, [("finding", "缺页/home/reject", None)], id="a finding is gone"),
        pytest.param(
            {"findings": (HOME, BLUR)},
            [("finding", None, "3002/blur/reject household_register/name")],
            id="a finding is new",
        ),
        pytest.param(
            {
                "findings": (HOME.model_copy(update={"message": "缺一页。", "next_step": "请补传。"}),),
                "notice": "缺一页。",
            },
            [],
            id="only other words",
        ),
        pytest.param({"fields": ()}, [("field", "张三", None)], id="a field is gone"),
        pytest.param(
            {"fields": (NAME.model_copy(update={"value": "张二"}),)}, [("field", "张三", "张二")], id="another value"
        ),
        pytest.param({"fields": (NAME, NAME)}, [("field", "张三", "张三 | 张三")], id="read twice"),
    ],
)
def test_changes(update: dict[str, object], expected: list[tuple[str, str | None, str | None]]) -> None:
    found_changes = changes(BEFORE, BEFORE.model_copy(update=update))
    assert [(change.what, change.before, change.after) for change in found_changes] == expected
