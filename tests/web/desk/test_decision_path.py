"""How many files a reviewer's decision passes through, from the HTTP server to the row in the database."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
import pytest
from sqlalchemy import Engine, event

import web
from tests.support.hospital import Hospital, form_of, hospital, staffed
from tests.support.lying import laid
from tests.web.desk.test_decisions import ACCEPT

__all__ = ["hospital", "staffed"]  # fixtures

MOST: Final = 12
ROOT: Final = Path(web.__file__).parents[1]
ARCHITECTURE: Final = (ROOT / "docs/architecture.md").read_text("utf-8")
ROOMS: Final = ("models", "pipeline", "service", "flows", "web", "cli")


def files_on_the_stack() -> list[str]:
    """The files of the project on the call stack, the outermost first."""
    files = [Path(frame.filename) for frame in reversed(inspect.stack(context=0))]
    inside = [file.relative_to(ROOT) for file in files if file.is_relative_to(ROOT)]
    return [file.as_posix() for file in inside if file.parts[0] in ROOMS]


@contextmanager
def recorded_paths(monkeypatch: pytest.MonkeyPatch, table: str) -> Iterator[list[tuple[str, ...]]]:
    """Collect, for each row that a thread inserts into a table, the files on the stack on both sides of the thread."""
    paths: list[tuple[str, ...]] = []
    beside_loop: list[str] = []
    run_sync = anyio.to_thread.run_sync

    async def recording(*args: Any, **named: Any) -> Any:
        beside_loop[:] = files_on_the_stack()
        call: Callable[..., Awaitable[Any]] = run_sync
        return await call(*args, **named)

    def before_execute(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            paths.append(tuple(dict.fromkeys(beside_loop + files_on_the_stack())))

    monkeypatch.setattr(anyio.to_thread, "run_sync", recording)
    event.listen(Engine, "before_cursor_execute", before_execute)
    try:
        yield paths
    finally:
        event.remove(Engine, "before_cursor_execute", before_execute)


def test_a_decision_passes_through_few_files(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(hospital.desk)
    amy = hospital.browser("amy")
    form = form_of(amy.get("/cases/case-1").text, ACCEPT)
    with recorded_paths(monkeypatch, "reviews") as paths:
        assert amy.post("/cases/case-1/decision", data=form).status_code == 303
    (path,) = paths
    print(len(path), *path, sep="\n")  # noqa: T201 - for the list in docs/architecture.md
    listed = ARCHITECTURE.partition("A reviewer's decision passes")[2].partition("\n\n")[0]
    assert re.findall(r"`([\w/]+\.py)`", listed) == list(path), "docs/architecture.md lists them"
    assert {"web/desk/guard.py", "web/desk/decisions.py", "service/threads.py"} <= set(path), "both sides of the thread"
    assert path[-1].startswith("pipeline/ledger/"), "the ledger executes the statement"
    assert len([file for file in path if file.startswith("web/")]) <= 4
    assert len(path) <= MOST, path
