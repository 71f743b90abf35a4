"""The machine, the versions and the commit that a bench ran on."""

import os
import platform
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Final

import psutil

from models.base import Model

ROOT: Final = Path(__file__).parent.parent
_DISTRIBUTIONS = ("child-intake", "paddleocr", "rapidocr", "openvino", "onnxruntime", "opencv-python-headless", "numpy")
_BETWEEN_LOOKS = 5.0  # seconds
_CPU_INFO = Path("/proc/cpuinfo")


class Machine(Model):
    """The machine's properties that results depend on.

    Attributes:
        cores: Number of cores that this process may use.
        memory_gb: Memory of the machine, in units of 2**30 bytes.
    """

    cpu: str
    cores: int
    memory_gb: float
    system: str


def machine() -> Machine:
    """The machine that this process runs on."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
    )


def versions() -> Mapping[str, str]:
    """The versions of Python and of the distributions that do the work, by name."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _DISTRIBUTIONS}}


def commit() -> str | None:
    """The checked-out commit, with `-dirty` if tracked files differ from it; None outside a checkout."""
    command = ("git", "--no-optional-locks", "describe", "--always", "--dirty", "--abbrev=12", "--exclude", "*")
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def committed(folder: Path) -> frozenset[str] | None:
    """Names of the committed files in a folder; None outside a checkout."""
    command = ("git", "--no-optional-locks", "ls-files", "--error-unmatch", ".")
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    return frozenset(done.stdout.splitlines())


@contextmanager
def watched_load() -> Iterator[list[float]]:
    """Sample the load every few seconds; the list begins with the load before the block and ends with that after it."""
    loads, done = [load()], threading.Event()

    def watch() -> None:
        while not done.wait(_BETWEEN_LOOKS):
            loads.append(load())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield loads
    finally:
        done.set()
        watcher.join()
        loads.append(load())


def load() -> float:
    """The load average of the last minute."""
    return round(psutil.getloadavg()[0], 2)


def _cpu() -> str:
    names = [row.split(":", 1)[1].strip() for row in _lines(_CPU_INFO) if row.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []
