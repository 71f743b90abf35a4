"""Links of the documents: each leads to a file and a heading that exist, and every page and picture is linked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest

from tests.support.pages import PAGES, anchors, links

_ELSEWHERE: Final = ("https://", "http://", "mailto:")
_ENTRIES: Final = (Path("README.md"), Path("README.zh-CN.md"))


def _targets(page: Path) -> Iterator[tuple[Path, str]]:
    """The files that a page links to, with the anchors."""
    for link in links(page.read_text("utf-8")):
        if not link.startswith(_ELSEWHERE):
            path, _, anchor = unquote(link).partition("#")
            yield ((page.parent / path) if path else page).resolve().relative_to(Path.cwd()), anchor


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page)) for page in PAGES])
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [str(target) for target, _ in _targets(page) if not target.exists()]
    lost = [
        f"{target}#{anchor}"
        for target, anchor in _targets(page)
        if anchor and target.suffix == ".md" and target.exists() and anchor not in anchors(target.read_text("utf-8"))
    ]
    assert (broken, lost) == ([], [])


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = list(_ENTRIES)
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += [target for target, _ in _targets(page) if target.suffix == ".md" and target.is_file()]
    assert sorted(set(PAGES) - reached) == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = {target for page in PAGES for target, _ in _targets(page)}
    pictures = {path for path in Path("docs").rglob("*") if path.suffix in {".png", ".jpg", ".svg"}}
    assert sorted(pictures - shown) == []


def test_anchors_are_made_as_the_forges_make_them() -> None:
    text = "# One `two` three!\n\n## 3002 户口本信息模糊\n\n## Same\n\n## Same\n\n```sh\n# no heading\n```\n"
    assert anchors(text) == {"one-two-three", "3002-户口本信息模糊", "same", "same-1"}
