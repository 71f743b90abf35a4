"""A network that runs: what the two runtimes have in common."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.ocr.options import OcrOptions

Tensor: TypeAlias = NDArray[np.float32]


class Network(Protocol):
    """One network with one input and one output; the answer may be overwritten by the next call."""

    def __call__(self, tensor: Tensor, /) -> Tensor:
        """Run it."""
        ...


class Runtime(NamedTuple):
    """What runs networks: how to load one, and `name-version/precision`, which names everything that could differ."""

    load: Callable[[Path, OcrOptions], Network]
    name: Callable[[OcrOptions], str]
