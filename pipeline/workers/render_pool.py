"""Draw pages for reviewers in a confined process, so that the desk's process, with its passwords, decodes no scan."""

import threading
from typing import Final

import cv2

from models.policy import Limits
from pipeline.perceive.decode.pages import decode
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.workers.ocr_pool import Task
from pipeline.workers.process_pool import WorkerProcesses

_LONGEST: Final = 2200  # pixels: small print on an A4 sheet can be read enlarged
_QUALITY: Final = 80


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
    return _as_jpeg(decode(data, page_no=page_no, limits=limits))


def _as_jpeg(page: Rgb) -> bytes:
    """Without metadata, and its longest side at most so many pixels."""
    scale = min(1.0, _LONGEST / max(page.shape[:2]))
    picture = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()


def _nothing() -> None:
    """A task that shows that the process has started."""
