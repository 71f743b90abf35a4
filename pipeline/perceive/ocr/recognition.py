"""What a line says: from a picture of one line to a lattice."""

import math
from typing import Final

import cv2
import numpy as np

from models.reading import BLANK, Alternative, Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.runtimes import Network, Tensor

LINE_ROWS: Final = 48  # of the picture of a line, as the network sees it
STEP_COLUMNS: Final = 8  # the network gives one step for every 8 columns
_WIDTHS: Final = 32  # widths are multiples of this up to `_WIDE`, then of `_WIDE`: few shapes, so that memory stays
_WIDE: Final = 640
_LONGEST: Final = 3200  # columns; a longer line is squeezed
_NEGLIGIBLE: Final = 1e-4
_MOST_ALTERNATIVES: Final = 8


def read_line(line: Rgb, network: Network, symbols: tuple[str, ...]) -> Lattice:
    """The lattice of one upright line.

    Each line is a call of its own: on one thread a batch is no faster, and a line's result must not depend on others.

    Args:
        line: Of any size.
        network: A CTC recogniser.
        symbols: What its outputs stand for, from the second on; the first is the blank.
    """
    height, width = line.shape[:2]
    columns = min(_LONGEST, max(STEP_COLUMNS, math.ceil(LINE_ROWS * width / height)))
    steps = network(_tensor(line, columns))[0]
    unpadded = steps[: math.ceil(columns / STEP_COLUMNS) + 1]  # and the first step of the padding
    return Lattice(steps=alternatives(unpadded, symbols), span=STEP_COLUMNS / columns)


def _tensor(line: Rgb, columns: int) -> Tensor:
    shrinks = line.shape[0] > LINE_ROWS
    sized = cv2.resize(line, (columns, LINE_ROWS), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    unit = _WIDTHS if columns <= _WIDE else _WIDE
    canvas = np.zeros((1, 3, LINE_ROWS, math.ceil(columns / unit) * unit), np.float32)
    canvas[0, :, :, :columns] = sized[:, :, ::-1].transpose(2, 0, 1) / np.float32(127.5) - 1
    return canvas


def alternatives(steps: Tensor, symbols: tuple[str, ...]) -> tuple[tuple[Alternative, ...], ...]:
    """At each step the likeliest symbols, best first, those above a negligible probability."""
    kept = np.flatnonzero(steps.ravel() > _NEGLIGIBLE)
    rows, outputs = np.divmod(kept, steps.shape[1])
    likely = steps[rows, outputs]
    order = np.lexsort((outputs, -likely, rows))
    found: list[list[Alternative]] = [[] for _ in steps]
    for at in order.tolist():
        step = found[rows[at]]
        if len(step) < _MOST_ALTERNATIVES:
            output = int(outputs[at])
            step.append(Alternative(symbols[output - 1] if output else BLANK, round(float(likely[at]), 5)))
    return tuple(map(tuple, found))
