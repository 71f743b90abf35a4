"""Every row of docs/testing names its tests, and pytest knows them."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.support.collected import COLLECTED

GROUPS: Final = (
    "pages", "quality", "ID number", "validity", "birth cert", "hukou", "names", "duplicates", "twins", "privacy",
)  # fmt: skip
HOSTILE: Final = ("A. Files", "B. Quality of pictures", "C. Pages and documents", "D. Values", "E. Duplicates")
OPERATION: Final = (
    "Data from spreadsheets and clocks", "Starting", "PostgreSQL, S3, paths", "Prefect", "People and floods",
    "Installation and watching", "Batches",
)  # fmt: skip
PAGES: Final = {"acceptance": GROUPS, "hostile": HOSTILE, "faults": ("Faults",), "operations": OPERATION}
BAD_INPUTS, FAULTS = 78, 42
LEFT_OUT: Final = "Not built yet"
_TEST: Final = re.compile(r"`(tests/[^`]+)`")
_ESCAPED: Final = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


class Row(NamedTuple):
    """A case of a group of a page, and the ids of its tests."""

    page: str
    group: str
    case: str
    tests: tuple[str, ...]


def _sections(page: str) -> dict[str, list[str]]:
    """The lines below each heading."""
    _, *parts = Path(f"docs/testing/{page}.md").read_text("utf-8").split("\n## ")
    return {title: lines for title, *lines in (part.splitlines() for part in parts)}


def _rows(page: str) -> Iterator[Row]:
    for group, lines in _sections(page).items():
        for line in [line for line in lines if line.startswith("|")][2:]:  # behind the head and its rule
            case, *_, tests = line.strip("|").split("|")
            yield Row(page, group, case.strip(), tuple(_TEST.findall(tests)))


ROWS: Final = tuple(row for page in PAGES for row in _rows(page))


@pytest.fixture(scope="module")
def collected(pytestconfig: pytest.Config) -> frozenset[str]:
    """Every test that a row may name: by its id, and as a table of tests.

    A run of the whole suite has collected them all, whatever it deselects; a run of a few files collects the others
    here, in a process of its own.
    """
    collected_here = pytestconfig.stash[COLLECTED]
    known = _names(collected_here)
    files = {one.partition("::")[0] for row in ROWS for one in row.tests if one not in known}
    if not (there := sorted(file for file in files if Path(file).is_file())):
        return known
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *there]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return known | _names(line for line in told.splitlines() if "::" in line)


def _names(ids: Iterable[str]) -> frozenset[str]:
    """Tests and tables; pytest escapes what is not ASCII, and we write it."""
    plain = {_plain(one) for one in ids}
    return frozenset(plain | {one.partition("[")[0] for one in plain})


def _plain(told: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int("".join(filter(None, found.groups())), 16)), told)


def test_every_test_that_a_row_names_is_there(collected: frozenset[str]) -> None:
    missing = [
        f"{row.page}, {row.group}, {row.case}: {one}" for row in ROWS for one in row.tests if one not in collected
    ]
    assert not missing, "\n".join(missing)


def test_every_row_names_a_test() -> None:
    assert not [f"{row.page}, {row.group}, {row.case}" for row in ROWS if not row.tests]


@pytest.mark.parametrize("page", PAGES)
def test_the_groups_are_those_of_the_report(page: str) -> None:
    assert tuple(_sections(page)) == (*PAGES[page], LEFT_OUT)


@pytest.mark.parametrize("group", [*GROUPS, *HOSTILE, "Faults", *OPERATION])
def test_a_group_has_rows(group: str) -> None:
    assert [row for row in ROWS if row.group == group]


def test_every_bad_input_has_its_row() -> None:
    assert [row.case for row in ROWS if row.page == "hostile"] == [str(number + 1) for number in range(BAD_INPUTS)]


def test_every_fault_has_its_row() -> None:
    assert [row.case for row in ROWS if row.page == "faults"] == [str(number + 1) for number in range(FAULTS)]


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_built_is_a_list_and_no_table(page: str) -> None:
    told = [line for line in _sections(page)[LEFT_OUT] if line]
    assert all(line.startswith("- ") and ": " in line for line in told)
