"""Large red words are read by themselves; seals and black print are not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.people.population import Traits, family
from fixtures.pictures.picture import Leaf, PictureSpec, picture
from fixtures.printing.fonts import Face, font
from fixtures.specimens.papers import renamed
from fixtures.truth import PictureStyle, Split
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.scene.ink_separation import separate_ink
from pipeline.perceive.stamps import read_stamps
from tests.support.real_engine import real_engine


def sheet(words: str, colour: tuple[int, int, int], pixels: int) -> Rgb:
    page = Image.new("RGB", (1200, 860), (238, 240, 232))
    ImageDraw.Draw(page).text((300, 400), words, font=font(Face.HEI_BOLD, pixels), fill=colour)
    return np.asarray(page)


def test_stamp_ink_alone_is_dark_on_white() -> None:
    alone = separate_ink(sheet("注销", (214, 70, 66), 60)).stamps
    assert alone[430:460, 300:420].min() < 60
    assert (alone[:300] == 255).all()
    assert (separate_ink(sheet("注销", (30, 30, 30), 60)).stamps == 255).all()


@pytest.mark.ocr
@pytest.mark.parametrize(
    ("words", "colour", "pixels", "told"),
    [
        pytest.param("注销", (214, 70, 66), 60, ["注销"], id="a red stamp"),
        pytest.param("注销", (30, 30, 30), 60, [], id="black print is not a stamp's"),
        pytest.param("派出所户口专用章", (214, 70, 66), 18, [], id="the small words of a seal"),
        pytest.param("J110199123", (196, 44, 40), 26, ["J110199123"], id="the red number of a certificate"),
    ],
)
def test_what_is_read_of_stamps(words: str, colour: tuple[int, int, int], pixels: int, told: list[str]) -> None:
    engine = real_engine()
    assert [line.text for line in read_stamps(separate_ink(sheet(words, colour, pixels)).stamps, engine)] == told


@pytest.mark.ocr
def test_a_drawn_card_that_was_cancelled_in_red_says_so() -> None:
    engine = real_engine()
    gone = renamed(family(Split.TRAIN, 4713, Traits()), cancelled="迁出注销")
    spec = PictureSpec(family=gone, leaf=Leaf.CHILD, style=PictureStyle.FLATBED, seed=3, split=Split.TRAIN)
    assert any("注销" in line.text for line in read_stamps(separate_ink(picture(spec).image).stamps, engine))
