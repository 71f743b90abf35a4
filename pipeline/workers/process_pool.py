"""Processes that run one task at a time; each may die, hang or swell without affecting another task."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any, NamedTuple

import psutil
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from models.errors import FileRejectedError, ModelsError
from models.findings import Reason
from pipeline.perceive.decode.pdf import OVERDRAWN
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.workers.sandbox import confine

_MEGABYTE = 1024 * 1024
_FINAL = (FileRejectedError, ModelsError, CancelledError)  # errors that another process would raise as well


class _Job(NamedTuple):
    future: Future[Any]
    task: Callable[..., Any]
    args: tuple[object, ...]
    seconds: float


class _Done(NamedTuple):
    value: Any
    memory_mb: float


class WorkerProcesses:
    """A number of processes, each in a pool of its own.

    Processes of one pool share a pipe and its lock. One that dies as it takes a task would leave that task waiting
    forever, and one that dies between tasks would take its neighbours' with it.
    """

    def __init__(self, options: ReaderOptions) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._idle: SimpleQueue[_Slot] = SimpleQueue()  # taken in turn, so that warming up reaches every one
        self._slots = [_Slot(options) for _ in range(options.processes)]
        for slot in self._slots:
            self._idle.put(slot)
        # Threads that live as long as we do, since the kernel ends a process with the thread that started it.
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in self._slots]
        for thread in self._threads:
            thread.start()

    def begin(self, task: Callable[..., Any], *args: object, seconds: float) -> Future[Any]:
        """Begin a task as soon as a process is free; it then has `seconds`, and again if its process is lost."""
        job = _Job(Future(), task, args, seconds)
        with self._lock:
            if self._closed:
                job.future.set_exception(CancelledError())
            else:
                self._jobs.put(job)
        return job.future

    @property
    def lost(self) -> int:
        """How often a process died, hung or failed and was replaced."""
        return sum(slot.lost for slot in self._slots)

    def close(self) -> None:
        """End the processes; running and waiting tasks are cancelled."""
        with self._lock:
            self._closed = True
        for slot in self._slots:
            slot.close()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            slot = self._idle.get()
            try:
                job.future.set_result(slot.do(job))
            except BaseException as error:  # noqa: BLE001 - the caller that waits for the future gets it
                job.future.set_exception(error)
            finally:
                self._idle.put(slot)


class _Slot:
    """The place of one process and those that follow it."""

    def __init__(self, options: ReaderOptions) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._future: ProcessFuture[Any] | None = None
        self._closed = False
        self.lost = 0

    def do(self, job: _Job) -> Any:
        try:
            return self._once(job)
        except _FINAL:
            raise
        except Exception:  # noqa: BLE001 - see below
            # The only retry outside flows, since only this class can start a fresh process. The process died, hung or
            # failed, maybe because of an earlier page; and lack of memory looks like any of these: MemoryError, errors
            # of OpenCV and of both runtimes, an empty answer and a segmentation fault occurred.
            return self._once(job)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._future is not None:
                self._future.cancel()
            self._leave()

    def _once(self, job: _Job) -> Any:
        future = self._schedule(job)
        try:
            # Pebble counts from when a process took the task; one that never does must not be waited for either.
            done: _Done = future.result(timeout=job.seconds + self._options.start_seconds)
        except _FINAL:
            raise
        except Exception as error:
            with self._lock:
                self.lost += 1
                self._leave()
            if isinstance(error, ProcessExpired) and error.exitcode == OVERDRAWN:
                raise FileRejectedError(Reason.TOO_LARGE) from error
            raise
        if done.memory_mb > self._options.memory_mb:
            with self._lock:
                self._leave()
        return done.value

    def _schedule(self, job: _Job) -> ProcessFuture[Any]:
        with self._lock:
            if self._closed:
                raise CancelledError
            if self._pool is not None and not self._pool.active:  # its process died with nothing to do
                self._leave()
            if self._pool is None:
                self._pool = self._fresh_pool()
            self._future = self._pool.schedule(_do, args=(job.task, *job.args), timeout=job.seconds)
            return self._future

    def _leave(self) -> None:
        """End the process; a page that comes next gets a fresh one."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()

    def _fresh_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            max_tasks=self._options.pages_per_process,
            initializer=confine,
            initargs=(self._options.memory_limit_mb, os.getpid()),
            context=get_context("spawn"),  # threads of the caller and of the engine do not survive a fork
        )


def _do(task: Callable[..., Any], *args: object) -> _Done:
    value = task(*args)
    return _Done(value, psutil.Process().memory_info().rss / _MEGABYTE)
