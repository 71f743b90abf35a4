"""What `intake` imports, lists and accepts, whichever command is called."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from cli.main import COMMANDS, app, run
from models.errors import ExitCode

HEAVY = {"openvino", "onnxruntime", "paddleocr", "paddlex", "cv2", "numpy", "prefect", "sqlalchemy"}
LOADED = "import json, sys; from cli.main import run; run(sys.argv[1:]); print(json.dumps(sorted(sys.modules)))"


def _called(name: str) -> Any:
    """A command as it is imported when it is called."""
    group = typer.main.get_group(app)
    with group.make_context("intake", [name]) as context:
        return group.resolve_command(context, [name])[1]


def _with_parts(words: tuple[str, ...], command: Any) -> Iterator[tuple[str, ...]]:
    """How a command is called, and every command within if it is a group."""
    yield words
    for name, part in command.commands.items() if isinstance(command, TyperGroup) else ():
        yield from _with_parts((*words, name), part)


@pytest.mark.parametrize("words", [["--help"], ["codes"]])
def test_help_and_codes_load_no_engine_and_no_server(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "cli.main" in loaded
    assert loaded & HEAVY == set()


def test_a_command_that_works_on_cases_loads_the_ledger() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, "show", "x"], capture_output=True, text=True, check=True)
    assert "sqlalchemy" in json.loads(done.stdout.splitlines()[-1])


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    said = {name: " ".join(_called(name).help.split("\n\n")[0].split()) for name in COMMANDS}
    assert said == {name: entry.help for name, entry in COMMANDS.items()}


def test_every_command_has_help_and_accepts_a_workspace(capsys: pytest.CaptureFixture[str]) -> None:
    every = [words for name in COMMANDS for words in _with_parts((name,), _called(name))]
    assert ("people", "list") in every
    for words in every:
        assert run([*words, "--help"]) == ExitCode.ACCEPTED
        assert "--workspace" in capsys.readouterr().out, words


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--workspace", "WORKSPACE", "children", "export"], id="in front of the command"),
        pytest.param(["children", "--workspace", "WORKSPACE", "export"], id="behind the group"),
        pytest.param(["children", "export", "--workspace", "WORKSPACE"], id="behind the command of the group"),
        pytest.param(["--workspace", "other", "children", "export", "--workspace", "WORKSPACE"], id="the later wins"),
    ],
)
def test_a_workspace_is_used(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    chosen = tmp_path / "chosen"
    assert run([str(chosen) if word == "WORKSPACE" else word for word in words]) == ExitCode.ACCEPTED
    assert [path.name for path in tmp_path.iterdir()] == ["chosen"]


@pytest.mark.parametrize("words", [["proces"], ["people", "lis"], ["show"], ["codes", "--nothing"], []])
def test_what_is_no_command_is_refused(words: list[str]) -> None:
    assert run(words) == ExitCode.USAGE
