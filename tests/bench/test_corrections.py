"""A small evaluation set of what reviewers saw, scored as it is told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.corrections import fields_in, figures, tables
from tests.review.test_corrections import one

FIELDS = (
    one("欧阳靖宣", "欧阳靖萱"),
    one("欧阳靖萱", "欧阳靖萱"),
    one("欧阳靖萱", "欧阳靖萱", engine="f"),
    one(None, "欧阳靖萱"),
    one("欧阳靖萱", None),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "evaluation-set.jsonl"
    made.write_text("".join(f"{field.to_json()}\n" for field in FIELDS), "utf-8")
    return made


def test_a_set_is_read_and_scored(file: Path) -> None:
    fields = fields_in(file)
    assert fields == FIELDS
    told = {figure.name: figure for figure in figures(fields)}
    assert (told["read as they are"].right, told["read as they are"].total) == (2, 4)
    assert (told["by engine: f"].right, told["by engine: f"].total) == (1, 1)
    assert told["read where a person cannot read"].value == 1
    assert told["calibration error of field confidence"].value == pytest.approx(0.4)
    assert [(row["read"], row["seen"]) for row in tables(fields)["characters taken for others"]] == [("宣", "萱")]


def test_no_whole_value_is_printed(file: Path) -> None:
    command = [sys.executable, "-m", "bench.corrections", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert "50.0% (2/4)" in done.stdout
    assert not any(value in done.stdout for value in ("欧阳", "靖宣", "靖萱"))


def test_the_keys_are_those_of_the_truth_of_specimens(file: Path) -> None:
    keys = set(json.loads(file.read_text("utf-8").splitlines()[0]))
    assert {"person", "field", "value", "box", "page_no", "read", "confidence", "digest", "document"} <= keys
