"""What the documents say is held against the code: generated pages, paths, module names, cited pages; and the locks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

import bench.published
import cli.codes
from cli.reference import commands_page, configuration_page
from tests.support.pages import PAGES, blocks

DOCUMENTS: Final = [page for page in PAGES if page not in {Path("CHANGELOG.md"), Path("docs/develop/moved-files.md")}]
ROOMS: Final = "models|pipeline|service|flows|web|cli|fixtures|bench|tests|deploy|docs"
_IN_A_ROOM: Final = re.compile(rf"(?<![\w/.-])(?:{ROOMS})/(?:[\w.-]+/)*(?:[\w-]+(?:\.[\w-]+)+)?")
_MODULE: Final = re.compile(r"(?<![\w/.-])(?:[\w-]+/)*\w+\.py\b")
_CITED: Final = re.compile(r"(?:\.\./)*((?:[\w.-]+/)*[\w.-]*\w\.md)\b")


@pytest.mark.parametrize("room", [*ROOMS.split("|"), "."])
def test_no_page_is_cited_that_is_not_there(room: str) -> None:
    """A page is cited by its path, or by its end; papers outside of the repository are not cited."""
    endings = {".py", ".md", ".toml", ".yaml", ".txt", ".sh"}
    files = Path().glob("*") if room == "." else Path(room).rglob("*")
    cited = {
        f"{file} cites {name}": name
        for file in files
        if file.suffix in endings and file.is_file() and "vendor" not in file.parts
        for name in _CITED.findall(file.read_text("utf-8"))
    }
    there = {f"/{page}" for page in (*PAGES, *Path("tests").rglob("*.md"), *Path("fixtures").rglob("*.md"))}
    assert [where for where, name in cited.items() if not any(page.endswith(f"/{name}") for page in there)] == []


GENERATED: Final = [
    pytest.param("codes.md", cli.codes.page, id="codes"),
    pytest.param("commands.md", commands_page, id="commands"),
    pytest.param("configuration.md", configuration_page, id="configuration"),
    pytest.param("benchmarks.md", bench.published.page, id="benchmarks"),
]


@pytest.mark.parametrize(("name", "page"), GENERATED)
def test_a_generated_page_is_as_the_code_says(name: str, page: Callable[[], str]) -> None:
    assert Path("docs", name).read_text("utf-8") == page(), "run make docs"


@pytest.mark.parametrize("lock", ["deploy/requirements.lock", "deploy/requirements-dev.lock"])
def test_a_lock_has_hashes_and_names_no_index(lock: str) -> None:
    text = Path(lock).read_text("utf-8")
    assert "://" not in text
    assert "--hash=sha256:" in text
    assert not re.search(r"^(opencv-python|opencv-contrib-python)==.*(?<!never' \\)$", text, re.MULTILINE)


@pytest.mark.parametrize("document", [pytest.param(path, id=str(path)) for path in DOCUMENTS])
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    paths = {*_IN_A_ROOM.findall(text), *(name for name in _MODULE.findall(text) if "/" in name)}
    assert sorted(path for path in paths - _made(text) if not Path(path).exists()) == []


@pytest.mark.parametrize("document", [pytest.param(path, id=str(path)) for path in DOCUMENTS])
def test_every_module_that_a_document_names_without_its_room_exists(document: Path) -> None:
    modules = {path.name for room in ROOMS.split("|") for path in Path(room).rglob("*.py")}
    text = document.read_text("utf-8")
    named = {name for name in _MODULE.findall(text) if "/" not in name}
    assert sorted(named - modules - _made(text)) == []


def _made(text: str) -> set[str]:
    """The files that a guide has its reader make or change; tests/project/test_develop_guides.py follows it."""
    return {block.about for block in blocks(text)}
