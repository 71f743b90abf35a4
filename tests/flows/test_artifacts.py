import json

import pytest

from flows.artifacts.tables import change_rows, codes_of, field_rows, finding_rows, page_rows, summary
from flows.artifacts.verdict import judgement, verdict
from models.changes import changes
from models.documents import DocumentKind, Field, PageKind, Person
from models.findings import Code, Evidence, Location, Reason, found
from models.geometry import Box, Quad
from models.hospital import Hospital
from models.messages import worded
from models.places import Upload
from models.result import Decision, FieldValue, PageOutcome, Provenance, Result, values_of
from pipeline.review.field_comparison import Agreement, FieldComparison, compare_fields
from tests.support.values import submission

FILES = ["hukou.pdf", "欧阳靖萱的身份证.jpg"]
CANARIES = ("欧阳靖萱", "靖萱", "11019920191123002X", "20191123", "欧阳靖萱的身份证")
BOX = Box(412, 180, 655, 236)
DIFFERENT = found(
    Code.NAME_DIFFERS,
    Reason.DIFFERENT,
    Location(document=DocumentKind.HOUSEHOLD_REGISTER, file=FILES[0], page_no=5, field=Field.NAME, box=BOX),
    Evidence(read="欧阳靖萱", entered="欧阳靖宣", measured=0.0001234, limit=0.002),
)
DAMAGED = found(Code.BAD_FILE, Reason.DAMAGED, Location(file=FILES[1]))
RESULT = Result(
    submission_id="20261120-000123",
    revision=2,
    decision=Decision.RETURNED,
    findings=worded((DIFFERENT, DAMAGED, DAMAGED), Upload(FILES), Hospital()),
    fields=(
        FieldValue(
            document=DocumentKind.HOUSEHOLD_REGISTER,
            person=Person.CHILD,
            field=Field.ID_NUMBER,
            value="11019920191123002X",
            confidence=0.9987,
            file=FILES[0],
            page_no=5,
            box=BOX,
        ),
    ),
    pages=(
        PageOutcome(
            file=FILES[1], page_no=1, kind=PageKind.ID_PORTRAIT, legible=True, rotation=90, quad=Quad.of_box(BOX)
        ),
    ),
    provenance=Provenance(version="1", engine="e", models="m", policy="p", input_digest="d", seconds=1.0),
)


def test_a_finding_says_what_where_and_how_much() -> None:
    assert finding_rows(RESULT, FILES)[0] == {
        "代码": "姓名不一致",
        "原因": "用字不同",
        "结果": "退回",
        "位置": "文件1第5页 姓名",
        "说明": "您填写的姓名与第1个文件（户口本）不一致：第4个字不同。",
        "系统识别": "欧阳＊＊",
        "对照内容": "欧阳＊＊",
        "识别情况": "识别可信度0.01%（要求0.2%以上）",
        "下一步": "填错了请改正；已改名或证件有误的，请联系工作人员（工作日8:30至17:00）。",
    }


def test_a_file_is_called_by_its_place_in_the_manifest() -> None:
    row = finding_rows(RESULT, FILES)[1]
    assert (row["位置"], row["说明"]) == ("文件2", "第2个文件已损坏，打不开。")


def test_what_was_typed_in_and_read_stands_side_by_side_and_masked() -> None:
    number = values_of(RESULT.fields)[0]
    card = number.model_copy(update={"document": DocumentKind.ID_CARD, "file": FILES[1], "page_no": 1})
    twice = (number, number.model_copy(update={"page_no": 6, "confidence": 0.5}))
    compared = [
        FieldComparison(Person.CHILD, Field.NAME, "欧阳靖宣", (), Agreement.SINGLE),
        FieldComparison(Person.CHILD, Field.ID_NUMBER, "110199201911230038", (card, *twice), Agreement.DIFFER),
    ]
    assert field_rows(compared, RESULT, FILES) == [
        {
            "人员": "孩子",
            "项目": "公民身份号码",
            "比对结果": "不一致，第17、18位不同",
            "家长填写": "110＊＊＊＊＊＊＊＊＊＊＊0038",
            "身份证": "110＊＊＊＊＊＊＊＊＊＊＊002X",
            "户口本": "110＊＊＊＊＊＊＊＊＊＊＊002X",
            "出生医学证明": "",
            "监护人其他证件": "",
            "识别可信度": "50%",
            "位置": "文件2、文件1第5页、文件1第6页",
        },
        {
            "人员": "孩子",
            "项目": "姓名",
            "比对结果": "只有一处，无法比对",
            "家长填写": "欧阳＊＊",
            "身份证": "",
            "户口本": "",
            "出生医学证明": "",
            "监护人其他证件": "",
            "识别可信度": "",
            "位置": "",
        },
    ]


@pytest.mark.parametrize(
    ("desk", "shown"),
    [
        pytest.param("https://d", "[在审核台打开](https://d/cases/20261120-000123)", id="a desk"),
        pytest.param(None, "", id="no desk"),
    ],
)
def test_a_page_has_a_link_to_the_desk_and_to_no_picture(desk: str | None, shown: str) -> None:
    assert page_rows(RESULT, FILES, desk) == [
        {"位置": "文件2", "页面": "身份证人像面", "可识别": "是", "旋转校正": "90°", "图片": shown}
    ]


def test_the_summary_tells_the_decision_and_every_code_once() -> None:
    assert summary(RESULT) == "**退回家长** 姓名不一致、文件无法处理（第2次提交）"
    assert codes_of(RESULT) == ("姓名不一致", "文件无法处理")


def test_a_change_is_masked_unless_it_is_a_code() -> None:
    other = RESULT.fields[0].model_copy(update={"value": "110199201911230038"})
    after = RESULT.model_copy(update={"fields": (other,), "decision": Decision.REVIEW})
    rows = change_rows("case-1", changes(RESULT, after))
    assert [(row["项目"], row["之前"], row["之后"]) for row in rows] == [
        ("结论", "退回家长", "待审核"),
        ("户口本 孩子 公民身份号码", "110＊＊＊＊＊＊＊＊＊＊＊002X", "110＊＊＊＊＊＊＊＊＊＊＊0038"),
    ]


def test_no_table_names_the_child() -> None:
    compared = compare_fields(submission("20261120-000123"), RESULT)
    rows = [
        *finding_rows(RESULT, FILES),
        *field_rows(compared, RESULT, FILES),
        *page_rows(RESULT, FILES, None),
    ]
    text = json.dumps(rows, ensure_ascii=False) + summary(RESULT) + verdict(RESULT, FILES, "http://desk")
    text += judgement(RESULT, FILES)
    assert [canary for canary in CANARIES if canary in text] == []
