"""The guides of docs/develop, followed word for word in a copy of the tree.

A guide's `python PATH` block is a new file, a `diff PATH` block changes one, and the lines `python -m ...` of its `sh`
blocks, and `cp`, are run in the copy, in the order of the page. So a guide that has become wrong fails here.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.support.pages import Block, blocks

_MOST_FILES: Final = 3  # that a rule, a page kind or an engine touches besides tests, catalogue and generated files
_COPIED: Final = ("models", "pipeline", "service", "flows", "web", "cli", "tests", "pyproject.toml", "docs")
_LINKED: Final = ("fixtures", "bench", "deploy", "Makefile", "README.md")
_PROGRAMS: Final = {"python": sys.executable, "cp": "/bin/cp"}
_NOT_CODE: Final = ("tests/", "models/catalogue", "models/wordings", "models/reason_titles", "web/desk/words", "docs/")


class Guide(NamedTuple):
    """A guide: its page, and its blocks in order."""

    page: Path
    blocks: tuple[Block, ...]

    @property
    def touched(self) -> list[str]:
        """The files that it makes or changes, each once."""
        return list(dict.fromkeys(block.about for block in self.blocks if block.about))


def _guides() -> Iterator[Guide]:
    for page in sorted(Path("docs/develop").glob("add-*.md")):
        yield Guide(page, tuple(blocks(page.read_text("utf-8"))))


GUIDES: Final = tuple(_guides())
EACH: Final = pytest.mark.parametrize("guide", [pytest.param(guide, id=guide.page.stem) for guide in GUIDES])


@pytest.fixture
def copy() -> Iterator[Path]:
    """A copy of the tree; what no guide changes is linked. Not among pytest's files, where test data would be leaks."""
    with tempfile.TemporaryDirectory(prefix="guide-") as folder:
        yield _copied(Path(folder))


def _copied(tree: Path) -> Path:
    for name in _COPIED:
        source = Path(name)
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
        else:
            shutil.copy(source, tree / name)
    for name in _LINKED:
        (tree / name).symlink_to(Path(name).resolve())
    return tree


def _make(block: Block, tree: Path) -> None:
    file = tree / block.about
    assert not file.exists(), f"{block.about} exists already"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text, "utf-8")


def _change(block: Block, tree: Path) -> None:
    """Replace the lines of each hunk; the old ones must stand in the file exactly once."""
    file = tree / block.about
    text = f"\n{file.read_text('utf-8')}"  # so that every line begins behind one
    for hunk in block.text.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        old, new = ("\n" + "".join(line[1:] for line in lines if line[0] in kept) for kept in (" -", " +"))
        assert text.count(old) == 1, f"{block.about} has these lines {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    file.write_text(text[1:], "utf-8")


def _run(line: str, tree: Path) -> None:
    words = shlex.split(line, comments=True)
    environment = {**os.environ, "PYTHONPATH": str(tree)}  # noqa: TID251 - for another process
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    done = subprocess.run(
        [_PROGRAMS[words[0]], *words[1:]], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@EACH
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_who_follows_a_guide_gets_what_it_promises(guide: Guide, copy: Path) -> None:
    for block in guide.blocks:
        if block.language == "diff":
            _change(block, copy)
        elif block.about:
            _make(block, copy)
        elif block.language == "sh":
            for line in block.text.splitlines():
                if "python -m " in line or line.startswith("cp "):
                    _run(line, copy)
    touched = [str(copy / name) for name in guide.touched if name.endswith(".py")]
    for check in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *check, "--no-cache", *touched]
        done = subprocess.run(ruff, cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@EACH
def test_a_guide_touches_few_files_and_runs_its_tests(guide: Guide) -> None:
    code = [name for name in guide.touched if not name.startswith(_NOT_CODE)]
    assert len(code) <= _MOST_FILES
    assert any("python -m pytest" in block.text for block in guide.blocks if block.language == "sh")


def test_there_is_a_guide_for_each() -> None:
    assert [guide.page.stem for guide in GUIDES] == [
        "add-a-language", "add-a-page-kind", "add-a-rule", "add-an-engine",
    ]  # fmt: skip
