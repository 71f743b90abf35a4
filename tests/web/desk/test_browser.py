"""The desk's pages in Chromium: who can use them, what keys draw, where boxes lie, and when they lock themselves."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from models.geometry import Box
from tests.support.chromium import Chromium, accessibility_problems
from tests.support.desk import Desk
from tests.support.keyboard import DOUBTFUL, DRAWN, KNOWN, Reviewer, amy, chromium, copied, desk, processed, served

__all__ = ["amy", "chromium", "desk", "processed", "served"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(300)]
NEAR: Final = 3.0  # pixels of the page
ZOOMED: Final = (640, 450)  # as 1280 x 900 is at 200 %
VIEW: Final = ".view:not([hidden]) svg"


PLACES: Final = {
    "queue": "/queue",
    "an empty part": "/queue?view=supervisor",
    "a doubtful name": f"/cases/sample-{DOUBTFUL}",
    "a known child": f"/cases/sample-{KNOWN}",
    "a blind look": f"/cases/sample-{DRAWN}",
    "nothing": "/nowhere",
    "login": "/login?over=1",
}


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("size", [pytest.param((1280, 900), id="usual"), pytest.param(ZOOMED, id="at 200 %")])
def test_every_page_can_be_used_by_everybody(
    served: tuple[Desk, str], chromium: Chromium, size: tuple[int, int], language: str
) -> None:
    reviewer = Reviewer(chromium, served[1], size=size)
    page = reviewer.page
    page.goto(f"{served[1]}/language/{language}")
    for name, path in PLACES.items():
        page.goto(served[1] + path)
        shows = page.locator("#show")
        problems = accessibility_problems(page)
        if shows.count():
            shows.press("Enter")
            page.wait_for_selector("#show", state="detached")
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            problems += accessibility_problems(page)
        assert problems == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert out_of_reach(page) == [], name
    assert reviewer.visit.requests_elsewhere(served[1]) == []


def out_of_reach(page: Page) -> list[str]:
    """Controls that lie beside the page, or have no size."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('main a, main button, main input:not([type=hidden]), main select')]
          .filter(one => one.checkVisibility())
          .filter(one => { const at = one.getBoundingClientRect();
            const inner = one.closest('.wide'); // which scrolls by itself
            return at.width < 1 || at.height < 1 || at.left < 0 || (!inner && at.right > innerWidth + 1); })
          .map(one => one.outerHTML)"""
    )
    return found


def drawing(page: Page) -> tuple[Any, ...]:
    return tuple(
        page.evaluate(
            """() => { const view = document.querySelector('.view:not([hidden])');
            return [view.dataset.page, view.querySelector('svg').getAttribute('viewBox'),
              view.querySelector('.turned').getAttribute('transform'), document.querySelector('.views').className,
              document.querySelectorAll('.view:not([hidden])').length]; }"""
        )
    )


PAGE, BOX, TURN, LOOK, COUNT = range(5)


@pytest.mark.parametrize(
    ("key", "changed", "back"),
    [
        pytest.param("=", BOX, "-", id="zoom in and out"),
        pytest.param("+", BOX, "0", id="zoom in, and the whole page"),
        pytest.param("q", TURN, "q q q", id="turn once, and all around"),
        pytest.param("c", LOOK, "c", id="more contrast"),
        pytest.param("i", LOOK, "i", id="inverted"),
        pytest.param("o", LOOK, "o", id="without boxes"),
        pytest.param("d", COUNT, "d", id="two pages"),
        pytest.param("]", PAGE, "[", id="the next page"),
        pytest.param("= Shift+ArrowLeft", BOX, "0", id="moved"),
    ],
)
def test_a_key_changes_what_is_drawn(amy: Reviewer, key: str, changed: int, back: str) -> None:
    amy.open(DOUBTFUL)
    before = drawing(amy.page)
    for one in key.split():
        amy.page.keyboard.press(one)
    after = drawing(amy.page)
    assert after[changed] != before[changed]
    for one in back.split():
        amy.page.keyboard.press(one)
    assert drawing(amy.page) == before


def test_keys_can_be_switched_off_and_stay_off(amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    amy.page.evaluate("document.querySelector('.help').open = true")
    amy.page.locator("#keys-on").uncheck()
    amy.page.reload()
    amy.page.wait_for_load_state("networkidle")
    before = drawing(amy.page)
    for key in ("q", "=", "c", "u"):
        amy.page.keyboard.press(key)
    assert drawing(amy.page) == before
    assert not amy.page.locator("#keys-on").is_checked()


def test_a_page_that_nobody_works_on_locks_itself(processed: Path, tmp_path: Path, chromium: Chromium) -> None:
    with copied(processed, tmp_path / "w", idle_seconds=60) as (_, origin):
        reviewer = Reviewer(chromium, origin)
        reviewer.page.clock.install()
        reviewer.page.goto(f"{origin}/cases/sample-{DOUBTFUL}")
        reviewer.page.clock.fast_forward(61_000)
        reviewer.page.wait_for_url("**/login?over=1*")
        assert "已自动退出" in reviewer.page.inner_text("main")
        assert "欧阳" not in reviewer.page.content()


@pytest.mark.parametrize("turns", range(4), ids=["upright", "turned once", "twice", "three times"])
def test_a_box_lies_where_the_result_says(desk: Desk, amy: Reviewer, turns: int) -> None:
    amy.open(DOUBTFUL)
    for _ in range(turns):
        amy.page.keyboard.press("q")
    result = desk.ledger.cases.latest_result(f"sample-{DOUBTFUL}")
    shown = amy.page.locator(VIEW)
    number = int(amy.page.evaluate("document.querySelector('.view:not([hidden])').dataset.page"))
    here = [one.box for one in result.fields if one.file == result.pages[number].file]
    found = shown.locator(".boxes rect").evaluate_all(_PLACES)
    assert len(found) >= 10
    for place in found:
        assert min(distance(place, box) for box in here) <= NEAR, place


# Corners of a rectangle as they lie on the screen, as parts of the picture below them: what a person sees.
_PLACES: Final = """rects => rects.map(rect => {
  const image = rect.closest('svg').querySelector('image');
  const [width, height] = rect.closest('.view').dataset.size.split(',').map(Number);
  const on = (element, x, y) => new DOMPoint(x, y).matrixTransform(element.getScreenCTM());
  const [origin, right, down] = [on(image, 0, 0), on(image, width, 0), on(image, 0, height)];
  const part = (at, end) => ((at.x - origin.x) * (end.x - origin.x) + (at.y - origin.y) * (end.y - origin.y)) /
    ((end.x - origin.x) ** 2 + (end.y - origin.y) ** 2);
  const seen = rect.getBoundingClientRect();
  const corners = [[seen.left, seen.top], [seen.right, seen.top], [seen.left, seen.bottom], [seen.right, seen.bottom]]
    .map(([x, y]) => ({ x, y })).map(at => [part(at, right) * width, part(at, down) * height]);
  const [xs, ys] = [corners.map(one => one[0]), corners.map(one => one[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
})"""


def distance(place: list[float], box: Box) -> float:
    return max(abs(one - other) for one, other in zip(place, box, strict=True))


def test_an_enlarged_character_is_framed(amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    crops = amy.page.locator(".crop.glyph")
    assert crops.count() >= 1
    for crop in crops.all():
        outer, inner = crop.bounding_box(), crop.locator(".frame").bounding_box()
        assert outer
        assert inner
        assert outer["x"] < inner["x"]
        assert inner["x"] + inner["width"] < outer["x"] + outer["width"] + 1
        assert inner["width"] < outer["width"] * 0.9
