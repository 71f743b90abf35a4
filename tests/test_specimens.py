"""Whole submissions: the same every time, true to themselves, and the splits apart."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from fixtures.specimens.pages import test_pages as pages_of_the_test_split
from fixtures.specimens.required import REQUIRED
from fixtures.specimens.scenarios import SCENARIOS
from fixtures.specimens.sets import Order, covering, page_count, specimen, write_set
from fixtures.specimens.specimen import Specimen, expected
from fixtures.truth import Expected, Extent, Legibility, Split
from models.documents import Person
from models.findings import CATALOGUE, found
from models.result import Decision, decide
from models.submission import MANIFEST_NAME, parse_manifest
from tests.support.fonts import needs_fonts

pytestmark = needs_fonts

SEED = 9
ALL = {split: [specimen(split, SEED, number) for number in range(300)] for split in Split}
MANY = ALL[Split.TRAIN][:60] + ALL[Split.TEST][:60]


def _scenario(made: Specimen) -> str:
    return made.name.split("-", 2)[-1]


def test_every_scenario_can_be_told() -> None:
    assert {_scenario(made) for one in ALL.values() for made in one} == set(SCENARIOS)


@pytest.mark.parametrize("made", MANY, ids=lambda made: made.name)
def test_the_decision_follows_from_the_findings(made: Specimen) -> None:
    assert set(made.findings) <= set(CATALOGUE)
    told = decide(tuple(found(code, reason) for code, reason in made.findings))
    assert made.decision in (told, *made.tolerated) or _scenario(made) == "mirrored"


@pytest.mark.parametrize("made", MANY[::10], ids=lambda made: made.name)
def test_the_manifest_names_the_files(made: Specimen) -> None:
    data = made.submission.model_dump_json(by_alias=True).encode()
    assert parse_manifest(data) == made.submission
    assert [file.path for file in made.submission.files] == [file.path for file in made.files]


def test_no_family_is_in_two_splits() -> None:
    children = {split: {_child_of(made) for made in ALL[split]} for split in Split}
    assert not children[Split.TRAIN] & children[Split.TEST]


def _child_of(made: Specimen) -> str:
    pages = [page for file in made.files for page in file.pages]
    return pages[0].family.member(Person.CHILD).name


def _small(split: Split, scenario: str) -> Specimen:
    return next(made for made in ALL[split] if _scenario(made) == scenario)


@pytest.mark.parametrize("scenario", ["good", "one-picture", "slight-harm", "bad-files"])
def test_two_runs_give_the_same_bytes(scenario: str, tmp_path: Path) -> None:
    made = _small(Split.TEST, scenario)
    number = int(made.name.split("-")[1])
    order = Order(Split.TEST, SEED, range(number, number + 1))
    first, again = (_written(order, tmp_path / run) for run in ("first", "again"))
    assert first == again
    assert f"{made.name}/{MANIFEST_NAME}" in first


def _written(order: Order, folder: Path) -> dict[str, str]:
    for _ in write_set(order, folder, 1):
        pass
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_the_manifest_of_checksums_is_right(tmp_path: Path) -> None:
    number = int(_small(Split.TRAIN, "good").name.split("-")[1])
    written = _written(Order(Split.TRAIN, SEED, range(number, number + 1)), tmp_path)
    rows = (tmp_path / "MANIFEST.sha256").read_text("utf-8").splitlines()
    told = {path: digest for digest, path in (row.split("  ", 1) for row in rows)}
    assert told == {path: digest for path, digest in written.items() if path in told}
    assert set(written) - set(told) == {"MANIFEST.sha256", "known_children.csv"}


def test_an_order_covers_as_many_pages_as_asked() -> None:
    order = covering(Split.TRAIN, SEED, 30)
    counts = [page_count(specimen(Split.TRAIN, SEED, number)) for number in order.numbers]
    assert sum(counts[:-1]) < 30 <= sum(counts)


@pytest.fixture(scope="module")
def truths() -> dict[str, Expected]:
    """The truth of one specimen of each of these scenarios, drawn."""
    scenarios = ("good", "newborn", "illegible", "margin-harm", "arguable-harm", "mirrored", "one-picture", "spread")
    return {scenario: expected(_small(Split.TEST, scenario)) for scenario in scenarios}


def test_values_lie_in_the_picture_with_a_box_for_each_character(truths: dict[str, Expected]) -> None:
    for page in truths["good"].pages:
        for field in page.fields:
            assert len(field.characters) == sum(not character.isspace() for character in field.text), field
            assert all(box.width > 0 and box.height > 0 for box in field.characters)


def test_an_illegible_page_lacks_a_required_value(truths: dict[str, Expected]) -> None:
    (harmed,) = (page for page in truths["illegible"].pages if page.damage)
    required = {field for fields in REQUIRED.values() for field in fields}
    assert any(field.legibility is Legibility.ILLEGIBLE for field in harmed.fields if field.field in required)
    assert truths["illegible"].decision is Decision.RETURNED


def test_harm_in_the_margin_leaves_every_value_alone(truths: dict[str, Expected]) -> None:
    (harmed,) = (page for page in truths["margin-harm"].pages if page.damage)
    assert harmed.damage is not None
    assert harmed.damage.extent is Extent.MARGIN
    assert all(field.level == 0 for field in harmed.fields)


def test_what_can_be_argued_about_tolerates_other_decisions(truths: dict[str, Expected]) -> None:
    assert set(truths["arguable-harm"].tolerated) == {Decision.REVIEW, Decision.RETURNED}


@pytest.mark.parametrize("scenario", ["one-picture", "spread"])
def test_two_pages_in_one_picture_are_two_documents(scenario: str, truths: dict[str, Expected]) -> None:
    places = [(page.file, page.page_no) for page in truths[scenario].pages]
    assert len(set(places)) == len(places) - 1


def test_single_pages_for_benches() -> None:
    first, again = (tuple(pages_of_the_test_split(3, SEED)) for _ in range(2))
    assert first == again
    assert len({case.name for case in first}) == 3
    assert all(case.truth and np.frombuffer(case.data[:2], np.uint8).tolist() == [0xFF, 0xD8] for case in first)
