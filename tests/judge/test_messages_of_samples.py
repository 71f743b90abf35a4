"""What parents read about the committed samples, judged from their kept readings: places are found, steps fit."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import pytest

from fixtures import truth
from fixtures.readings import digest_of, kept_readings
from fixtures.truth import TruePage
from models.case import Case
from models.documents import DocumentKind, Field, PageKind
from models.findings import Code, Finding, Location, Reason, Severity, found
from models.hospital import Hospital
from models.languages import Language, wordings
from models.messages import NOTICE_LENGTH, PHONE_LENGTH, MessageContext, message_text, worded
from models.places import Upload
from models.result import Decision, Judgement, values_of
from models.submission import MANIFEST_NAME, GuardianRelation, Submission, parse_manifest
from pipeline.extract.extraction import extract_files
from pipeline.judge.case import judge
from pipeline.judge.dossier import Dossier, open_dossier
from tests.support.dossiers import READER
from tests.support.samples import known_children

NAMES: Final = truth.names()
KINDS: Final[Mapping[str, PageKind]] = {
    "身份证人像面": PageKind.ID_PORTRAIT,
    "身份证国徽面": PageKind.ID_EMBLEM,
    "户口本首页": PageKind.HUKOU_HOME,
    "户口本封面": PageKind.HUKOU_COVER,
    "户口本变更记载页": PageKind.HUKOU_CHANGES,
    "户口本注意事项页": PageKind.HUKOU_NOTICE,
    "户口本空白页": PageKind.HUKOU_BLANK,
    "出生医学证明": PageKind.BIRTH_CERTIFICATE,
    **dict.fromkeys(("孩子本人页", "父亲页", "母亲页", "户主登记卡"), PageKind.HUKOU_MEMBER),
}
HOLDERS: Final = ("孩子本人页", "父亲页", "母亲页", "户主登记卡")
_FILE: Final = re.compile(r"第(\d+)个文件")
_PAGE: Final = re.compile(r"第(\d+)页")
_TITLE: Final = re.compile(r"（(身份证|户口本|出生医学证明)）")


@cache
def judged(name: str) -> tuple[Dossier, Judgement]:
    """A sample from its kept readings; a file that did not arrive is told by nobody here."""
    submission = parse_manifest((truth.SAMPLES / name / MANIFEST_NAME).read_bytes())
    files = []
    for sent in submission.files:
        read = kept_readings()[digest_of(truth.SAMPLES / name / sent.path)]
        own = read.file.model_copy(update={"path": sent.path, "hint": sent.kind})
        files.append(read.model_copy(update={"file": own}))
    case = Case(
        submission=submission,
        revision=1,
        files=tuple(file.file for file in files),
        input_digest="0" * 64,
        arrived_at=submission.submitted_at,
    )
    dossier = open_dossier(case, extract_files(files), READER)
    return dossier, judge(dossier, known_children(), READER)


def upload_of(name: str) -> Upload:
    dossier, judgement = judged(name)
    return Upload([file.file.path for file in dossier.files], judgement.pages, judgement.fields)


def of_every_page(name: str) -> Iterator[Finding]:
    """A finding at every page of a sample, as a rule would point there."""
    for page in judged(name)[0].pages:
        yield found(Code.CONTRADICTION, Reason.AMENDED, page.place())


def places_meant(words: str, name: str) -> set[tuple[str, int]]:
    """The pages of the truth that a parent who reads these words may take for the one that is meant."""
    submission, pages = judged(name)[0].submission, truth.load(name).pages
    named = _TITLE.sub("", words)  # a document in brackets is only what the parent declared
    kinds = {kind for title, kind in KINDS.items() if title in named}
    pages = tuple(page for page in pages if not kinds or page.kind in kinds)
    if holder := next((holder for holder in HOLDERS if holder in named), None):
        pages = _held_by(holder, pages, submission)
    if number := _FILE.search(words):
        pages = tuple(page for page in pages if page.file == submission.files[int(number[1]) - 1].path)
    if number := _PAGE.search(words):
        pages = tuple(page for page in pages if page.page_no == int(number[1]))
    return {(page.file, page.page_no) for page in pages}


def _held_by(holder: str, pages: tuple[TruePage, ...], submission: Submission) -> tuple[TruePage, ...]:
    """Member pages by what is printed on them: a child of the typed name or day, a man or a woman, a head."""
    child, until = submission.child, submission.submitted_at.year - 18

    def printed(page: TruePage, field: Field) -> str:
        return next((one.value for one in page.fields if one.field is field), "")

    def alike(page: TruePage) -> int:
        return (printed(page, Field.NAME) == child.name) + (printed(page, Field.BIRTH_DATE) == str(child.birth_date))

    adults = tuple(page for page in pages if int(printed(page, Field.BIRTH_DATE)[:4]) < until)
    match holder:
        case "孩子本人页":
            best = max(map(alike, pages))
            return tuple(page for page in pages if alike(page) == best)
        case "户主登记卡":
            return tuple(page for page in pages if printed(page, Field.RELATION).startswith("户主"))
        case _:
            relation = {"父亲页": GuardianRelation.FATHER, "母亲页": GuardianRelation.MOTHER}[holder]
            if submission.guardian and submission.guardian.relation is relation:
                return tuple(page for page in adults if printed(page, Field.NAME) == submission.guardian.name)
            return tuple(
                page for page in adults if printed(page, Field.SEX) == {"父亲页": "男", "母亲页": "女"}[holder]
            )


@pytest.mark.parametrize("name", NAMES)
def test_every_page_of_a_sample_is_found_from_the_words_alone(name: str) -> None:
    told = worded(tuple(of_every_page(name)), upload_of(name), Hospital())
    unfound = {
        one.message: places_meant(one.message, name)
        for one in told
        if places_meant(one.message, name) != {(one.file, one.page_no)}
    }
    assert unfound == {}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", NAMES)
def test_no_two_pages_of_a_sample_have_one_name(name: str, language: Language) -> None:
    context = MessageContext(upload_of(name), Decision.REVIEW, Hospital())
    named: dict[str, set[tuple[str | None, int | None]]] = {}
    for one in of_every_page(name):
        named.setdefault(message_text(one, language, context).message, set()).add((one.file, one.page_no))
    assert [words for words, pages in named.items() if len(pages) > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_in_a_sample_is_told_so_that_it_can_be_done(name: str) -> None:
    _, judgement = judged(name)
    words = wordings(Language.ZH_HANS)
    assert 0 < len(judgement.notice) <= NOTICE_LENGTH
    assert not any(value.value in judgement.notice for value in values_of(judgement.fields) if len(value.value) > 1)
    for one in judgement.findings:
        assert 0 < len(one.message) <= PHONE_LENGTH
        assert 0 < len(one.next_step) <= PHONE_LENGTH
        assert one.next_step.startswith("您无需操作") is (
            one.severity is not Severity.REJECT and one.next_step != words.later
        )
        if one.page_no and any(title in one.message for title in (*KINDS, "个文件")):
            assert places_meant(one.message, name) == {(one.file, one.page_no)}


def test_a_location_without_a_page_is_told_without_one() -> None:
    place = Location(document=DocumentKind.HOUSEHOLD_REGISTER)
    (told,) = worded((found(Code.CONTRADICTION, Reason.AMENDED, place),), upload_of(NAMES[0]), Hospital())
    assert told.message.startswith("户口本有")
