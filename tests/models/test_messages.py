"""Every finding in every language: whole, short, and with its place and values in it."""

import re
from collections.abc import Iterator

import pytest

from models.codes import Code, Reason, Severity
from models.documents import DocumentKind, Field, PageKind
from models.findings import CATALOGUE, Evidence, Finding, Location, found
from models.messages import Language, message_text, wordings

_LONGEST = Location(
    document=DocumentKind.HOUSEHOLD_REGISTER, file="hukou.pdf", page_no=12, page_kind=PageKind.HUKOU_MEMBER,
    field=Field.ID_NUMBER, role="孩子本人页",
)  # fmt: skip
_EVIDENCE = Evidence(read="欧阳静", entered="欧阳靖", detail="第3个字您填写的是“靖”，证件上是“静”")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SHORT = 60  # characters of Chinese that a parent reads on a phone
_EVERY = pytest.mark.parametrize(("code", "reason"), CATALOGUE, ids=str)


def finding(code: Code, reason: Reason, place: Location = _LONGEST) -> Finding:
    return found(code, reason, place, _EVIDENCE)


def _said(code: Code, reason: Reason) -> Iterator[str]:
    for language in Language:
        yield from message_text(finding(code, reason), language)


@_EVERY
def test_messages_are_whole_sentences_without_a_place_left_empty(code: Code, reason: Reason) -> None:
    for text in _said(code, reason):
        assert text[-1] in "。."
        assert not re.search(r"[{}]|  |None|“”|「」", text)


@_EVERY
def test_chinese_messages_fit_a_phone(code: Code, reason: Reason) -> None:
    for language in (Language.ZH_HANS, Language.ZH_HANT):
        assert all(len(text) <= _SHORT for text in message_text(finding(code, reason), language))


@_EVERY
def test_english_is_english_but_for_the_values(code: Code, reason: Reason) -> None:
    words = message_text(finding(code, reason), Language.EN)
    assert not _HAN.search(words.message.replace("欧阳静", "").replace("欧阳靖", "") + words.next_step)
    assert words.message[0].isupper()


@_EVERY
def test_a_finding_that_points_nowhere_still_says_something(code: Code, reason: Reason) -> None:
    for language in Language:
        words = message_text(found(code, reason, Location(), Evidence(detail="a.jpg")), language)
        assert words.message.strip("。. ")


@pytest.mark.parametrize(
    ("language", "message"),
    [
        pytest.param(Language.ZH_HANS, "户口本第12页（孩子本人页）公民身份号码处看不清。", id="simplified"),
        pytest.param(Language.ZH_HANT, "戶口本第12頁（常住人口登記卡）公民身份號碼處看不清。", id="traditional"),
        pytest.param(
            Language.EN,
            "On page 12 of the household register (member page), the citizen identity number is blurred.",
            id="English",
        ),
    ],
)
def test_the_place_is_named(language: Language, message: str) -> None:
    assert message_text(finding(Code.REGISTER_ILLEGIBLE, Reason.BLUR), language).message == message


@pytest.mark.parametrize("language", [Language.ZH_HANT, Language.EN])
def test_a_name_that_differs_is_quoted_as_it_is_and_never_converted(language: Language) -> None:
    message = message_text(finding(Code.NAME_DIFFERS, Reason.DIFFERENT), language).message
    assert "欧阳静" in message
    assert "欧阳靖" in message


@pytest.mark.parametrize("language", [Language.ZH_HANT, Language.EN])
def test_the_names_of_files_are_not_repeated(language: Language) -> None:
    place = Location(document=DocumentKind.ID_CARD, file="李雷的身份证.heic")
    assert "李雷" not in message_text(found(Code.BAD_FILE, Reason.HEIC, place), language).message


def test_4005_says_nothing_of_the_record_in_any_language() -> None:
    place = Location()
    for reason in (Reason.ID_NUMBER, Reason.BIRTH_CERTIFICATE_NUMBER):
        for language in Language:
            words = message_text(found(Code.CHILD_EXISTS, reason, place, severity=Severity.REJECT), language)
            assert "欧阳" not in words.message + words.next_step


def test_a_language_without_wordings_is_no_language() -> None:
    with pytest.raises(KeyError):
        wordings(Language.ZH_HANS)
