"""The fuzzer finds what is wrong, goes on where it stopped, and its decoders end as in production."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest

from bench.fuzz import Progress, fuzz
from bench.fuzz_mutations import LONGEST, mutated, mutated_json
from bench.fuzz_targets import FAILED, TARGETS, Decoder, Seen, Target, parsed
from models.errors import BadNotificationError
from tests.support.files import encoded, pdf, sheet
from tests.support.hostile_pdfs import self_drawing_pdf

SEEDS = (b'{"a": 1}', b'{"a": [1, 2]}')


def refuses(data: bytes) -> str:
    raise BadNotificationError(f"{len(data) % 7 * 'x'} is none")


def breaks(data: bytes) -> str:
    raise ZeroDivisionError


def run(target: Target, folder: Path, *turns: int) -> Progress:
    """Take it up so often, each time for so many inputs."""
    for inputs in turns:
        progress = Progress(target, 1, folder)
        for _ in range(inputs):
            progress.step(lambda data: parsed(refuses, data))
        progress.keep()
    return progress


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    target = Target("trial", lambda: SEEDS, mutated_json, refuses)
    whole, parts = run(target, tmp_path / "whole", 250), run(target, tmp_path / "parts", 100, 30, 120)
    assert whole.position == parts.position == 250
    assert len(whole.inputs) > len(SEEDS)
    assert contents(tmp_path / "whole") == contents(tmp_path / "parts")


def test_what_joined_after_the_position_was_written_joins_again(tmp_path: Path) -> None:
    target = Target("trial", lambda: SEEDS, mutated_json, refuses)
    killed = Progress(target, 1, tmp_path / "killed")
    for _ in range(120):
        killed.step(lambda data: parsed(refuses, data))
    again = run(target, tmp_path / "killed", 250)
    assert again.position == 250
    run(target, tmp_path / "whole", 250)
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_an_input_that_breaks_what_parses_it_is_kept_and_counts(tmp_path: Path) -> None:
    progress = fuzz(Target("trial", lambda: SEEDS, mutated, breaks), 0.2, folder=tmp_path)
    assert progress.seen
    assert {one.outcome for one in progress.seen} == {"uncoded"}
    assert list((tmp_path / "trial" / "failures").iterdir())
    assert json.loads((tmp_path / "trial" / "position-1.json").read_text("utf-8"))["ways"] == []


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    held = Decoder()
    yield held
    held.close()


@pytest.mark.parametrize(
    ("made", "outcome", "crashes"),
    [
        pytest.param(lambda: encoded(sheet(), "PNG"), "read", 0, id="a page"),
        pytest.param(lambda: b"", "empty", 0, id="nothing"),
        pytest.param(lambda: pdf(*[(72, 72)] * 9), "too_many_pages", 0, id="too many pages"),
        pytest.param(self_drawing_pdf, "too_large", 1, id="a PDF that ends the process"),
        pytest.param(lambda: encoded(sheet(), "JPEG"), "read", 0, id="a page after that"),
    ],
)
def test_a_file_is_decoded_in_a_process(
    decoder: Decoder, made: Callable[[], bytes], outcome: str, crashes: int
) -> None:
    seen = decoder(made())
    assert (seen.outcome, seen.crashes) == (outcome, crashes)
    assert seen.outcome not in FAILED


@pytest.mark.parametrize("target", [pytest.param(one, id=one.name) for one in TARGETS if one.parse is not None])
def test_what_parses_text_takes_its_seeds(target: Target) -> None:
    assert target.parse is not None
    assert {parsed(target.parse, data).outcome for data in target.seeds()} == {"read"}


@pytest.mark.parametrize("target", [pytest.param(one, id=one.name) for one in TARGETS])
def test_mutations_follow_from_the_seed_and_stay_small(target: Target, tmp_path: Path) -> None:
    one = tried(target, tmp_path / "one")
    copytree(tmp_path / "one" / target.name / "seeds", tmp_path / "other" / target.name / "seeds")
    other = tried(target, tmp_path / "other")
    assert one == other
    assert len(set(one)) > 20
    assert max(map(len, one)) <= LONGEST


def tried(target: Target, folder: Path) -> list[bytes]:
    """The first inputs that are tried."""
    kept: list[bytes] = []

    def keeping(data: bytes) -> Seen:
        kept.append(data)
        return parsed(refuses, data)

    progress = Progress(target, 7, folder)
    for _ in range(40):
        progress.step(keeping)
    return kept
