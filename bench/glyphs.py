"""Find the character that looks most like another one in print."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fixtures.printing.fonts import Face, face_of, font

_SIDE: Final = 32
_FACE: Final = Face.SONG
# The 3,755 characters of GB 2312 level 1, which everybody can type and every recogniser knows.
COMMON: Final = "".join(
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF)
    if (row, cell) < (0xD7, 0xFA)
)


@cache
def nearest(character: str) -> str:
    """The other common character whose picture has the highest correlation with this one's."""
    likeness = _pictures() @ _picture(character)
    order = np.argsort(-likeness)
    return next(COMMON[int(n)] for n in order if COMMON[int(n)] != character)


def nearest_impostor(name: str) -> str:
    """The name with one character replaced by its look-alike: the character with the most similar look-alike."""
    places = [n for n, character in enumerate(name) if character != "·"]
    at = max(places, key=lambda n: float(_picture(name[n]) @ _picture(nearest(name[n]))))
    return name[:at] + nearest(name[at]) + name[at + 1 :]


@cache
def _pictures() -> NDArray[np.float32]:
    return np.stack([_picture(character) for character in COMMON])


@cache
def _picture(character: str) -> NDArray[np.float32]:
    """The character's picture as a unit vector around its mean; the product of two is their correlation."""
    face = face_of(character, _FACE, Face.BABEL)
    tile = Image.new("L", (_SIDE, _SIDE), 0)
    ImageDraw.Draw(tile).text((_SIDE / 2, _SIDE / 2), character, font=font(face, _SIDE - 4), fill=255, anchor="mm")
    soft = np.asarray(tile.resize((16, 16), Image.Resampling.BOX), np.float32).ravel()
    around = soft - soft.mean()
    return np.asarray(around / np.linalg.norm(around), np.float32)
