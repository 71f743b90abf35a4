"""The two READMEs: short, alike, and true. Lists of commands, settings and codes are generated pages of docs."""

import json
import re
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from fixtures.truth import SAMPLES
from models.codes import Code
from models.submission import MANIFEST_NAME
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.folder import FolderStore
from service.settings import Settings
from service.settings_checks import problems
from tests.support.pages import anchors, blocks, links
from tests.support.samples import processed_sample
from tests.support.values import SECRET

ENGLISH, CHINESE = (Path(name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
BOTH: Final = [pytest.param(ENGLISH, id="README.md"), pytest.param(CHINESE, id="README.zh-CN.md")]
SAMPLE: Final = "returned-name"
# What the files of secrets hold that the deployment names; the other ones take any text.
SECRETS: Final = {
    "keyring": SECRET.hex(),
    "register": SECRET.hex(),
    "ledger": "postgresql://intake@db.hospital.example/intake",
    "tokens": SECRET.hex(),
    "webhook": f"whsec_{b64encode(SECRET).decode()}",
}
_EXPORTED: Final = re.compile(r"\b(INTAKE_\w+)=(\S+)")
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


def test_its_deployment_is_one_that_the_service_starts_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (block,) = (block for block in blocks(ENGLISH) if "INTAKE_DESK__URL" in block.text)
    for name, value in _EXPORTED.findall(block.text):
        file = tmp_path / name
        file.write_text(SECRETS.get(Path(value).name, "intake"), "utf-8")
        file.chmod(0o600)
        monkeypatch.setenv(name, str(file) if name.endswith("_FILE") else value)
    settings = Settings(workspace=tmp_path)
    assert problems(settings) == ()
    assert settings.store_at == "s3://intake"
    assert settings.ledger_at.startswith("postgresql://")


def test_both_have_the_same_blocks_links_and_sections() -> None:
    def commands(text: str) -> list[str]:
        return [_COMMENT.sub("", block.text) for block in blocks(text)]

    def told(text: str) -> list[str]:
        return sorted(link for link in links(text) if not link.startswith(("README", "docs/zh/")))

    assert commands(ENGLISH) == commands(CHINESE)
    assert told(ENGLISH) == told(CHINESE)
    assert len(anchors(ENGLISH)) == len(anchors(CHINESE))


@pytest.mark.parametrize("text", BOTH)
def test_every_code_is_told(text: str) -> None:
    told = {code for row in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE) for code in re.split("[,、] ?", row)}
    assert [code for code in Code if code not in told] == []


def test_every_figure_is_a_published_one() -> None:
    page = Path("docs/benchmarks.md").read_text("utf-8")
    shares = re.findall(r"\d[\d,]* of \d[\d,]*", _quality(ENGLISH))
    assert shares
    assert [share for share in shares if share not in page] == []
    assert [number for number in _NUMBER.findall(_quality(ENGLISH)) if number not in _NUMBER.findall(page)] == []
    assert set(_NUMBER.findall(_quality(CHINESE))) == set(_NUMBER.findall(_quality(ENGLISH)))
