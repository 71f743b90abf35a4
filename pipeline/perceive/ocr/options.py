"""How an engine runs."""

import os
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from models.base import Model

NO_HOME: Final = Path("workspace", "cache")


def _cache() -> Path:
    """Below the user's home if that can be used, as those of system accounts often cannot."""
    try:
        home = Path.home()
    except RuntimeError:  # no HOME, and a user whom the machine does not know
        return NO_HOME
    cache = home / ".cache" / "child-intake"
    there = next(folder for folder in (cache, *cache.parents) if folder.exists())
    usable = there == cache or (there.is_dir() and os.access(there, os.W_OK | os.X_OK))
    return cache if usable and home.is_absolute() and home != Path(home.anchor) else NO_HOME


class OcrOptions(Model):
    """How an engine runs.

    Attributes:
        engine: A row of the table of engines: `openvino`, `onnxruntime`, which runs everywhere, or `paddleocr`, which
            also runs models of other families; or `module:NAME` of one that stands elsewhere.
        precision: What OpenVINO computes in, `f32` or `bf16`; the faster one that the processor has if None.
        models: The operator's own PaddleOCR models (`det/`, `rec/`); the bundled ones if None.
        cache: Where the bundled models are arranged; in the workspace where the user has no home.
        threads: Of one engine. Two processes with one thread each usually beat one with two.
        detection_side: Longest side in pixels at which text is looked for.
    """

    engine: str = "openvino"
    precision: Literal["f32", "bf16"] | None = None
    models: Path | None = None
    cache: Path = Field(default_factory=_cache)
    threads: int = 1
    detection_side: int = 960


class ReaderOptions(Model):
    """How many processes read pages, and when one is replaced.

    Attributes:
        processes: Each holds one engine.
        pages_per_process: A process that has read so many makes room for a fresh one.
        memory_mb: A process that holds more than this makes room for a fresh one.
        memory_limit_mb: A process that asks for more than this is ended: twice what a warm engine and the largest
            page that `Limits` lets in were seen to take. None for no limit.
        start_seconds: For a process to begin a page, which it does before the page's own seconds count.
    """

    processes: int = 2
    pages_per_process: int = 500
    memory_mb: int = 1800
    memory_limit_mb: int | None = 4096
    start_seconds: float = 30.0
