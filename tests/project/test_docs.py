"""Words that cannot lie: what the documentation says is held against the code."""

import re
from pathlib import Path
from typing import Final

import pytest

from cli.codes import page
from cli.main import app
from models.errors import ExitCode
from models.findings import Code

README = Path("README.md").read_text("utf-8")
DOCUMENTS: Final = sorted(
    (*map(Path, ("README.md", "CONTRIBUTING.md")), *Path("docs").glob("*.md"), *Path("docs/adr").glob("*.md"))
)
ROOMS: Final = "models|pipeline|service|flows|web|cli|fixtures|bench|tests|deploy|docs"
_IN_A_ROOM: Final = re.compile(rf"(?<![\w/.-])(?:{ROOMS})/(?:[\w.-]+/)*(?:[\w-]+(?:\.[\w-]+)+)?")
_MODULE: Final = re.compile(r"(?<![\w/.-])(?:[\w-]+/)*\w+\.py\b")


def test_the_page_of_codes_is_the_catalogue() -> None:
    assert Path("docs/codes.md").read_text("utf-8") == page(), "run make docs"


def test_the_readme_names_every_command() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    commands |= {group.name for group in app.registered_groups if group.name}
    named = set(re.findall(r"^intake (\w+)", README, re.MULTILINE))
    assert named >= commands


@pytest.mark.parametrize("code", [pytest.param(code, id=code.name.lower().replace("_", " ")) for code in Code])
def test_the_readme_names_every_code(code: Code) -> None:
    assert code.value in README


def test_the_readme_lists_every_exit_code() -> None:
    told = re.search(r"Exit codes: (.*?)\n\n", README, re.DOTALL)
    assert told
    assert {int(number) for number in re.findall(r"\b(\d+) ", told[1])} == {int(code) for code in ExitCode}


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_the_readme_links_to_what_is_there(link: str) -> None:
    assert Path(link).exists()


def test_every_target_that_the_documents_name_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", Path("Makefile").read_text("utf-8"), re.MULTILINE))
    texts = [README, Path("CONTRIBUTING.md").read_text("utf-8")]
    assert {name for text in texts for name in re.findall(r"make ([a-z-]+)", text)} <= targets


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
    assert sorted(path for path in paths if not Path(path).exists()) == []


@pytest.mark.parametrize("document", [pytest.param(path, id=str(path)) for path in DOCUMENTS])
def test_every_module_that_a_document_names_without_its_room_exists(document: Path) -> None:
    modules = {path.name for room in ROOMS.split("|") for path in Path(room).rglob("*.py")}
    named = {name for name in _MODULE.findall(document.read_text("utf-8")) if "/" not in name}
    assert sorted(named - modules) == []
