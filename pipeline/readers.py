"""Worker processes that read pages: each holds one warm engine, and may die without taking anybody with it."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from multiprocessing import get_context
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import psutil
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from models.errors import EngineError, EngineTimeoutError, PipelineError
from models.policy import Limits
from models.reading import PageReading
from pipeline.confinement import confine
from pipeline.decode.pages import count_pages, decode
from pipeline.ocr.base import OcrEngine
from pipeline.ocr.engines import engine_kind
from pipeline.ocr.options import OcrOptions, ReaderOptions
from pipeline.perceive import made_by, perceive
from pipeline.scene.overlay import Mark, draw_marks

_MEGABYTE = 1024 * 1024
# What a page is lost to through no fault that is known: its process died or hung, or one that had nothing to do died,
# which pebble answers by giving up the whole pool.
_LOST = (ProcessExpired, FutureTimeoutError, BrokenProcessPool)
_OUT_OF_MEMORY = 77  # exit status of a process that ended itself for want of memory


class PageReader(Protocol):
    """Reads pages of files; foreseen errors are raised by the futures' `result`."""

    @property
    def engine(self) -> str:
        """The engine's name, part of the key under which readings are kept."""
        ...

    @property
    def alphabet(self) -> frozenset[str]:
        """Every character that the engine can give."""
        ...

    def count(self, data: bytes, limits: Limits) -> int:
        """Pages of a file; raises FileRejectedError."""
        ...

    def start(self, data: bytes, page_no: int, limits: Limits) -> "Pending":
        """Begin to read a page."""
        ...

    def picture(self, data: bytes, page_no: int, marks: tuple[Mark, ...], limits: Limits) -> bytes:
        """A page with frames as JPEG; raises FileRejectedError or EngineError."""
        ...


class Pending(Protocol):
    """A page that is being read."""

    def result(self) -> tuple[PageReading, ...]:
        """Wait for it; raises FileRejectedError, EngineError, EngineTimeoutError or ModelsError."""
        ...


class _Answer(NamedTuple):
    readings: tuple[PageReading, ...]
    memory_mb: float


class Readers:
    """A pool of reading processes. Safe to share between threads: each call has its own process meanwhile."""

    def __init__(self, ocr: OcrOptions, options: ReaderOptions) -> None:
        kind = engine_kind(ocr.engine)
        self.engine = made_by(kind.name(ocr))
        self.alphabet = kind.alphabet(ocr)
        self._retired: list[ProcessPool] = []
        self._ocr = ocr
        self._options = options
        self._lock = threading.Lock()
        self._pool = self._fresh_pool()

    def warm_up(self) -> None:
        """Load every engine now, so that the first page does not wait; raises what loading raises."""
        for _, future in [self._schedule(_warm, self._ocr) for _ in range(self._options.processes)]:
            _outcome(future)

    def count(self, data: bytes, limits: Limits) -> int:
        """Pages of a file; raises FileRejectedError, or EngineError if processes died of it."""
        pages: int = self._begin(count_pages, data, limits, seconds=limits.seconds).result()
        return pages

    def start(self, data: bytes, page_no: int, limits: Limits) -> "_PendingPage":
        """Begin to read a page."""
        return _PendingPage(self, self._begin(_read, data, page_no, self._ocr, limits, seconds=limits.seconds))

    def picture(self, data: bytes, page_no: int, marks: tuple[Mark, ...], limits: Limits) -> bytes:
        """A page with frames as JPEG; raises FileRejectedError, or EngineError if processes died of it."""
        picture: bytes = self._begin(_picture, data, page_no, marks, limits, seconds=limits.seconds).result()
        return picture

    def retire(self, pool: ProcessPool, memory_mb: float) -> None:
        """Replace the pool if a process of it grew too large; pages in it are still read to the end."""
        if memory_mb <= self._options.memory_mb:
            return
        with self._lock:
            if pool is self._pool:
                self._replace()
                pool.close()

    def _replace(self) -> None:
        self._retired.append(self._pool)
        self._pool = self._fresh_pool()

    def _begin(self, task: Callable[..., Any], *args: object, seconds: float) -> "_Begun":
        return _Begun(partial(self._schedule, task, *args, seconds=seconds))

    def _schedule(
        self, task: Callable[..., Any], *args: object, seconds: float | None = None
    ) -> tuple[ProcessPool, ProcessFuture[Any]]:
        """Begin a task in a process; under the lock, since a pool that is being replaced takes no more."""
        with self._lock:
            if not self._pool.active:
                self._replace()
            return self._pool, self._pool.schedule(task, args=args, timeout=seconds)

    def _fresh_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._options.processes,
            max_tasks=self._options.pages_per_process,
            initializer=confine,
            initargs=(self._options.memory_limit_mb, os.getpid()),
            context=get_context("spawn"),  # threads of the caller and of the engine do not survive a fork
        )

    def close(self) -> None:
        """End the processes; what they were reading is dropped."""
        for pool in (*self._retired, self._pool):
            pool.stop()
            pool.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Begun:
    """A task in a process, begun once more in a fresh one if the first is lost."""

    def __init__(self, begin: Callable[[], tuple[ProcessPool, ProcessFuture[Any]]]) -> None:
        self._begin = begin
        self.pool, self._future = begin()

    def result(self) -> Any:
        # The one retry outside flows: a process that died or hung may have done so of an earlier page's leavings, and
        # only here is a fresh one at hand. What it costs is bounded: twice the seconds of a page, and one start.
        if isinstance(self._future.exception(), _LOST):
            self.pool, self._future = self._begin()
        return _outcome(self._future)


class _PendingPage:
    def __init__(self, readers: Readers, begun: _Begun) -> None:
        self._readers = readers
        self._begun = begun

    def result(self) -> tuple[PageReading, ...]:
        answer: _Answer = self._begun.result()
        self._readers.retire(self._begun.pool, answer.memory_mb)
        return answer.readings


def _outcome(future: ProcessFuture[Any]) -> Any:
    try:
        return future.result()
    except FutureTimeoutError as error:
        raise EngineTimeoutError("a page took too long and its process was ended") from error
    except (ProcessExpired, BrokenProcessPool) as error:
        raise EngineError("a reading process died") from error
    except PipelineError:
        raise
    except Exception as error:
        # A picture that breaks our code must not end a batch; the text of the error may quote, its kind may not.
        raise EngineError(f"reading a page broke with {type(error).__name__}") from error


@cache
def _engine(ocr: OcrOptions) -> OcrEngine:
    """The engine of this process, whose single caller is the process's one task at a time."""
    return engine_kind(ocr.engine).load(ocr)


def _picture(data: bytes, page_no: int, marks: tuple[Mark, ...], limits: Limits) -> bytes:
    return draw_marks(decode(data, page_no=page_no, limits=limits), marks)


def _warm(ocr: OcrOptions) -> str:
    return _engine(ocr).name


def _read(data: bytes, page_no: int, ocr: OcrOptions, limits: Limits) -> _Answer:
    try:
        readings = perceive(data, page_no, engine=_engine(ocr), limits=limits)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # whatever ate the memory is still here: the page deserves a fresh process
    return _Answer(readings, psutil.Process().memory_info().rss / _MEGABYTE)
