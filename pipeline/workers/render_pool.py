"""Draw pages for reviewers in a confined process, so that the desk's process, with its passwords, decodes no scan."""

import threading
from typing import Final

from models.policy import Limits
from pipeline.perceive.decode.pages import decode
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.perceive.scene.overlay import draw_marks
from pipeline.workers.ocr_pool import Task
from pipeline.workers.process_pool import WorkerProcesses

_LONGEST: Final = 2200  # pixels: small print on an A4 sheet can be read enlarged


class PageRenderer:
    """Draws pages one after the other, in a process without an engine that starts with the first page."""

    def __init__(self, options: ReaderOptions) -> None:
        self._options = options.model_copy(update={"processes": 1})
        self._lock = threading.Lock()
        self._processes: WorkerProcesses | None = None

    def view(self, data: bytes, page_no: int, limits: Limits) -> bytes:
        """A page as JPEG; raises FileRejectedError, or EngineError if processes died of it."""
        begun = Task(self._begun().begin(_view, data, page_no, limits, seconds=limits.seconds))
        picture: bytes = begun.result()
        return picture

    def warm_up(self) -> None:
        """Begin the process now, so that the first page does not wait for it."""
        Task(self._begun().begin(_nothing, seconds=self._options.start_seconds)).result()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            processes, self._processes = self._processes, None
        if processes is not None:
            processes.close()

    def _begun(self) -> WorkerProcesses:
        with self._lock:
            if self._processes is None:
                self._processes = WorkerProcesses(self._options)
            return self._processes


def _view(data: bytes, page_no: int, limits: Limits) -> bytes:
    return draw_marks(decode(data, page_no=page_no, limits=limits), (), _LONGEST)


def _nothing() -> None:
    """A task that shows that the process has started."""
