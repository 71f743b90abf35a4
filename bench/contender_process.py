"""A contender in its own process; the parent measures its memory."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

import psutil

_MEGABYTE: Final = 1024 * 1024
_BETWEEN_LOOKS: Final = 0.2  # seconds
_TO_LOAD: Final = 180.0  # seconds
_TO_TAKE: Final = 300.0  # seconds, for one task


T = TypeVar("T")
Opening = Callable[[Path], AbstractContextManager[Callable[[Path], T]]]


class ContenderProcess(Generic[T]):
    """A contender's process. `peak_mb` sums its resident memory and that of its children; shared pages count in each.

    Args:
        name: Its name in tables.
        opening: Loads the contender in the new process, and must be importable there; takes the workspace.
        workspace: A folder that only this contender uses.
    """

    def __init__(self, name: str, opening: Opening[T], workspace: Path) -> None:
        context = get_context("spawn")
        self.name = name
        self.peak_mb = 0.0
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(opening, workspace, theirs))
        self._process.start()
        theirs.close()

    def ready(self) -> None:
        """Wait until the contender is loaded."""
        self._answer(_TO_LOAD)

    def take(self, folder: Path) -> T:
        """Send a task, and measure memory until the answer arrives.

        Raises:
            TimeoutError: The contender did not answer in time.
            EOFError: Its process died; its stderr has the reason.
        """
        self._line.send(folder)
        with self._watched():
            answer = self._answer(_TO_TAKE)
        if answer is None:
            raise EOFError(f"{self.name} gave no answer.")
        return answer

    def close(self) -> None:
        """Ask the process to end; kill it if it does not."""
        family = _family(self._process.pid)
        with suppress(OSError):
            self._line.send(None)
        self._process.join(20)
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        self._process.join(5)
        self._line.close()

    def _answer(self, patience: float) -> T | None:
        if not self._line.poll(patience):
            raise TimeoutError(f"{self.name} did not answer within {patience:.0f} seconds.")
        answer: T | None = self._line.recv()
        return answer

    @contextmanager
    def _watched(self) -> Iterator[None]:
        done = threading.Event()
        watch = threading.Thread(target=self._watch, args=(done,))
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()

    def _watch(self, done: threading.Event) -> None:
        while not done.wait(_BETWEEN_LOOKS):
            self.peak_mb = max(self.peak_mb, _resident_mb(self._process.pid))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _serve(opening: Opening[Any], workspace: Path, line: "Connection[Any, Path | None]") -> None:
    with opening(workspace) as take:
        line.send(None)
        while (folder := line.recv()) is not None:
            line.send(take(folder))


def _family(pid: int | None) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident_mb(pid: int | None) -> float:
    total = 0
    for process in _family(pid):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total / _MEGABYTE
