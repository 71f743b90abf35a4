"""Pictures of characters that no engine reads, against typefaces: those that the print is not set in."""

from typing import Final

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.printing.fonts import Face, font
from fixtures.truth import SAMPLES
from models.content import Resemblance
from models.geometry import Point, Quad
from models.policy import Limits
from pipeline.glyphs.compare import resemblance
from pipeline.glyphs.segmentation import cut_out
from pipeline.glyphs.shape import shape_of
from pipeline.glyphs.typefaces import drawn, families, neighbours
from pipeline.perceive.decode.pages import decode
from pipeline.perceive.decode.pixels import Rgb

pytestmark = pytest.mark.long

EM: Final = 40
PRINT: Final = Face.ZEN_HEI  # none of those that are compared with
WHITE, BLACK, RED = (250, 248, 240), (30, 30, 30), (220, 40, 40)


def printed(name: str, at: int) -> tuple[Rgb, Quad]:
    """A name on paper, and where a character of it stands."""
    image = Image.new("RGB", (EM * (len(name) + 4), 3 * EM), WHITE)
    ImageDraw.Draw(image).text((2 * EM, EM), name, font=font(PRINT, EM), fill=BLACK)
    return np.asarray(image), place_of(at)


def place_of(at: int) -> Quad:
    left, top = EM * (2 + at), EM + 4  # a little off, as frames are
    corners = ((left, top), (left + EM, top), (left + EM, top + EM), (left, top + EM))
    return Quad(*(Point(float(x), float(y)) for x, y in corners))


def turned(page: Rgb, place: Quad, degrees: float) -> tuple[Rgb, Quad]:
    height, width = page.shape[:2]
    onto = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    side = width + height
    onto = onto + np.array([[0, 0, (side - width) / 2], [0, 0, (side - height) / 2]])
    picture = cv2.warpAffine(page, onto, (side, side), borderValue=WHITE)
    return picture, Quad(*(Point(*map(float, onto @ (point.x, point.y, 1.0))) for point in place))


def blurred(page: Rgb, place: Quad) -> tuple[Rgb, Quad]:
    return cv2.GaussianBlur(page, (0, 0), EM / 25), place


def sealed(page: Rgb, place: Quad) -> tuple[Rgb, Quad]:
    """A red seal's rim over the character."""
    middle = round(place.middle.x), round(place.middle.y)
    return cv2.circle(page.copy(), (middle[0] - EM, middle[1]), EM, RED, 4), place


HARMS: Final = {
    "as printed": lambda page, place: (page, place),
    "on its side": lambda page, place: turned(page, place, 90),
    "aslant": lambda page, place: turned(page, place, 7),
    "out of focus": blurred,
    "under a seal": sealed,
}
RARE: Final = "㙘㬎㛃㓥䃅㻏䶮"


def compared(page: Rgb, place: Quad, character: str) -> Resemblance:
    found = resemblance(page, place, character)
    assert found is not None
    return found


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("character", RARE)
def test_a_rare_character_is_most_like_itself(character: str, harm: str) -> None:
    page, place = HARMS[harm](*printed(f"王{character}明", 1))
    found = compared(page, place, character)
    assert (found.character, found.rival != character) == (character, True)
    assert found.margin > 0, f"{character} looks like {found.rival}"


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("character", RARE)
def test_another_one_that_looks_like_it_is_not(character: str, harm: str) -> None:
    page, place = HARMS[harm](*printed(f"王{character}明", 1))
    for other in neighbours(character)[:3]:
        assert compared(page, place, other).margin < 0, f"{other} was taken for {character}"


def test_what_was_read_is_a_rival_however_unlike() -> None:
    page, place = printed("王一明", 1)
    found = resemblance(page, place, "㙘", ("一",))
    assert found is not None
    assert (found.rival, found.margin < -0.1) == ("一", True)


def test_paper_without_ink_resembles_nothing() -> None:
    page, _ = printed("王", 0)
    assert resemblance(page, place_of(3), "㙘") is None


def test_a_place_beyond_the_rim_is_no_fault() -> None:
    page, _ = printed("王㙘", 0)
    assert cut_out(page, place_of(40)) == ()


def test_a_character_that_no_face_holds_resembles_nothing() -> None:
    page, place = printed("王㙘", 1)
    assert resemblance(page, place, "\U0010fffe") is None
    assert neighbours("\U0010fffe") == ()


def test_without_typefaces_there_is_no_answer() -> None:
    page, place = printed("王㙘", 1)
    assert resemblance(page, place, "㙘", without=families()) is None


def test_neighbours_are_cut_off() -> None:
    page, place = printed("王㙘明", 1)
    alone, _ = printed("㙘", 0)
    (whole, *_), (apart, *_) = cut_out(page, place), cut_out(alone, place_of(0))
    assert float(shape_of(whole) @ shape_of(apart)) > 0.98


def test_the_sample_with_a_rare_name_resembles_what_it_did() -> None:
    """Kept with the case: if this changes, raise CONTENT_VERSION and the numbers here."""
    page = decode((SAMPLES / "review-rare-name" / "hukou-child.jpg").read_bytes(), page_no=1, limits=Limits())
    name = Quad(Point(319.0, 166.8), Point(360.5, 166.8), Point(360.5, 209.4), Point(319.0, 209.4))
    found = resemblance(page, name, "㼆", ("瑾",))
    assert found is not None
    assert (found.character, found.rival) == ("㼆", "𨯗")
    assert (found.alike, found.rival_alike) == pytest.approx((0.985, 0.975), abs=0.005)


def test_every_family_is_here_and_draws_ink_to_its_rim() -> None:
    assert len(families()) == 5
    inks = [ink for family in families() if (ink := drawn("㙘", family)) is not None]
    assert len(inks) == 5
    for ink in inks:
        assert all(rim.min() < 255 for rim in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))
    assert all(drawn("\U0010fffe", family) is None for family in families())
