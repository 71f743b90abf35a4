"""The review desk in Chromium, with real cases that the real engine read: by keyboard alone, and in a few seconds."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image
from playwright.sync_api import Page

from models.codes import Code, Reason
from models.geometry import Box
from models.result import Decision
from models.review import Relation
from pipeline.ledger.records import AuditKind
from tests.support.chromium import Chromium, StartChromium, accessibility_problems
from tests.support.desk import Desk
from tests.support.keyboard import DOUBTFUL, DRAWN, KNOWN, Reviewer, copied, processed_in

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(300)]
MOST_KEYS, MOST_SECONDS = 12, 8.0
NEAR: Final = 3.0  # pixels of the page
ZOOMED: Final = (640, 450)  # as 1280 x 900 is at 200 %
VIEW: Final = ".view:not([hidden]) svg"


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each test has a copy of: reading takes half a minute."""
    folder = tmp_path_factory.mktemp("processed")
    processed_in(folder)
    return folder


@pytest.fixture(scope="module")
def chromium(start_chromium: StartChromium) -> Iterator[Chromium]:
    with start_chromium() as started:
        yield started


@pytest.fixture
def served(processed: Path, tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    with copied(processed, tmp_path / "w") as found:
        yield found


@pytest.fixture
def desk(served: tuple[Desk, str]) -> Desk:
    return served[0]


@pytest.fixture
def amy(served: tuple[Desk, str], chromium: Chromium) -> Iterator[Reviewer]:
    """Somebody before the queue; whatever they did, no page complained or asked anybody else."""
    reviewer = Reviewer(chromium, served[1])
    yield reviewer
    assert reviewer.visit.complaints == []
    assert reviewer.visit.requests_elsewhere(served[1]) == []


def quick(reviewer: Reviewer) -> None:
    assert reviewer.keys <= MOST_KEYS, reviewer.steps
    assert reviewer.seconds <= MOST_SECONDS, reviewer.steps


def digit_of(page: Page, text: str) -> str:
    """The key of the reading that says so."""
    said = page.locator(".options .choice").all_inner_texts()
    return next(one.split()[0] for one in said if one.split()[-1] == text)


def test_a_doubtful_name_is_accepted_by_keyboard(desk: Desk, amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    amy.show()
    amy.press("choose the name", digit_of(amy.page, "欧阳靖萱"))
    amy.press("go on", "Enter", until="[value=accept]:focus")
    amy.decided("accept", "Enter")
    quick(amy)
    made = desk.ledger.latest_result(f"sample-{DOUBTFUL}")
    assert (made.decision, {one.severity.value for one in made.findings}) == (Decision.ACCEPTED, {"warning"})
    kinds = [one.kind for one in desk.ledger.audit_trail(f"sample-{DOUBTFUL}")]
    assert {AuditKind.VIEWED, AuditKind.REVEALED, AuditKind.HELD, AuditKind.DECIDED} <= set(kinds)


def test_a_name_is_returned_by_keyboard_once_the_parents_message_was_seen(desk: Desk, amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    amy.show()
    amy.press("choose the name", "1")
    amy.press("choose the reason", "r", "ArrowDown", until="#preview [lang=zh-Hans]")
    seen = amy.page.locator("#preview").inner_text()
    amy.press("go on", "Enter", until="[value=return]:focus")
    assert amy.page.locator("#preview").is_visible()
    amy.decided("return", "Enter")
    quick(amy)
    made = desk.ledger.latest_result(f"sample-{DOUBTFUL}")
    (sent,) = [one for one in made.findings if one.severity.value == "reject"]
    assert (made.decision, sent.code, sent.reason) == (Decision.RETURNED, Code.NAME_DIFFERS, Reason.DIFFERENT)
    assert sent.message in seen
    assert sent.next_step in seen


def test_a_case_is_handed_on_and_the_supervisor_decides_it(
    desk: Desk, served: tuple[Desk, str], amy: Reviewer, chromium: Chromium
) -> None:
    amy.open(DOUBTFUL)
    amy.decided("hand on", "u", "Enter")
    quick(amy)
    sue = Reviewer(chromium, served[1], "sue")
    sue.open(DOUBTFUL)
    sue.show()
    sue.press("choose the name", digit_of(sue.page, "欧阳靖萱"), "Enter")
    sue.decided("accept", "Enter")
    quick(sue)
    assert [one.account for one in desk.ledger.reviewed(f"sample-{DOUBTFUL}")] == ["amy", "sue"]


@pytest.mark.parametrize(
    ("relation", "keys", "decision"),
    [
        pytest.param(
            Relation.SAME_CHILD, ("7", "r", "ArrowDown", "Enter", "Enter"), Decision.RETURNED, id="the same child"
        ),
        pytest.param(Relation.ANOTHER_CHILD, ("Space", "8", "a", "Enter"), Decision.ACCEPTED, id="a twin"),
    ],
)
def test_a_known_child(
    desk: Desk, amy: Reviewer, relation: Relation, keys: tuple[str, ...], decision: Decision
) -> None:
    amy.page.goto(f"{amy.origin}/queue?view=known")
    amy.open(KNOWN)
    amy.show()
    assert amy.page.locator(".records caption").inner_text().startswith("4005")
    amy.press("decide", *keys)
    if relation is Relation.SAME_CHILD:
        amy.page.wait_for_url("**/queue?done=return")
        assert desk.ledger.latest_result(f"sample-{KNOWN}").decision is decision
    else:  # the register holds the number: nobody registers it twice by oversight
        amy.page.locator(".note.wrong").wait_for()
        assert "登记册已有这个号码" in amy.page.locator(".note.wrong").inner_text()
        amy.visit.complaints.clear()  # of the 409
    quick(amy)


def test_a_blind_look(desk: Desk, amy: Reviewer) -> None:
    amy.page.goto(f"{amy.origin}/queue?view=blind")
    amy.open(DRAWN)
    amy.show()
    assert amy.page.evaluate("document.activeElement.id") == "sheet", "no decision is suggested"
    amy.page.evaluate("document.querySelectorAll('option').forEach(one => one.remove())")  # every reason that there is
    texts = amy.page.locator(".heading").inner_text() + amy.page.locator("#sheet").inner_text()
    assert [word for word in ("已有结论", "4005", "待核", "一致", "把握", "机器的结论：") if word in texts] == []
    assert amy.page.locator("mark, .doubtful, .doubt").count() == 0
    amy.decided("accept", "a", "Enter")
    quick(amy)
    (review,) = desk.ledger.reviewed(f"sample-{DRAWN}")
    assert review.agreed is True


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


def test_keys_do_nothing_while_somebody_types_and_enter_decides_nothing(desk: Desk, amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    amy.show()
    amy.page.keyboard.press("m")
    before = drawing(amy.page)
    amy.page.keyboard.type("qcb=a1")
    assert amy.page.locator("#note").input_value() == "qcb=a1"
    assert drawing(amy.page) == before
    amy.page.keyboard.press("Enter")
    assert amy.page.evaluate("document.activeElement.value") == "accept", "it leads there, and waits"
    assert desk.ledger.reviewed(f"sample-{DOUBTFUL}") == ()


def test_a_key_that_is_held_down_decides_nothing(desk: Desk, amy: Reviewer) -> None:
    amy.page.goto(f"{amy.origin}/queue?view=blind")
    amy.open(DRAWN)
    amy.show()
    amy.page.keyboard.press("a")
    amy.page.keyboard.down("Enter")
    for _ in range(5):
        amy.page.keyboard.down("Enter")
    amy.page.keyboard.up("Enter")
    amy.page.wait_for_url("**/queue?done=accept")
    assert len(desk.ledger.reviewed(f"sample-{DRAWN}")) == 1


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
        assert "页面已锁定" in reviewer.page.inner_text("main")
        assert "欧阳" not in reviewer.page.content()


@pytest.mark.parametrize("turns", range(4), ids=["upright", "turned once", "twice", "three times"])
def test_a_box_lies_where_the_result_says(desk: Desk, amy: Reviewer, turns: int) -> None:
    amy.open(DOUBTFUL)
    for _ in range(turns):
        amy.page.keyboard.press("q")
    result = desk.ledger.latest_result(f"sample-{DOUBTFUL}")
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


def test_the_pictures_of_the_documentation(served: tuple[Desk, str], amy: Reviewer, pictures: Path) -> None:
    shots = {"desk-queue": "/queue", "desk-case": f"/cases/sample-{DOUBTFUL}", "desk-4005": f"/cases/sample-{KNOWN}"}
    for name, path in shots.items():
        amy.page.goto(served[1] + path)
        if name != "desk-queue":
            amy.show()
        amy.page.wait_for_load_state("networkidle")
        shot = Image.open(BytesIO(amy.page.screenshot())).convert("RGB")
        shot.quantize(256, dither=Image.Dither.NONE).save(pictures / f"{name}.png", optimize=True)
        assert 10_000 < (pictures / f"{name}.png").stat().st_size < 300_000
