"""The two READMEs: short, alike, and true. Lists of commands, settings and codes are generated pages of docs."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from fixtures.truth import SAMPLES
from models.submission import MANIFEST_NAME
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.folder import FolderStore
from tests.support.pages import anchors, blocks, links
from tests.support.samples import processed_sample
from tests.support.values import SECRET

ENGLISH, CHINESE = (Path(name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
BOTH: Final = [pytest.param(ENGLISH, id="README.md"), pytest.param(CHINESE, id="README.zh-CN.md")]
SAMPLE: Final = "returned-name"
_LONGEST: Final = 7 * 1024
_COMMENT: Final = re.compile(r"\s+#.*$", re.MULTILINE)
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _quality(text: str) -> str:
    """The bullets about quality: the only ones."""
    return "\n".join(line for line in text.splitlines() if line.startswith("- "))


@pytest.mark.parametrize("text", BOTH)
def test_a_readme_is_short(text: str) -> None:
    assert len(text.encode()) <= _LONGEST


@pytest.mark.parametrize("text", BOTH)
def test_its_manifest_is_the_samples(text: str) -> None:
    manifest, _ = (json.loads(block.text) for block in blocks(text) if block.language == "json")
    assert manifest == json.loads((SAMPLES / SAMPLE / MANIFEST_NAME).read_bytes())


@pytest.mark.parametrize("text", BOTH)
def test_its_result_is_a_part_of_the_samples(text: str, tmp_path: Path) -> None:
    _, shown = (json.loads(block.text) for block in blocks(text) if block.language == "json")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", SECRET)) as ledger:
        result = processed_sample(SAMPLE, ledger, FolderStore(tmp_path / "store"))
    assert shown == _like(json.loads(result.to_json()), shown)


def _like(whole: Any, shown: Any) -> Any:
    """The part of a value that is shown: of objects the same keys, of lists every element."""
    if isinstance(shown, dict):
        return {key: _like(whole[key], value) for key, value in shown.items()}
    if isinstance(shown, list):
        return [_like(*pair) for pair in zip(whole, shown, strict=True)]
    return whole


def test_both_have_the_same_blocks_links_and_sections() -> None:
    def commands(text: str) -> list[str]:
        return [_COMMENT.sub("", block.text) for block in blocks(text)]

    def told(text: str) -> list[str]:
        return sorted(link for link in links(text) if not link.startswith(("README", "docs/zh/")))

    assert commands(ENGLISH) == commands(CHINESE)
    assert told(ENGLISH) == told(CHINESE)
    assert len(anchors(ENGLISH)) == len(anchors(CHINESE))


def test_every_figure_is_a_published_one() -> None:
    page = Path("docs/benchmarks.md").read_text("utf-8")
    shares = re.findall(r"\d[\d,]* of \d[\d,]*", _quality(ENGLISH))
    assert shares
    assert [share for share in shares if share not in page] == []
    assert [number for number in _NUMBER.findall(_quality(ENGLISH)) if number not in _NUMBER.findall(page)] == []
    assert set(_NUMBER.findall(_quality(CHINESE))) == set(_NUMBER.findall(_quality(ENGLISH)))
