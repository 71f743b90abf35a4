"""Every sentence that staff read, in both languages: one thing has one word, buttons are short, and no text is dead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from models.codes import Reason
from models.reason_titles import REASON_TITLES
from tests.support.chinese import NOT_SAID, faults
from web.desk.rendering import TEMPLATES, DeskLanguage, translator_for
from web.desk.shortcuts import SHORTCUTS

HERE: Final = Path("web/desk")
PAGES: Final = {path.name: path.read_text("utf-8") for path in TEMPLATES.glob("*.html")}
CODE: Final = {path: path.read_text("utf-8") for path in HERE.glob("*.py")}
CHINESE: Final = translator_for(DeskLanguage.ZH_HANS).texts
# Titles that parents read as well: their words are the catalogue's and the wordings', with tests of their own.
OF_PARENTS: Final = ("document.", "page.", "field.", "dashboard.page.")
OURS: Final = {key: text for key, text in CHINESE.items() if not key.startswith(OF_PARENTS)}
LONGEST_BUTTON: Final = {DeskLanguage.ZH_HANS: 10, DeskLanguage.EN: 34}  # characters, without the key
LONGEST_REASON: Final = 12
NOT_ENGLISH: Final = r"\b(blind|machine|engine|operator|somebody|mistyped|mended|is told|of the register)\b"
# Where sentences for operators stand in the code, in Prefect and in the terminal.
STAFF: Final = [*Path("flows").rglob("*.py"), *Path("cli").glob("*.py"), *Path("pipeline/review").glob("*.py")]


def literals(path: Path) -> Iterator[str]:
    """Texts with Chinese in a file, docstrings as well: Prefect's forms show those of flows."""
    texts = (node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant))
    return (text for text in texts if isinstance(text, str) and re.search(r"[\u4e00-\u9fff]", text))


def buttons() -> Iterator[str]:
    """The keys of texts on buttons."""
    for page in PAGES.values():
        for inside in re.findall(r"<button\b[^>]*>(.*?)</button>", page, flags=re.DOTALL):
            yield from re.findall(r'\b_\("([^"~]+)"\)', inside)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("案件已由机器读出", 3, id="words of another thing"),
        pytest.param("文件{file} 第{page}页", 1, id="a space beside a number"),
        pytest.param("请核对:再提交(一次)", 3, id="half-width punctuation"),
        pytest.param("请核对身份证号码和出生医学证明编号，内容超过64 KB。", 0, id="what may be said"),
    ],
)
def test_this_test_sees_what_it_looks_for(text: str, count: int) -> None:
    assert len(list(faults(text))) == count


def test_every_chinese_sentence_of_the_desk_keeps_to_its_terms() -> None:
    assert {key: found for key, text in OURS.items() if (found := list(faults(text)))} == {}


def test_every_english_sentence_of_the_desk_keeps_to_its_terms() -> None:
    texts = translator_for(DeskLanguage.EN).texts
    assert {key: text for key, text in texts.items() if re.search(NOT_ENGLISH, text, re.IGNORECASE)} == {}


@pytest.mark.parametrize("path", [path for path in STAFF if list(literals(path))], ids=str)
def test_what_operators_read_keeps_to_the_same_terms(path: Path) -> None:
    terms = "|".join(NOT_SAID)
    assert [text for text in literals(path) if re.search(terms, text)] == []


@pytest.mark.parametrize("language", DeskLanguage)
def test_a_button_is_short(language: DeskLanguage) -> None:
    keys = set(buttons())
    assert {"outcome.accept", "queue.put_first", "case.reopen", "tools.contrast"} <= keys
    words = translator_for(language)
    assert {key: words.texts[key] for key in keys if len(words.texts[key]) > LONGEST_BUTTON[language]} == {}


@pytest.mark.parametrize("language", DeskLanguage)
def test_a_text_is_a_sentence_or_a_title(language: DeskLanguage) -> None:
    ends = {DeskLanguage.ZH_HANS: "。", DeskLanguage.EN: "."}[language]
    texts = translator_for(language).texts
    sentences = {key for key in texts if re.match(r"(problem|refusal)\..*\.text$|stumble\.", key)}
    assert {key for key in sentences if not texts[key].endswith(ends)} == set()


def test_every_reason_has_a_short_title() -> None:
    assert set(REASON_TITLES) == set(Reason)
    assert [title for title in REASON_TITLES.values() if len(title) > LONGEST_REASON] == []


def test_no_text_is_dead() -> None:
    """A text is named whole, or by a beginning that code completes."""
    everything = "".join(
        (*PAGES.values(), *CODE.values(), Path("pipeline/batches/change_titles.py").read_text("utf-8"))
    )
    named = set(re.findall(r'"([a-z_]+(?:\.[\w-]+)+)"', everything))
    begun = {begin for begin in re.findall(r'"([a-z_]+\.(?:[\w.]+[._])?)"? ?[~{]', everything) if begin}
    begun |= {begin for begin in re.findall(r"['\"]([a-z_]+\.(?:\w+\.)*\w*){", everything)}
    dead = [key for key in CHINESE if key not in named and not any(key.startswith(begin) for begin in begun)]
    assert dead == []


def test_the_help_lists_every_key_of_the_page() -> None:
    page = PAGES["case.html"] + PAGES["case_parts.html"]
    used = set(re.findall(r'data-(?:key|digit)="(.)"', page))
    listed = {key.lower() for one in SHORTCUTS for key in one.pressed}
    assert used <= listed
    assert {f"keys.does.{one.does}" for one in SHORTCUTS} == {key for key in CHINESE if key.startswith("keys.does.")}
