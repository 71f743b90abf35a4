"""Pictures of invented passports: whole data pages as parents take them, and zones alone at several sizes and harms."""

import io
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from PIL import Image

from bench.name_crops import HARMS
from bench.readings import Scan
from fixtures.documents.passports import any_passport
from fixtures.grounds.ground import any_ground, grounded
from fixtures.people.names import Rng
from fixtures.pictures.captured_image import Pixels
from fixtures.pictures.light import noisy
from fixtures.pictures.optics import Text
from fixtures.pictures.styles import taken
from fixtures.printing.paper import DPI, Page, pixels
from fixtures.stocks import passports_test, passports_train
from fixtures.truth import PictureStyle, Split

SEED: Final = 31
_EVERY: Final = 16  # of so many pictures one shows a whole page
_ZONE_FROM: Final = 66.0  # millimetres from the top of a data page
_NUMBER_TO: Final = {Split.TRAIN: 20.0, Split.TEST: 16.6}  # the foot of the printed number, below the title
_BED: Final = 6.0  # millimetres of a scanner's white around it
_EM: Final = 2.4  # millimetres of a character of a zone
_MOST_HARM: Final = 5  # level at which a person begins to guess (docs/specimens.md)
_QUALITY: Final = 80  # of a JPEG


class Grade(StrEnum):
    """How a picture was taken."""

    SCAN = "page, flatbed"
    PHOTO = "page, phone photo"
    STEEP = "page, photo from aside"
    MESSENGER = "page, photo through a messenger"
    FULL = "zone at 200 dpi"
    SMALL = "zone at 100 dpi"
    TINY = "zone at 60 dpi"
    HARMED = "zone at 200 dpi, harmed"
    SMALL_HARMED = "zone at 100 dpi, harmed"


STYLES: Final[Mapping[Grade, PictureStyle]] = {
    Grade.SCAN: PictureStyle.FLATBED,
    Grade.PHOTO: PictureStyle.PHONE,
    Grade.STEEP: PictureStyle.PHONE_STEEP,
    Grade.MESSENGER: PictureStyle.MESSENGER,
}
_DPI: Final[Mapping[Grade, int]] = {
    Grade.FULL: 200, Grade.SMALL: 100, Grade.TINY: 60, Grade.HARMED: 200, Grade.SMALL_HARMED: 100,
}  # fmt: skip
_HARMED: Final = frozenset({Grade.HARMED, Grade.SMALL_HARMED})


def grade_of(number: int) -> Grade:
    """The grade of the picture of this number."""
    among = tuple(STYLES) if number % _EVERY == 0 else tuple(_DPI)
    return among[number // _EVERY % len(among)] if number % _EVERY == 0 else among[number % len(among)]


def scan_of(number: int) -> Scan:
    """The picture of a passport as a file; the layouts of both splits take turns."""
    grade, rng = grade_of(number), np.random.default_rng((SEED, number))
    split, press = ((Split.TRAIN, passports_train), (Split.TEST, passports_test))[number // 2 % 2]
    page = press.page(any_passport(number))
    if grade in STYLES:
        whole, angle = grounded(page, any_ground(split, rng)), float(rng.normal(0, 1.2))
        image = taken((whole,), STYLES[grade], rng, split=split, angle=angle).image
    else:
        image = _photographed(grounded(_zone_of(page, split), any_ground(split, rng)), grade, rng)
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=_QUALITY)
    return Scan(f"passport-{number}.jpg", None, out.getvalue())


def _zone_of(page: Page, split: Split) -> Page:
    """The head of a page, with its number, and right below it its zone, which are read in a fifth of the time."""
    head, foot = pixels(_NUMBER_TO[split]), pixels(_ZONE_FROM)
    pieces = [page.image.crop((0, 0, page.image.width, head)), page.image.crop((0, foot, *page.image.size))]
    image = Image.new("RGB", (page.image.width, sum(piece.height for piece in pieces)))
    image.paste(pieces[0], (0, 0))
    image.paste(pieces[1], (0, head))
    return page._replace(image=image, fields=())


def _photographed(page: Page, grade: Grade, rng: Rng) -> Pixels:
    scale = _DPI[grade] / DPI
    size = round(page.image.width * scale), round(page.image.height * scale)
    small = np.asarray(cv2.resize(np.asarray(page.image), size, interpolation=cv2.INTER_AREA), np.uint8)
    text = Text(pixels(_EM) * scale, float(np.percentile(small.mean(axis=2), 3)))
    harm, level = list(HARMS)[int(rng.integers(len(HARMS)))], int(rng.integers(1, _MOST_HARM + 1))
    harmed = HARMS[harm](small, text, level, rng) if grade in _HARMED else small
    bed = np.pad(harmed, [(round(pixels(_BED) * scale),) * 2] * 2 + [(0, 0)], constant_values=250)
    return noisy(bed, float(rng.uniform(0.5, 2.5)), rng)
