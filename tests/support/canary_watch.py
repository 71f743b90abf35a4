"""A pytest plug-in that searches the suite's logs and files for personal data of its synthetic people.

It checks log records as they are written, and files at the end. Personal data may be in ledgers, in stores, and in
input files of tests. Anywhere else (a log, Prefect's files, metrics, a temporary file) it is a leak, and the run fails.
"""

import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.dossiers import CHILD, GUARDIAN

_OURS: Final = ("flows", "pipeline", "cli", "models")
_LEAKS: Final = "leaks"  # in what a process of pytest-xdist hands over
_LONGEST: Final = 64 * 1024 * 1024  # bytes of a file that are searched; the suite's files are smaller
_NAMES: Final = (CHILD.name, GUARDIAN.name, "欧阳靖瑶")
_NUMBERS: Final = ("11019920191123", "11019919880101", "T110000000", "13800000000")
# Path parts, below pytest's folder, of files that may hold personal data.
_THEIR_PLACE: Final = (
    *("store", "uploads", "inbox", "ledger", "submission.json", ".csv", ".jpg", ".pdf", "samples"),
    *("seeds", "corpus-"),  # of the fuzzer
    "evaluation-set",  # an operator's export of corrections
)
_TEMPORARY: Final = (
    "tmp",
    "intake",
    "sweep-",
)  # prefixes of temporary files of Python and the product; other programs write there, too


def canaries() -> tuple[bytes, ...]:
    """The searched bytes: as UTF-8, and as JSON escapes them."""
    words = (*_NAMES, *_NUMBERS)
    return tuple({form.encode() for word in words for form in (word, json.dumps(word)[1:-1])})


class CanaryWatch(logging.Handler):
    """Collects leaks in the product's log records and, at the end, in files."""

    def __init__(self, session: pytest.Session) -> None:
        super().__init__()
        self._session = session
        self._canaries = canaries()
        self._before = frozenset(Path(tempfile.gettempdir()).iterdir())
        self.test = ""
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Search a record with all its fields."""
        if record.name.split(".")[0] in _OURS and self._holds(repr(record.__dict__).encode()):
            self.leaks.append(f"log of {record.name}, line {record.lineno}, in {self.test}")

    def look_at_files(self, folder: Path) -> None:
        """Search the files below pytest's folder, and new temporary files beside it."""
        new = (path for path in Path(tempfile.gettempdir()).iterdir() if path not in self._before)
        for root in (folder, *(path for path in new if path.name.startswith(_TEMPORARY))):
            self.leaks.extend(f"file {path}" for path in _files(root) if self._holds(path.read_bytes()))

    def _holds(self, data: bytes) -> bool:
        return any(canary in data for canary in self._canaries)


def _files(root: Path) -> Iterator[Path]:
    for path in (root, *root.rglob("*")) if root.is_dir() else (root,):
        try:
            wanted = path.is_file() and not path.is_symlink() and path.stat().st_size <= _LONGEST
        except OSError:  # deleted meanwhile, or not readable
            continue
        if wanted and not any(place in part for part in path.relative_to(root.parent).parts for place in _THEIR_PLACE):
            yield path


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start to listen to log records."""
    watch = CanaryWatch(session)
    session.config.pluginmanager.register(watch, "canary-watch")
    logging.getLogger().addHandler(watch)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember the current test, for reports."""
    _watch(item.config).test = item.nodeid


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Search the files before pytest deletes them; any leak fails the run."""
    watch = _watch(session.config)
    logging.getLogger().removeHandler(watch)
    told: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if told is not None:  # a process of pytest-xdist, whose files lie below those of the process that started it
        told[_LEAKS] = watch.leaks
        return
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is not None:
        watch.look_at_files(factory.getbasetemp())
    if watch.leaks and exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over the leaks that a process of pytest-xdist found in its logs."""
    _watch(node.config).leaks.extend(getattr(node, "workeroutput", {}).get(_LEAKS, ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the leaks."""
    leaks = _watch(terminalreporter.config).leaks
    if leaks:
        terminalreporter.section("people of the tests were found where they must not be")
        for leak in leaks:
            terminalreporter.line(leak)


def _watch(config: pytest.Config) -> CanaryWatch:
    watch = config.pluginmanager.get_plugin("canary-watch")
    assert isinstance(watch, CanaryWatch)
    return watch
