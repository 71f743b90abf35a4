"""What findings say in every language: short, whole, findable, and in agreement with the decision of the case."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.codes import Code, Reason, Severity
from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field, PageKind, Person
from models.findings import CATALOGUE, Evidence, Finding, Location, found
from models.geometry import Box, Quad
from models.hospital import Hospital, HospitalFacts
from models.languages import Language, wordings
from models.messages import (
    NOTICE_LENGTH,
    PHONE_LENGTH,
    MessageContext,
    context_of,
    message_text,
    notice_text,
    too_long,
    worded,
)
from models.places import Upload
from models.result import Decision, FieldValue, PageOutcome, Result, decide

CHINESE: Final = (Language.ZH_HANS, Language.ZH_HANT)
EVERY: Final = [(*key, severity) for key, severities in CATALOGUE.items() for severity in severities]
DECIDED: Final = {
    Severity.REJECT: (Decision.RETURNED,),
    Severity.REVIEW: (Decision.RETURNED, Decision.REVIEW),
    Severity.WARNING: tuple(Decision),
}
BOX: Final = Box(0, 0, 100, 100)
VALUES: Final = Evidence(read="欧阳静", entered="欧阳靖")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
_IN_BRACKETS: Final = re.compile(r" \([\u4e00-\u9fff]+\)")
_UNFILLED: Final = re.compile(r"[{}]|  |None|“”|「」|（）|\(\)")
_SQUEEZED: Final = re.compile(r"[\u4e00-\u9fff][,;:()!?][\u4e00-\u9fff]|[\u4e00-\u9fff] \d|\d [\u4e00-\u9fff]|[！!]")
_TO_DO: Final = re.compile(
    "补传|補傳|重拍|上传|上傳|重新提交|改正|更正|改填|改选|改選|upload|retake|correct|submit again"
)
_NOTHING_TO_DO: Final = ("您无需操作", "您無需操作", "You do not need to do anything")


def page(file: str, page_no: int, kind: PageKind) -> PageOutcome:
    return PageOutcome(file=file, page_no=page_no, kind=kind, legible=True, rotation=0, quad=Quad.of_box(BOX))


def name_on(file: str, page_no: int, person: Person | None) -> FieldValue:
    return FieldValue(
        document=DocumentKind.HOUSEHOLD_REGISTER, person=person, field=Field.NAME, value="样本", confidence=0.9,
        file=file, page_no=page_no, box=BOX,
    )  # fmt: skip


# Twelve files; the last ones are booklets of twelve pages with a child's page in each, so that places have long names.
FILES: Final = [f"{number}.pdf" for number in range(1, 13)]
LONGEST: Final = Upload(
    FILES,
    [page(file, number, PageKind.HUKOU_MEMBER) for file in FILES[10:] for number in range(1, 13)],
    [name_on(file, 12, Person.CHILD) for file in FILES[10:]],
)


def finding(code: Code, reason: Reason, severity: Severity) -> Finding:
    dated = code is Code.BIRTH_DATE_DIFFERS
    evidence = Evidence(read="2019-11-23", entered="2019-12-23") if dated else VALUES
    if reason is Reason.LENGTH:
        evidence = Evidence(read="欧阳静萱", entered="欧阳靖")
    place = Location(
        document=DocumentKind.HOUSEHOLD_REGISTER, file=FILES[10], page_no=12, page_kind=PageKind.HUKOU_MEMBER,
        field=Field.ID_NUMBER, box=BOX,
    )  # fmt: skip
    return found(code, reason, place, evidence, severity=severity)


def said(
    code: Code, reason: Reason, severity: Severity, languages: Sequence[Language] = tuple(Language)
) -> Iterator[str]:
    for language in languages:
        for decision in DECIDED[severity]:
            context = MessageContext(LONGEST, decision, Hospital())
            yield from message_text(finding(code, reason, severity), language, context)
            yield from message_text(finding(code, reason, severity), language, context, quoting=False)


every = pytest.mark.parametrize(("code", "reason", "severity"), EVERY, ids=str)


@every
def test_sentences_are_whole_and_every_placeholder_is_filled(code: Code, reason: Reason, severity: Severity) -> None:
    for text in said(code, reason, severity):
        assert text[-1] in "。."
        assert not _UNFILLED.search(text)


@every
def test_chinese_fits_a_phone_and_is_printed_as_chinese_is(code: Code, reason: Reason, severity: Severity) -> None:
    for text in said(code, reason, severity, CHINESE):
        assert len(text) <= PHONE_LENGTH, text
        assert not _SQUEEZED.search(text), text


@every
def test_english_is_english_but_for_values_and_names_of_documents(
    code: Code, reason: Reason, severity: Severity
) -> None:
    for text in said(code, reason, severity, (Language.EN,)):
        rest = _IN_BRACKETS.sub("", text).replace("“靖”", "").replace("“静”", "").replace("“欧阳靖”", "")
        assert not _HAN.search(rest.replace("“欧阳静”", "")), text
        assert text[0].isupper()
        assert len(text) <= 250


def terms(head: str) -> list[str]:
    """The last column of a table of docs/develop/wording.md: words that no sentence uses."""
    lines = Path("docs/develop/wording.md").read_text("utf-8").split(f"| thing | {head}")[1].splitlines()
    rows = takewhile(lambda line: line.startswith("|"), lines[2:])
    return [word for row in rows for word in row.split("|")[-2].split()]


@pytest.mark.parametrize(
    ("language", "head"), [(Language.ZH_HANS, "simplified"), (Language.ZH_HANT, "words that Hong Kong")]
)
def test_one_thing_has_one_word(language: Language, head: str) -> None:
    words, forbidden = wordings(language), terms(head)
    assert len(forbidden) > 10
    texts = [text for key in EVERY for text in said(*key, (language,))]
    texts += [form for _, forms in words.notices for form in forms]
    texts += [text for one in words.codes.values() for text in one]
    assert {(term, text) for term in forbidden for text in texts if term in text} == set()


@pytest.mark.parametrize("language", CHINESE)
def test_the_short_text_of_a_code_fits_a_message_template(language: Language) -> None:
    for title, short in wordings(language).codes.values():
        assert len(title) <= 10
        assert len(short) <= 20
        assert not _SQUEEZED.search(title + short)


@every
def test_a_finding_that_points_nowhere_still_says_something(code: Code, reason: Reason, severity: Severity) -> None:
    for language in Language:
        context = MessageContext(Upload(()), DECIDED[severity][0], Hospital())
        for text in message_text(found(code, reason, severity=severity), language, context):
            assert text.strip("。. ")
            assert not _UNFILLED.search(text)


@given(st.lists(st.sampled_from(EVERY), max_size=6), st.sampled_from(Language))
def test_no_next_step_contradicts_the_decision(told: list[tuple[Code, Reason, Severity]], language: Language) -> None:
    findings = tuple(finding(*one) for one in told)
    decision, words = decide(findings), wordings(language)
    context = MessageContext(LONGEST, decision, Hospital())
    for one in findings:
        step = message_text(one, language, context).next_step
        waits = step.startswith(_NOTHING_TO_DO)
        if one.severity is Severity.REJECT:
            assert decision is Decision.RETURNED
            assert not waits
        elif one.severity is Severity.WARNING:
            assert step == words.noted
        elif decision is Decision.RETURNED:
            assert step == words.later, "nobody waits for a case that was returned"
        else:
            assert waits
            assert not _TO_DO.search(step), "nobody was asked to send anything"


@given(st.lists(st.sampled_from(EVERY), max_size=6))
def test_a_case_gets_its_words_at_once_and_nothing_else_of_it_changes(
    told: list[tuple[Code, Reason, Severity]],
) -> None:
    findings = tuple(finding(*one) for one in told)
    context = MessageContext(LONGEST, decide(findings), Hospital())
    for before, after in zip(findings, worded(findings, LONGEST, Hospital()), strict=True):
        assert (after.message, after.next_step) == message_text(before, Language.ZH_HANS, context)
        assert after == before.model_copy(update={"message": after.message, "next_step": after.next_step})


HOME, MEMBER, CARD = PageKind.HUKOU_HOME, PageKind.HUKOU_MEMBER, PageKind.ID_EMBLEM
PHOTOS: Final = Upload(
    ["1.jpg", "2.jpg", "3.jpg", "4.jpg"],
    [page("1.jpg", 1, CARD), page("2.jpg", 1, HOME), page("3.jpg", 1, MEMBER), page("4.jpg", 1, MEMBER)],
    [name_on("3.jpg", 1, Person.CHILD), name_on("4.jpg", 1, Person.OTHER)],
)
BOOKLET: Final = Upload(
    ["1.jpg", "2.pdf"],
    [page("1.jpg", 1, CARD), page("2.pdf", 1, HOME), page("2.pdf", 2, MEMBER), page("2.pdf", 3, MEMBER)],
    [name_on("2.pdf", 2, Person.MOTHER)],
)
TWO_HOMES: Final = Upload(["1.jpg", "2.pdf"], [page("1.jpg", 1, HOME), page("2.pdf", 1, HOME), page("2.pdf", 2, CARD)])
TWO_BOOKLETS: Final = Upload(
    ["1.pdf", "2.pdf"],
    [page("1.pdf", 1, HOME), page("1.pdf", 2, MEMBER), page("2.pdf", 1, MEMBER), page("2.pdf", 2, MEMBER)],
    [name_on("2.pdf", 2, Person.CHILD)],
)


@pytest.mark.parametrize(
    ("upload", "file", "page_no", "kind", "words"),
    [
        pytest.param(PHOTOS, "1.jpg", 1, CARD, "身份证国徽面", id="a side of a card has no number"),
        pytest.param(PHOTOS, "2.jpg", 1, HOME, "户口本首页", id="a photo of a page that there is once"),
        pytest.param(PHOTOS, "3.jpg", 1, MEMBER, "户口本孩子本人页", id="a member page by its holder"),
        pytest.param(PHOTOS, "4.jpg", 1, MEMBER, "第4个文件（户口本）", id="a card of somebody unknown by its file"),
        pytest.param(BOOKLET, "2.pdf", 2, MEMBER, "户口本母亲页（第2页）", id="in a file of several pages"),
        pytest.param(BOOKLET, "2.pdf", 3, MEMBER, "第2个文件（户口本）第3页", id="there, of somebody unknown"),
        pytest.param(TWO_HOMES, "1.jpg", 1, HOME, "户口本首页（第1个文件）", id="one of two of a name"),
        pytest.param(TWO_HOMES, "2.pdf", 1, HOME, "户口本首页（第2个文件第1页）", id="the other one"),
        pytest.param(
            TWO_BOOKLETS, "2.pdf", 2, MEMBER, "户口本孩子本人页（第2个文件第2页）", id="two files have a page 2"
        ),
        pytest.param(Upload(()), "1.jpg", 1, CARD, "您上传的文件（身份证）", id="a result whose upload is not known"),
    ],
)
def test_a_place_is_found_from_the_words_alone(
    upload: Upload, file: str, page_no: int, kind: PageKind, words: str
) -> None:
    place = Location(document=DOCUMENT_OF_PAGE[kind], file=file, page_no=page_no, page_kind=kind, box=BOX)
    (told,) = worded((found(Code.CONTRADICTION, Reason.AMENDED, place),), upload, Hospital())
    assert told.message == f"{words}有变更、更正或注销记载，需要人工审核。"


def test_of_two_documents_in_one_picture_each_is_named() -> None:
    left, right = Box(0, 0, 100, 100), Box(100, 0, 200, 100)
    cards = [page("1.jpg", 1, MEMBER).model_copy(update={"quad": Quad.of_box(box)}) for box in (left, right)]
    held = zip((left, right), (Person.CHILD, Person.FATHER), strict=True)
    names = [name_on("1.jpg", 1, person).model_copy(update={"box": box}) for box, person in held]
    places = [
        Location(document=DocumentKind.HOUSEHOLD_REGISTER, file="1.jpg", page_no=1, page_kind=MEMBER, box=box)
        for box in (left, right)
    ]
    findings = tuple(found(Code.CONTRADICTION, Reason.AMENDED, place) for place in places)
    told = worded(findings, Upload(["1.jpg"], cards, names), Hospital())
    assert [one.message.removesuffix("有变更、更正或注销记载，需要人工审核。") for one in told] == [
        "户口本孩子本人页", "户口本父亲页",
    ]  # fmt: skip


@pytest.mark.parametrize("language", Language)
def test_a_result_that_an_earlier_version_stored_is_told_in_every_language(language: Language) -> None:
    result = Result.model_validate_json(Path("fixtures/stored/result.json").read_bytes())
    files = list(dict.fromkeys(one.file for one in result.pages))
    (finding,) = result.findings
    text = message_text(finding, language, context_of(result, files, Hospital()))
    assert re.search(r"5|孩子本人|child", text.message), "the page that was blurred, by its file or its holder"
    assert finding.message == "户口本第1页看不清。", "what the parent read then stays"


@pytest.mark.parametrize(
    ("language", "message"),
    [
        pytest.param(Language.ZH_HANS, "户口本孩子本人页姓名处模糊，看不清。", id="simplified"),
        pytest.param(Language.ZH_HANT, "戶口簿孩子本人頁姓名處模糊，看不清。", id="traditional"),
        pytest.param(Language.EN, "The name on the child's page of the household register is blurred.", id="English"),
    ],
)
def test_every_language_names_page_holder_and_field(language: Language, message: str) -> None:
    place = Location(
        document=DocumentKind.HOUSEHOLD_REGISTER, file="3.jpg", page_no=1, page_kind=MEMBER, field=Field.NAME, box=BOX
    )
    context = MessageContext(PHOTOS, Decision.RETURNED, Hospital())
    blurred = found(Code.REGISTER_ILLEGIBLE, Reason.BLUR, place)
    assert message_text(blurred, language, context).message == message


@pytest.mark.parametrize(
    ("document", "field", "words"),
    [
        (DocumentKind.ID_CARD, Field.VALID_UNTIL, "有效期限处"),
        (DocumentKind.BIRTH_CERTIFICATE, Field.BIRTH_PLACE, "出生地点处"),
        (DocumentKind.HOUSEHOLD_REGISTER, Field.BIRTH_PLACE, "出生地处"),
    ],
)
def test_a_field_has_the_label_that_the_document_prints(document: DocumentKind, field: Field, words: str) -> None:
    place = Location(document=document, file="9.jpg", page_no=1, field=field)
    (told,) = worded((found(Code.ILLEGIBLE, Reason.BLUR, place),), PHOTOS, Hospital())
    assert words in told.message


@pytest.mark.parametrize(
    ("code", "reason", "entered", "read", "words"),
    [
        pytest.param(
            Code.NAME_DIFFERS, Reason.DIFFERENT, "欧阳靖", "欧阳静",
            "第3个字您填写的是“靖”，证件上是“静”。", id="a character",
        ),
        pytest.param(
            Code.NAME_DIFFERS, Reason.DIFFERENT, "阿依·买提", "阿依·买堤", "第4个字您填写的是“提”，证件上是“堤”。",
            id="a dot is no character",
        ),
        pytest.param(
            Code.NAME_DIFFERS, Reason.LENGTH, "林雨", "林小雨", "有2个字，户口本孩子本人页上有3个字。", id="a length"
        ),
        pytest.param(Code.NAME_DIFFERS, Reason.DIFFERENT, "{n}", "{m}", "您填写的是“n”，证件上是“m”。", id="braces"),
        pytest.param(Code.SEX_DIFFERS, Reason.ENTERED, "男", "女", "是“男”，户口本孩子本人页上是“女”。", id="a sex"),
        pytest.param(
            Code.BIRTH_DATE_DIFFERS, Reason.ENTERED, "2019-11-03", "2019-11-23T08:10",
            "是2019年11月3日，户口本孩子本人页上是2019年11月23日。", id="a day",
        ),
        pytest.param(
            Code.BIRTH_DATE_DIFFERS, Reason.ENTERED, "2019-11-03", "看不清", "出生日期与户口本孩子本人页不一致。",
            id="no day is quoted that is none",
        ),
        pytest.param(
            Code.SEX_DIFFERS, Reason.ENTERED, "男", None, "性别与户口本孩子本人页不一致。", id="nor what nobody read"
        ),
        pytest.param(
            Code.NUMBER_DIFFERS, Reason.ENTERED, "1", "2", "与户口本孩子本人页不一致。", id="numbers are not quoted"
        ),
    ],
)  # fmt: skip
def test_both_values_are_quoted(code: Code, reason: Reason, entered: str, read: str | None, words: str) -> None:
    place = Location(document=DocumentKind.HOUSEHOLD_REGISTER, file="3.jpg", page_no=1, page_kind=MEMBER, box=BOX)
    (told,) = worded((found(code, reason, place, Evidence(read=read, entered=entered)),), PHOTOS, Hospital())
    assert told.message.endswith(words)


@every
def test_without_quoting_no_value_is_told(code: Code, reason: Reason, severity: Severity) -> None:
    context = MessageContext(LONGEST, DECIDED[severity][0], Hospital())
    for language in Language:
        text = message_text(finding(code, reason, severity), language, context, quoting=False)
        assert not re.search("靖|静|2019", text.message + text.next_step)


@pytest.mark.parametrize("language", [Language.ZH_HANT, Language.EN])
def test_a_name_is_quoted_as_it_is_and_never_converted(language: Language) -> None:
    context = MessageContext(LONGEST, Decision.RETURNED, Hospital())
    text = message_text(finding(Code.NAME_DIFFERS, Reason.DIFFERENT, Severity.REJECT), language, context)
    assert {"靖", "静"} <= set(text.message)


@pytest.mark.parametrize("language", Language)
def test_the_names_of_files_are_not_repeated(language: Language) -> None:
    file = "李雷的身份证.heic"
    context = MessageContext(Upload([file]), Decision.RETURNED, Hospital())
    text = message_text(found(Code.BAD_FILE, Reason.HEIC, Location(file=file)), language, context)
    assert "李雷" not in text.message
    assert "1" in text.message


def _refused(code: Code, reason: Reason, times: int = 1) -> list[Finding]:
    return [found(code, reason, Location(file=f"{number}.jpg")) for number in range(times)]


@pytest.mark.parametrize(
    ("findings", "notice"),
    [
        pytest.param([], "您为孩子提交的建档资料已审核通过，无需再提交。请打开APP查看就诊卡。", id="accepted"),
        pytest.param(
            _refused(Code.ILLEGIBLE, Reason.BLUR, 2) + _refused(Code.COPY, Reason.SCREEN),
            "您提交的建档资料有2项需要补充，请打开APP查看并重新提交。咨询：工作日8:30至17:00。",
            id="returned, with what is to be done",
        ),
        pytest.param(
            _refused(Code.COPY, Reason.SCREEN),
            "您提交的建档资料已转人工审核（工作日8:30至17:00），请留意APP通知，暂时不用再提交。",
            id="review",
        ),
        pytest.param(
            _refused(Code.CHILD_EXISTS, Reason.ID_NUMBER),
            "您提交的建档资料需要核对，请打开APP查看办理方法。咨询：医院信息科，工作日8:30至17:00。",
            id="nothing but 4005",
        ),
        pytest.param(
            _refused(Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE, 2),
            "您上传的资料没有传完，请重启APP并保持联网，然后重新提交。",
            id="nothing but 1001",
        ),
        pytest.param(
            _refused(Code.CHILD_EXISTS, Reason.ID_NUMBER) + _refused(Code.ILLEGIBLE, Reason.BLUR),
            "您提交的建档资料有2项需要补充，请打开APP查看并重新提交。咨询：工作日8:30至17:00。",
            id="4005 and more",
        ),
    ],
)
def test_a_notice_tells_the_whole_result_in_one_short_text(findings: list[Finding], notice: str) -> None:
    assert notice_text(findings, Language.ZH_HANS, Hospital()) == f"【××儿童医院】{notice}"
    assert notice_text(findings, Language.ZH_HANS, Hospital(name="")) == notice
    for language in CHINESE:
        assert len(notice_text(findings, language, Hospital())) <= NOTICE_LENGTH


def test_under_a_long_name_a_notice_leaves_out_the_hours() -> None:
    hospital = Hospital(name="样本大学附属样本市儿童医院")
    notice = notice_text(_refused(Code.ILLEGIBLE, Reason.BLUR), Language.ZH_HANS, hospital)
    assert notice == "【样本大学附属样本市儿童医院】您提交的建档资料有1项需要补充，请打开APP查看并重新提交。"


@pytest.mark.parametrize(
    ("hospital", "language", "words"),
    [
        pytest.param(Hospital(), Language.EN, "the scanner in Hall 3 of the hospital", id="built-in, in English"),
        pytest.param(Hospital(), Language.ZH_HANT, "醫院3號廳", id="built-in, in traditional characters"),
        pytest.param(Hospital(scanner="门诊楼一层"), Language.ZH_HANS, "门诊楼一层", id="the hospital's"),
        pytest.param(
            Hospital(scanner="门诊楼一层"), Language.EN, "scanner in 门诊楼一层", id="never a place of another hospital"
        ),
        pytest.param(
            Hospital(scanner="门诊楼一层", en=HospitalFacts(scanner="the ground floor")), Language.EN,
            "the scanner in the ground floor", id="the hospital's English",
        ),
    ],
)  # fmt: skip
def test_the_facts_are_the_hospitals_in_every_language(hospital: Hospital, language: Language, words: str) -> None:
    context = MessageContext(LONGEST, Decision.RETURNED, hospital)
    blurred = finding(Code.REGISTER_ILLEGIBLE, Reason.BLUR, Severity.REJECT)
    assert words in message_text(blurred, language, context).next_step


def test_a_telephone_is_told_wherever_parents_are_sent_to_staff() -> None:
    context = MessageContext(LONGEST, Decision.RETURNED, Hospital(telephone="010-00000000"))
    told = finding(Code.NAME_DIFFERS, Reason.DIFFERENT, Severity.REJECT)
    assert "电话010-00000000，工作日8:30至17:00" in message_text(told, Language.ZH_HANS, context).next_step


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"scanner": "3号厅\n右手边"}, id="a line break"),
        pytest.param({"office": "{contact}"}, id="a placeholder"),
        pytest.param({"name": "样本【儿童】医院"}, id="brackets of a signature"),
        pytest.param({"hours": ""}, id="nothing"),
        pytest.param({"telephone": "0" * 21}, id="more than a telephone number"),
        pytest.param({"en": {"office": "a\tb"}}, id="a tabulator, in English"),
        pytest.param({"name": "样本\u202e儿童医院"}, id="a turned direction"),
        pytest.param({"name": "样本\u200b儿童医院"}, id="a space without width"),
        pytest.param({"scanner": "3号厅\x85右手边"}, id="a line break of another system"),
    ],
)
def test_a_fact_that_would_break_a_message_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(facts))):
        Hospital.model_validate(facts)


@pytest.mark.parametrize(
    ("hospital", "wrong"),
    [
        pytest.param(Hospital(), False, id="the built-in facts"),
        pytest.param(Hospital(telephone="010-00000000"), False, id="with a telephone"),
        pytest.param(Hospital(hours="周一至周五上午8:30至12:00、下午13:30至17:00"), True, id="hours that fill a page"),
        pytest.param(Hospital(name="样本" * 15), True, id="a signature that leaves no room"),
    ],
)
def test_facts_that_make_a_sentence_too_long_are_named(hospital: Hospital, wrong: bool) -> None:
    assert bool(list(too_long(hospital))) is wrong
