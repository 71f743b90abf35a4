"""What one page costs the process that reads it: memory at its peak, and time."""

import re
import time
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final

import psutil
from PIL import Image

from bench.metrics import Figure
from bench.samples import pictures_of_samples
from bench.workspace import reading_processes
from models.policy import Limits

_PIXELS: Final[Mapping[str, int]] = MappingProxyType(
    {"as the samples are": 0, "12 million pixels": 12_000_000, "35 million pixels, A4 at 600 dpi": 35_000_000}
)
_EACH: Final = 3  # pictures
_PEAK: Final = re.compile(r"VmHWM:\s+(\d+) kB")
_MEGABYTE: Final = 1024  # kB


def cost_figures() -> Iterator[Figure]:
    """Read the first pictures of the samples in each size, one page at a time in one process of its own."""
    pictures = pictures_of_samples()[:: len(pictures_of_samples()) // _EACH][:_EACH]
    for name, pixels in _PIXELS.items():
        with reading_processes(1) as readers:
            readers.warm_up()
            seconds = []
            for path in pictures:
                data = _enlarged(path, pixels)
                began = time.perf_counter()
                readers.start(data, 1, Limits()).result()
                seconds.append(time.perf_counter() - began)
            yield Figure(name=f"a page, {name}: longest time", value=max(seconds), unit="s")
            yield Figure(name=f"a page, {name}: memory of its process at the peak", value=_peak(), unit="MB")


def _enlarged(path: Path, pixels: int) -> bytes:
    """The picture as a JPEG of so many pixels; of its own for 0."""
    with Image.open(path) as image:
        scale = (pixels / (image.width * image.height)) ** 0.5 if pixels else 1.0
        buffer = BytesIO()
        image.convert("RGB").resize((round(image.width * scale), round(image.height * scale))).save(buffer, "JPEG")
    return buffer.getvalue()


def _peak() -> float:
    """Megabytes that the largest process below this one held at its peak."""
    children = psutil.Process().children(recursive=True)
    told = (_PEAK.search(Path(f"/proc/{child.pid}/status").read_text("ascii")) for child in children)
    return max(int(found[1]) for found in told if found) / _MEGABYTE
