"""The pictures of the reviewers' manual: the desk as it is, and on each what the manual names beside it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import pytest

from tests.support.chromium import Chromium, save_screenshot
from tests.support.desk import Desk
from tests.support.keyboard import DOUBTFUL, DRAWN, KNOWN, Reviewer, chromium, processed, served
from tests.support.manuals import pictured, plain

__all__ = ["chromium", "processed", "served"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(300)]
SEEN: Final = pictured()
TALL: Final = (1280, 1100)
LARGEST: Final = 300_000  # bytes of a picture in the repository
# All that the page says: its text, that of closed parts, and the names of controls.
SAID: Final = """() => { document.querySelectorAll('details').forEach(one => { one.open = true; });
  const named = [...document.querySelectorAll('[aria-label], optgroup')].map(one => one.ariaLabel || one.label);
  return document.body.innerText + named.join(); }"""


class Scene(NamedTuple):
    """How a reviewer comes to what a picture shows, the part of the page that it shows, and the window's size."""

    steps: Callable[[Reviewer], None]
    part: str = ""
    size: tuple[int, int] = (1280, 900)


def _at(path: str, *, shown: bool = False) -> Callable[[Reviewer], None]:
    def steps(reviewer: Reviewer) -> None:
        reviewer.page.goto(reviewer.origin + path)
        if shown:
            reviewer.show()
        reviewer.page.wait_for_load_state("networkidle")

    return steps


def _return(reviewer: Reviewer) -> None:
    _at(f"/cases/sample-{DOUBTFUL}", shown=True)(reviewer)
    reviewer.page.keyboard.press("8")
    reviewer.page.keyboard.type("欧阳靖")
    reviewer.page.select_option("#reason", "姓名不一致/length")
    reviewer.page.wait_for_selector("#preview [lang=zh-Hans]")


def _stumble(reviewer: Reviewer) -> None:
    _at(f"/cases/sample-{DOUBTFUL}", shown=True)(reviewer)
    reviewer.page.click(".accept")
    reviewer.page.wait_for_selector("#stumbles")


def _help(reviewer: Reviewer) -> None:
    _at(f"/cases/sample-{DOUBTFUL}")(reviewer)
    reviewer.page.click(".help summary")


SCENES: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "login": Scene(_at("/login"), ".card"),
        "queue": Scene(_at("/queue"), size=(1280, 420)),
        "case-masked": Scene(_at(f"/cases/sample-{DOUBTFUL}")),
        "case-name": Scene(_at(f"/cases/sample-{DOUBTFUL}", shown=True), size=TALL),
        "case-return": Scene(_return, ".actions"),
        "case-stumble": Scene(_stumble, size=(1280, 420)),
        "case-4005": Scene(_at(f"/cases/sample-{KNOWN}", shown=True), size=TALL),
        "case-blind": Scene(_at(f"/cases/sample-{DRAWN}", shown=True)),
        "keys": Scene(_help, ".help"),
        "case-held": Scene(_at(f"/cases/sample-{DOUBTFUL}"), size=(1280, 420)),
    }
)


def test_every_picture_of_the_manual_has_its_scene() -> None:
    assert SEEN.keys() == SCENES.keys()


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_of_the_manual(
    served: tuple[Desk, str], chromium: Chromium, manual_pictures: Path, name: str
) -> None:
    scene, origin = SCENES[name], served[1]
    if name == "case-held":
        _at(f"/cases/sample-{DOUBTFUL}")(Reviewer(chromium, origin))
    reviewer = Reviewer(chromium, origin, "ann" if name == "case-held" else "amy", size=scene.size)
    scene.steps(reviewer)
    page = reviewer.page
    shot = page.locator(scene.part).screenshot() if scene.part else page.screenshot()
    file = manual_pictures / f"{name}.png"
    save_screenshot(shot, file)
    assert file.stat().st_size < LARGEST
    said = re.sub(r"\s", "", page.evaluate(SAID))
    assert [words for words in SEEN[name] if plain(words) not in said] == []
