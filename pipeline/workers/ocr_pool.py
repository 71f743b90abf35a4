"""Worker processes that read pages: each holds one warm engine and may die without affecting the others."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol, Self

from pebble import ProcessExpired

from models.content import Resemblance
from models.errors import EngineError, EngineTimeoutError, PipelineError
from models.policy import Limits
from models.reading import PageReading
from pipeline.glyphs.compare import GlyphQuery, answer_queries
from pipeline.perceive.decode.pages import count_pages
from pipeline.perceive.ocr.base import OcrEngine, ValidatedEngine
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.perceive.page import made_by, perceive
from pipeline.workers.process_pool import WorkerProcesses

_LOADING_SECONDS: Final = 120.0  # for an engine or a typeface, from a slow disk on a busy machine


class PageReader(Protocol):
    """Reads pages of files; foreseen errors are raised by the futures' `result`.

    Attributes:
        engine: The engine's name, part of the key under which readings are kept.
        alphabet: Every character that the engine can give.
    """

    engine: str
    alphabet: frozenset[str]

    def count(self, data: bytes, limits: Limits) -> int:
        """Pages of a file; raises FileRejectedError."""

    def start(self, data: bytes, page_no: int, limits: Limits) -> "Pending":
        """Begin to read a page."""

    def compare(self, data: bytes, queries: tuple[GlyphQuery, ...], limits: Limits) -> tuple[Resemblance | None, ...]:
        """See `answer_queries`; raises FileRejectedError or EngineError."""


class Pending(Protocol):
    """A page that is being read."""

    def result(self) -> tuple[PageReading, ...]:
        """Wait for it; raises FileRejectedError, EngineError, EngineTimeoutError or ModelsError."""


class OcrPool:
    """Reads pages in processes. Safe to share between threads: each page has its own process meanwhile."""

    def __init__(self, ocr: OcrOptions, options: ReaderOptions) -> None:
        kind = engine_kind(ocr.engine)
        self.engine = made_by(kind.name(ocr))
        self.alphabet = kind.alphabet(ocr)
        self._ocr = ocr
        self._options = options
        self._processes = WorkerProcesses(options)

    @property
    def lost(self) -> int:
        """How often a reading process died, hung or failed and was replaced."""
        return self._processes.lost

    def warm_up(self) -> None:
        """Load every engine now, so that the first page does not wait; raises what loading raises."""
        tasks = [self._begin(_warm, self._ocr, seconds=_LOADING_SECONDS) for _ in range(self._options.processes)]
        for task in tasks:
            task.result()

    def count(self, data: bytes, limits: Limits) -> int:
        """Pages of a file; raises FileRejectedError, or EngineError if processes died of it."""
        pages: int = self._begin(count_pages, data, limits, seconds=limits.seconds).result()
        return pages

    def start(self, data: bytes, page_no: int, limits: Limits) -> Pending:
        """Begin to read a page."""
        return self._begin(_read, data, page_no, self._ocr, limits, seconds=limits.seconds)

    def compare(self, data: bytes, queries: tuple[GlyphQuery, ...], limits: Limits) -> tuple[Resemblance | None, ...]:
        """See `answer_queries`; raises FileRejectedError, or EngineError if processes died of it."""
        seconds = limits.seconds + _LOADING_SECONDS  # a process draws every character once before its first answer
        task = self._begin(answer_queries, data, queries, limits, seconds=seconds)
        found: tuple[Resemblance | None, ...] = task.result()
        return found

    def _begin(self, task: Callable[..., Any], *args: object, seconds: float) -> "Task":
        return Task(self._processes.begin(task, *args, seconds=seconds))

    def close(self) -> None:
        """End the processes; callers that wait for a page get an EngineError."""
        self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Task(NamedTuple):
    """A task that a process runs."""

    future: Future[Any]

    def result(self) -> Any:
        """Wait for it; foreign errors become ours."""
        try:
            return self.future.result()
        except FutureTimeoutError as error:
            raise EngineTimeoutError("a page took too long and its process was ended") from error
        except (ProcessExpired, BrokenProcessPool) as error:
            raise EngineError("a reading process died") from error
        except CancelledError as error:
            raise EngineError("the reading processes were ended") from error
        except PipelineError:
            raise
        except Exception as error:
            # A picture that breaks our code must not end a batch. The error's text could quote the page, its type not.
            raise EngineError(f"reading a page broke with {type(error).__name__}") from error


@cache
def _engine(ocr: OcrOptions) -> OcrEngine:
    """The engine of this process, which runs one task at a time, so the engine has a single caller."""
    return ValidatedEngine(engine_kind(ocr.engine).load(ocr))


def _warm(ocr: OcrOptions) -> str:
    return _engine(ocr).name


def _read(data: bytes, page_no: int, ocr: OcrOptions, limits: Limits) -> tuple[PageReading, ...]:
    return perceive(data, page_no, engine=_engine(ocr), limits=limits)
