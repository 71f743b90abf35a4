"""Ten seconds: the decision, who decides next, blockers first, and nothing that names the child."""

import pytest

from flows.artifacts.masking import difference, message
from flows.artifacts.tables import case_address
from flows.artifacts.verdict import judgement, refusal, verdict
from models.documents import DocumentKind, Field, PageKind
from models.errors import ManifestProblem
from models.findings import Code, Evidence, Finding, Location, Reason, Severity, found
from models.hospital import Hospital
from models.messages import worded
from models.places import Upload
from models.result import Decision, Result, decide
from tests.support.values import FILES, case_of, result, submission
from web.desk.app import ROUTES

PATHS = ["欧阳靖萱的身份证.jpg", FILES[0].path]
REGISTER = Location(
    document=DocumentKind.HOUSEHOLD_REGISTER,
    file=FILES[0].path,
    page_no=5,
    page_kind=PageKind.HUKOU_MEMBER,
    field=Field.NAME,
)
DIFFERENT = found(
    Code.NAME_DIFFERS,
    Reason.DIFFERENT,
    REGISTER,
    Evidence(read="欧阳靖萱", entered="欧阳靖宣", measured=0.9999, limit=0.98),
)
GLARE = found(Code.REGISTER_ILLEGIBLE, Reason.GLARE, REGISTER, Evidence(measured=0.12, limit=0.3))
COPY = found(Code.COPY, Reason.PHOTOCOPY, Location(document=DocumentKind.ID_CARD, file=PATHS[0], page_no=1))
NOTED = found(Code.NAME_IN_DOUBT, Reason.OUT_OF_CHARSET, REGISTER, severity=Severity.WARNING)
OURS = found(Code.OUR_FAULT, Reason.ENGINE_CRASH)
DAMAGED = found(Code.BAD_FILE, Reason.DAMAGED, Location(file=PATHS[0]))


def judged(*findings: Finding, submission_id: str = "case-1") -> Result:
    case = case_of(submission(submission_id))
    words = worded(findings, Upload(PATHS), Hospital())
    return result(case).model_copy(update={"findings": words, "decision": decide(findings)})


def told(*findings: Finding, submission_id: str = "case-1", desk: str | None = None) -> list[str]:
    return verdict(judged(*findings, submission_id=submission_id), PATHS, desk).split("\n\n")


@pytest.mark.parametrize(
    ("findings", "decision", "next_one"),
    [
        pytest.param((), "# 通过", "无需处理，孩子信息已登记。", id="nothing found"),
        pytest.param((NOTED,), "# 通过", "无需处理，孩子信息已登记。", id="a note decides nothing"),
        pytest.param((COPY, DIFFERENT), "# 退回家长", "由家长按下列步骤补正后重新提交。", id="returned"),
        pytest.param((COPY,), "# 待审核", "由审核员人工审核，家长无需操作。", id="review"),
        pytest.param(
            (OURS,), "# 待审核", "由审核员人工审核，家长无需操作；这是系统问题，不是家长的问题。", id="a fault of ours"
        ),
    ],
)
def test_the_decision_comes_first_and_who_decides_next(
    findings: tuple[Finding, ...], decision: str, next_one: str
) -> None:
    assert told(*findings)[:3] == [decision, "case-1，第1次提交", f"**下一步处理人**：{next_one}"]


@pytest.mark.parametrize(
    ("finding", "lines"),
    [
        pytest.param(
            DIFFERENT,
            ("退回 姓名不一致", "文件2第5页 常住人口登记卡 姓名；系统识别欧阳＊＊，家长填写欧阳＊＊；识别可信度99.99%"),
            id="a name, masked, and where it differs",
        ),
        pytest.param(
            GLARE,
            ("退回 3002 户口本信息模糊", "文件2第5页 常住人口登记卡 姓名；识别可信度12%（要求30%以上）"),
            id="what cannot be read, and by how much",
        ),
        pytest.param(
            DAMAGED,
            ("退回 文件无法处理", "文件1"),
            id="a file by its number",
        ),
        pytest.param(
            OURS,
            ("待审核 系统故障", ""),
            id="nowhere in particular",
        ),
    ],
)
def test_a_finding_says_what_where_and_what_next_on_lines_of_their_own(
    finding: Finding, lines: tuple[str, str]
) -> None:
    title, place = lines
    result = judged(finding)
    first = f"1. **{title}**：{message(finding, result, PATHS)}"
    where = [f"   - 位置：{place}"] if place else []
    assert told(finding)[-1].splitlines() == [first, *where, f"   - 下一步：{result.findings[0].next_step}"]


def test_blockers_come_first() -> None:
    lines = [line for line in told(NOTED, COPY, DIFFERENT, GLARE)[-1].splitlines() if line.startswith("1. ")]
    assert [line.split()[1].removeprefix("**") for line in lines] == ["退回", "退回", "待审核", "提示"]


@pytest.mark.parametrize(
    ("code", "reason", "side"),
    [
        pytest.param(Code.NUMBER_DIFFERS, Reason.ENTERED, "家长填写", id="against what was entered"),
        pytest.param(Code.NUMBER_DIFFERS, Reason.CROSS_DOCUMENT, "其他证件", id="between two documents"),
        pytest.param(Code.CONTRADICTION, Reason.PARENT_CONFLICT, "对照内容", id="against either"),
    ],
)
def test_the_value_that_differs_is_called_by_where_it_stands(code: Code, reason: Reason, side: str) -> None:
    number = Location(document=DocumentKind.ID_CARD, field=Field.ID_NUMBER)
    evidence = Evidence(read="110199198801010014", entered="110199198801010022")
    line = told(found(code, reason, number, evidence))[-1]
    assert f"系统识别110＊＊＊＊＊＊＊＊＊＊＊0014，{side}110＊＊＊＊＊＊＊＊＊＊＊0022，第17、18位不同" in line


@pytest.mark.parametrize(
    ("field", "read", "entered", "words"),
    [
        pytest.param(Field.NAME, "欧阳靖萱", "欧阳靖宣", "第4个字不同", id="one character"),
        pytest.param(Field.NAME, "欧阳靖", "欧阳靖宣", "一个是3个字，另一个是4个字", id="one is missing"),
        pytest.param(Field.NAME, "欧阳靖萱", "欧阳 靖萱", "", id="a space is no difference"),
        pytest.param(Field.ID_NUMBER, "11019920191123002X", "11019920191123003X", "第17位不同", id="a digit"),
        pytest.param(Field.BIRTH_DATE, "2019-11-23", "2019-11-24", "", id="a day would be told by its place"),
        pytest.param(Field.NAME, None, "欧阳靖宣", "", id="nothing was read"),
    ],
)
def test_where_two_values_differ(field: Field, read: str | None, entered: str | None, words: str) -> None:
    assert difference(field, read, entered) == words


@pytest.mark.parametrize(
    ("submission_id", "link"),
    [
        pytest.param("case-1", "http://desk:8098/cases/case-1", id="an id of the hospital's"),
        pytest.param("X-13800000000", "http://desk:8098/queue", id="an id with a phone number leads to the queue"),
        pytest.param("11019920191123002X", "http://desk:8098/queue", id="an ID number as well"),
    ],
)
def test_the_desk_is_one_click_away_and_no_address_tells_a_number(submission_id: str, link: str) -> None:
    assert case_address(submission_id, "http://desk:8098") == link
    parts = told(submission_id=submission_id, desk="http://desk:8098")
    assert f"[在审核台打开]({link})" in parts
    assert "13800000000" not in str(parts)
    assert "11019920191123002X" not in str(parts)


def test_the_desk_has_what_is_linked_to() -> None:
    paths = {way.path for way in ROUTES if way.method == "GET"}
    assert case_address("{submission_id}", "") in paths
    assert case_address("13800000000", "") in paths


def test_without_a_desk_there_is_no_link() -> None:
    assert "](" not in str(told(DIFFERENT))


def test_what_people_wrote_is_no_markdown() -> None:
    evidence = Evidence(read="[李](http://elsewhere.example)", entered="<b>")
    line = told(found(Code.NAME_DIFFERS, Reason.DIFFERENT, REGISTER, evidence))[-1]
    assert "](" not in line
    assert "<b" not in line.replace("\\<", "")


def test_no_case_came_of_it() -> None:
    problems = (ManifestProblem("child.sex", "Input should be '男' or '女'"), ManifestProblem("(unknown key)", "*"))
    parts = refusal(problems).split("\n\n")
    assert parts[0] == "# 无法受理"
    assert parts[-1].splitlines() == [
        "1. **child.sex**：只能是'男'或'女'（Input should be '男' or '女'）",
        "1. **(unknown key)**：不能识别（\\*）",
    ]


def test_every_decision_has_its_words() -> None:
    assert {decide(findings) for findings in ((), (COPY,), (DIFFERENT,))} == set(Decision)


@pytest.mark.parametrize(
    ("findings", "quality", "compared"),
    [
        pytest.param((), ["没有发现问题。"], ["没有发现问题。"], id="nothing found"),
        pytest.param((GLARE,), ["退回 3002 户口本信息模糊"], ["没有发现问题。"], id="glare"),
        pytest.param((DIFFERENT,), ["没有发现问题。"], ["退回 姓名不一致"], id="another name"),
        pytest.param(
            (NOTED, DIFFERENT, COPY, DAMAGED),
            ["退回 文件无法处理", "待审核 疑似翻拍复印"],
            ["退回 姓名不一致", "提示 姓名待核"],
            id="blockers first in both parts",
        ),
        pytest.param((OURS,), ["待审核 系统故障"], ["因系统问题没有比对。"], id="a fault of ours"),
    ],
)
def test_the_judgement_has_two_parts(findings: tuple[Finding, ...], quality: list[str], compared: list[str]) -> None:
    first, one, second, other = judgement(judged(*findings), PATHS).split("\n\n")
    assert (first, second) == ("## 一、图片质量与完整性", "## 二、与家长填写及其他证件比对")
    for words, text in ((quality, one), (compared, other)):
        lines = [line for line in text.splitlines() if not line.startswith("   ")]
        assert [word in line for word, line in zip(words, lines, strict=True)] == [True] * len(words)
