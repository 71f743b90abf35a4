"""The plug-in that looks for people where they must not be finds them there, and not where they belong."""

import json
import logging
from pathlib import Path

import pytest

from tests.support.canary_watch import CanaryWatch, canaries

WORD = "nobody-of-the-tests"


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> CanaryWatch:
    made = CanaryWatch(request.session)
    made._canaries = (WORD.encode(),)  # or the watch over this very run would find what these tests leave
    return made


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        pytest.param("logs/worker.log", WORD, True, id="a log"),
        pytest.param("prefect/prefect.db-wal", f"\0\0{WORD}\0", True, id="Prefect's journal"),
        pytest.param("metrics.txt", f"a {WORD} 1", True, id="metrics"),
        pytest.param("store/objects/ab/abcd", WORD, False, id="the store"),
        pytest.param("ledger.db", WORD, False, id="the ledger"),
        pytest.param("sub/submission.json", WORD, False, id="a manifest"),
        pytest.param("logs/worker.log", "nobody", False, id="a log without anybody"),
    ],
)
def test_files(watch: CanaryWatch, tmp_path: Path, name: str, text: str, found: bool) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    watch.look_at_files(tmp_path)
    assert [leak for leak in watch.leaks if str(tmp_path) in leak] == [f"file {file}"] * found


@pytest.mark.parametrize(
    ("logger", "message", "extra", "found"),
    [
        pytest.param("flows.intake", f"case of {WORD}", {}, True, id="in the words"),
        pytest.param("pipeline.cases.steps", "case", {"name_of": WORD}, True, id="in a field"),
        pytest.param("flows.intake", "case", {"item_id": "0" * 32}, False, id="an id"),
        pytest.param("urllib3", WORD, {}, False, id="not ours"),
    ],
)
def test_logs(watch: CanaryWatch, logger: str, message: str, extra: dict[str, str], found: bool) -> None:
    watch.emit(logging.getLogger(logger).makeRecord(logger, logging.INFO, "f", 1, message, (), None, extra=extra))
    assert len(watch.leaks) == found


def test_names_are_sought_as_json_escapes_them_too() -> None:
    assert {"欧阳靖萱".encode(), json.dumps("欧阳靖萱")[1:-1].encode()} <= set(canaries())
