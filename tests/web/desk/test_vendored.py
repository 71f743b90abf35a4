"""Programs of others are those that their table names, and what is served lies where the application looks for it."""

import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest

TABLE = Path("tests/support/vendor/README.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\S+)` \| npm `(\S+)` \| (\S+) \| \S+ \| `([0-9a-f]{64})` \|$", TABLE, re.MULTILINE)


@pytest.mark.parametrize(("file", "version", "digest"), [pytest.param(f, v, d, id=p) for f, p, v, d in ROWS])
def test_a_program_of_others_is_the_published_one(file: str, version: str, digest: str) -> None:
    data = Path(file).read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest
    assert version.encode() in data


def test_every_program_of_others_has_its_row() -> None:
    scripts = {str(path) for room in ("web", "tests/support/vendor") for path in Path(room).rglob("*.min.js")}
    assert scripts == {file for file, *_ in ROWS}


@pytest.mark.parametrize("name", ["htmx.min.js", "htmx.LICENSE.txt"])
def test_what_is_served_is_part_of_the_package(name: str) -> None:
    assert files("web").joinpath("desk", "static", name).is_file()
