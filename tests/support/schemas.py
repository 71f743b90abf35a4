"""The published JSON Schemas, as a client uses them; every result that the suite writes is held against its schema."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from models.result import Result

FOLDER: Final = Path(__file__).parents[2] / "docs" / "schema"


@cache
def validator(name: str) -> Any:
    """The validator of `NAME.schema.json`, which checks the formats of days and moments too."""
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def misfits(name: str, content: object) -> list[str]:
    """Where a document breaks its schema, and how; nothing if it fits."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(content)]


def assert_fits(name: str, text: str | bytes) -> None:
    """Fail unless a JSON text fits its schema."""
    assert misfits(name, json.loads(text)) == []


@pytest.fixture(scope="session", autouse=True)
def results_fit() -> Iterator[None]:
    """Hold every result that is written as JSON, for the store, the ledger or a terminal, against its schema."""
    write = Result.to_json

    def checked(result: Result) -> str:
        text = write(result)
        assert_fits("result", text)
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Result, "to_json", checked)
        yield
