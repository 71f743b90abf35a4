"""What the desk's pages are made of: nothing that the strict policy would stop, and every word in two languages."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from models.review import Role
from tests.support.desk import Desk, desk, ledger
from web.desk.app import STATIC
from web.desk.guard import NAVIGATION
from web.desk.rendering import TEMPLATES, DeskLanguage, UnknownWordsError, environment, translator_for
from web.desk.request_context import ErrorKind

__all__ = ["desk", "ledger"]  # fixtures

TEXTS: Final = {path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")}
ADDRESSES: Final = {"href", "src", "action", "formaction", "poster", "data", "hx-get", "hx-post", "hx-push-url"}
ONE_TAG: Final = {"script", "style", "iframe", "object", "embed", "base"}
EVERYTHING: Final = [pytest.param(name, id=name) for name in sorted(TEXTS)]


class Tags(HTMLParser):
    """Everything that a page says to a browser."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inside: list[str] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in ONE_TAG and data.strip():
            self.inside.append(data)


def bare(template: str) -> str:
    """A template as HTML: a path of ours is `/ours`, any other value a word."""
    without = re.sub(r"{%.*?%}|{#.*?#}", "", template, flags=re.DOTALL)
    return re.sub(r"{{.*?}}", "word", re.sub(r"{{ path\(.*?}}", "/ours", without), flags=re.DOTALL)


def problems(text: str) -> list[str]:
    """What the policy would stop, or what leads elsewhere."""
    page, found = Tags(text), []
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            if name == "style" or name.startswith(("on", "hx-on")) or value.startswith(("js:", "javascript:")):
                found.append(f"{tag} {name}")
            if name in ADDRESSES and not re.match(r"(/(?!/)|#|\?)", value):
                found.append(f"{tag} {name}={value}")
        if tag in ONE_TAG and (tag != "script" or "src" not in attributes):
            found.append(tag)
    return found + page.inside


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param('<p style="color: red">', 1, id="a style"),
        pytest.param("<style>p {}</style>", 2, id="a sheet within the page"),
        pytest.param('<script src="/static/a.js">1</script>', 1, id="a script within the page"),
        pytest.param('<a href="https://a.example">', 1, id="elsewhere"),
        pytest.param('<a href="//a.example">', 1, id="elsewhere by the same scheme"),
        pytest.param('<button onclick="x()">', 1, id="a handler"),
        pytest.param('<p hx-on:click="x()">', 1, id="a handler of htmx"),
        pytest.param('<p hx-vals="js:{a: 1}">', 1, id="a script of htmx"),
        pytest.param('<a href="/queue"><script src="/static/a.js" defer></script>', 0, id="what may be"),
    ],
)
def test_this_test_sees_what_it_looks_for(text: str, count: int) -> None:
    assert len(problems(text)) == count


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_template_says_nothing_that_the_policy_would_stop(name: str) -> None:
    assert problems(bare(TEXTS[name])) == []
    assert "|safe" not in TEXTS[name].replace(" ", "")
    assert "autoescape" not in TEXTS[name]


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_word_that_a_template_uses_is_there(name: str) -> None:
    keys = set(translator_for(DeskLanguage.EN).texts)
    assert set(re.findall(r'\b_\("([^"]+)"[,)]', TEXTS[name])) <= keys
    for prefix in re.findall(r'\b_\("([^"]+)" ~', TEXTS[name]):
        assert any(key.startswith(prefix) for key in keys), prefix


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_template_has_no_words_of_its_own(name: str) -> None:
    named = re.sub(r"<kbd>.</kbd>", "", TEXTS[name])  # keys are called so in every language
    text = re.sub(r"<[^>]*>", "", bare(re.sub(r"{{.*?}}", "", named, flags=re.DOTALL)))
    assert re.findall(r"\w+", text) == []


def test_both_languages_have_the_same_words() -> None:
    first, second = (translator_for(language).texts for language in DeskLanguage)
    assert set(first) == set(second)
    for key, text in first.items():
        assert text.strip(), key
        assert re.findall(r"{(\w+)}", text) == sorted(re.findall(r"{(\w+)}", second[key]), key=text.index), key


def test_whatever_has_a_name_has_words() -> None:
    keys = set(translator_for(DeskLanguage.EN).texts)
    assert {f"role.{role.value}" for role in Role} <= keys
    assert {f"nav.{name}" for name in NAVIGATION} <= keys
    assert {f"language.{language.value}" for language in DeskLanguage} <= keys
    assert {f"problem.{why.value}.{part}" for why in ErrorKind for part in ("title", "text")} <= keys


def test_words_that_are_not_there_stop_the_page() -> None:
    with pytest.raises(UnknownWordsError, match=r"en: login\.titel"):
        translator_for(DeskLanguage.EN)("login.titel")


def test_values_are_escaped_and_nothing_hands_on_what_is_not() -> None:
    made = environment().from_string('{{ value }} <a title="{{ value }}">')
    assert "<script" not in made.render(value='"><script>')
    assert {"safe", "tojson", "urlize", "xmlattr", "forceescape"} & set(environment().filters) == set()


@pytest.mark.parametrize(
    "name", sorted({found for text in TEXTS.values() for found in re.findall(r'file="([^"]+)"', text)})
)
def test_every_file_that_a_template_names_is_there(name: str) -> None:
    assert (STATIC / name).is_file()


@pytest.mark.parametrize("name", ["desk.css", "desk.js", "case.js"])
def test_our_files_lead_nowhere_else(name: str) -> None:
    text = (STATIC / name).read_text("utf-8")
    assert not re.search(r"https?:|@import|url\(|\beval\b|innerHTML|new Function|\.style\b", text)


@pytest.mark.parametrize("language", list(DeskLanguage))
@pytest.mark.parametrize("role", [None, *Role])
def test_whole_pages_say_nothing_that_the_policy_would_stop(
    desk: Desk, language: DeskLanguage, role: Role | None
) -> None:
    browser = desk.signed_in(role)
    browser.cookies.set("desk-language", language.value)
    for path in ("/login", "/queue", "/dashboard", "/nowhere", "/login?over=1"):
        answer = browser.get(path)
        if answer.status_code == 303:
            continue
        page = Tags(answer.text)
        assert problems(answer.text) == []
        assert f'<html lang="{language.value}">' in answer.text
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        fields = {
            attributes["id"] for tag, attributes in page.tags if tag == "input" and attributes["type"] != "hidden"
        }
        assert fields <= {attributes["for"] for tag, attributes in page.tags if tag == "label"}
        assert sum(tag == "h1" for tag, _ in page.tags) == 1


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        pytest.param("", "", "zh-Hans", id="nothing said"),
        pytest.param("", "en-GB,en;q=0.9", "en", id="English asked for"),
        pytest.param("", "de", "en", id="a language that we do not have"),
        pytest.param("", "en-GB,en;q=0.9,zh-CN;q=0.1", "zh-Hans", id="Chinese read as well"),
        pytest.param("", "*", "zh-Hans", id="any"),
        pytest.param("en", "zh-CN", "en", id="English chosen"),
        pytest.param("zh-Hans", "en", "zh-Hans", id="Chinese chosen"),
        pytest.param("tlh", "en", "en", id="a choice that is none"),
    ],
)
def test_in_which_language_a_page_is(desk: Desk, cookie: str, header: str, language: str) -> None:
    browser = desk.browser(headers={"Accept-Language": header})
    if cookie:
        browser.cookies.set("desk-language", cookie)
    assert f'<html lang="{language}">' in browser.get("/login").text


def test_the_switch_is_kept_and_leads_back(desk: Desk) -> None:
    browser = desk.signed_in(Role.REVIEWER)
    to = re.search(r'href="(/language/en\?next=[^"]+)"', browser.get("/queue?page=2").text)
    assert to
    answer = browser.get(to[1])
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?page=2")
    assert {"HttpOnly", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
    assert "Sign out" in browser.get("/queue").text
    assert browser.get("/language/tlh").status_code == 404


@pytest.mark.parametrize(
    "name", ["../words/en.yaml", "..%2fwords%2fen.yaml", "htmx.LICENSE.txt", "nothing.css", "%00", "desk.css/"]
)
def test_nothing_else_is_handed_out(desk: Desk, name: str) -> None:
    assert desk.browser().get(f"/static/{name}").status_code == 404


def test_a_file_that_did_not_change_is_not_sent_again(desk: Desk) -> None:
    browser = desk.browser()
    tag = browser.get("/static/desk.css").headers["etag"]
    again = browser.get("/static/desk.css", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_the_folder_of_words_holds_the_languages_and_no_more() -> None:
    folder = Path("web/desk/words")
    assert {path.stem for path in folder.iterdir()} == {language.value for language in DeskLanguage}
