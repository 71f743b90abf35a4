"""What the reading process takes while it works on a file: time of its processor, and memory at most."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

_FORGET_THE_MOST: Final = "5"  # proc(5), clear_refs: what was held at most counts from now
_BETWEEN_LOOKS: Final = 0.005  # seconds; only to have looked before a process ends
_KILOBYTES: Final = 1024


class Taken:
    """What was taken; complete when the watching is over."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.megabytes = 0.0


@contextmanager
def watched(process: int) -> Iterator[Taken]:
    """Watch a child of this process: what it takes beside what it holds now."""
    taken, done = Taken(), threading.Event()
    Path(f"/proc/{process}/clear_refs").write_text(_FORGET_THE_MOST, "utf-8")
    before, spent = _held(process, "VmRSS"), _spent(process)

    def watch() -> None:
        while not done.wait(_BETWEEN_LOOKS):
            taken.megabytes = max(taken.megabytes, _held(process, "VmHWM") - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield taken
    finally:
        done.set()
        watcher.join()
        taken.megabytes = max(taken.megabytes, _held(process, "VmHWM") - before)
        taken.seconds = _spent(process) - spent


def _held(process: int, what: str) -> float:
    """Megabytes; none of a process that is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    rows = [row.split() for row in status.splitlines() if row.startswith(what)]
    return int(rows[0][1]) / _KILOBYTES if rows else 0.0


def _spent(process: int) -> float:
    """Seconds of its processor, and of those of our children that are gone."""
    gone = os.times()
    ended = gone.children_user + gone.children_system
    try:
        alive = psutil.Process(process).cpu_times()
    except psutil.NoSuchProcess:
        return ended
    return ended + alive.user + alive.system
