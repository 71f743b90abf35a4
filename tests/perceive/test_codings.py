"""Damage in every container and coding that we decode, by the sweep of bench.damage at a few places."""

from collections.abc import Callable
from random import Random
from typing import Final

import numpy as np
import pytest
from PIL import Image

from bench.codings import CODINGS
from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode import raw
from pipeline.perceive.decode.pages import decode

SIZE: Final = (400, 300)
GRAIN: Final = np.random.default_rng(5).normal(225, 8, (SIZE[1], SIZE[0], 3))
PIXELS: Final = np.clip(GRAIN, 0, 255).astype(np.uint8)
PIXELS[40:260:14, 30:340] = 40
PICTURE: Final = Image.fromarray(PIXELS)
LOST: Final = 4096  # bytes
HARMS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "cut off": lambda data, at: data[:at],
    "zeroed to its end": lambda data, at: data[:at] + bytes(len(data) - at),
    "short of a piece": lambda data, at: data[:at] + data[at + LOST :],
    "with garbage in it": lambda data, at: data[:at] + Random(at).randbytes(LOST) + data[at + LOST :],
}
# Code blocks of JPEG 2000 say how long they are, so nothing runs out of step.
UNSEEN: Final = {("PDF, JPX", "with garbage in it")}


def why(data: bytes) -> Reason | None:
    try:
        decode(data, page_no=1, limits=Limits())
    except FileRejectedError as error:
        return error.reason
    return None


@pytest.mark.parametrize("coding", CODINGS)
def test_a_file_that_lost_a_part_is_called_damaged_in_every_coding(coding: str) -> None:
    data = CODINGS[coding](PICTURE)
    assert why(data) is None
    for harm, harmed in HARMS.items():
        told = [why(harmed(data, round(share * len(data)))) for share in (0.3, 0.7)]
        assert set(told) <= {Reason.TRUNCATED, Reason.DAMAGED} or (coding, harm) in UNSEEN, harm


def test_a_picture_within_a_black_frame_was_not_written_over() -> None:
    rows = np.full((100, 300), 200, np.uint8)
    rows[:10] = rows[80:] = rows[:, :40] = rows[:, 250:] = 0
    assert raw.what_is_missing(rows) is None
    for row in range(60, 80):  # the edge of a sheet that lies askew
        rows[row, : 40 + (row - 60) * 12] = 0
    assert raw.what_is_missing(rows) is None
    rows[79, 200:] = 0
    assert raw.what_is_missing(rows) is None  # its corner
    rows[50, 120:] = rows[51:] = 0
    assert raw.what_is_missing(rows) is Reason.TRUNCATED
