"""Commands in the documents: they parse, what they name exists, and what is cheap to run runs."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import typer

from cli.main import app, run
from models.errors import ExitCode
from service.settings import unknown_variables
from tests.support.pages import PAGES, blocks, spans

_SHELLS: Final = frozenset({"sh", "bash", "shell", "console", ""})
_NO_MODULE: Final = frozenset({"pytest", "mypy", "pip", "venv"})  # other projects' commands, with options of their own
_VARIABLE: Final = re.compile(r"\bINTAKE_[A-Z][A-Z_]*[A-Z](?!\w|__)")
_ASSIGNMENT: Final = re.compile(r"^\w+=")
_TARGET: Final = re.compile(r"^([a-z-]+):", re.MULTILINE)
_MAKE_VARIABLE: Final = re.compile(r"^(\w+) [?:]=|\$\(if \$\((\w+)\)", re.MULTILINE)
_CHEAP: Final = ("codes", "settings")
_OPEN: Final = frozenset({"...", "|"})


class Command(NamedTuple):
    """A command that a page names: the program and its arguments, as a shell splits them."""

    page: Path
    words: tuple[str, ...]


def _lines(text: str) -> Iterator[str]:
    for block in blocks(text):
        if block.language in _SHELLS:
            yield from block.text.replace("\\\n", " ").splitlines()
    yield from spans(text)


def _commands(page: Path) -> Iterator[Command]:
    for line in _lines(page.read_text("utf-8")):
        for part in re.split(r"&&|\|\||;| \| ", line.strip().removeprefix("$ ").removeprefix("sudo ")):
            try:
                words = shlex.split(part, comments=True)
            except ValueError:  # inline code that is no command
                continue
            while words and (_ASSIGNMENT.match(words[0]) or words[0] == "export"):
                words.pop(0)
            if words[:3] == ["python", "-m", "cli.main"]:
                words = ["intake", *words[3:]]
            if words and Path(words[0]).name in {"intake", "make", "python"}:
                yield Command(page, (Path(words[0]).name, *words[1:]))


COMMANDS: Final = tuple(dict.fromkeys(command for page in PAGES for command in _commands(page)))
INTAKE: Final = [command for command in COMMANDS if command.words[0] == "intake"]
MAKE: Final = [command for command in COMMANDS if command.words[0] == "make"]
MODULES: Final = [command for command in COMMANDS if command.words[:2] == ("python", "-m")]


def _named(commands: list[Command]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "words", [pytest.param(one.words, id=f"{one.page}: {shlex.join(one.words)}") for one in commands]
    )


def _parse(words: tuple[str, ...]) -> tuple[str, ...]:
    """Parse a line of `intake` as the program does, short of converting values; the names of the commands.

    Raises:
        TyperException: There is no such command or option.
    """
    arguments = [word for word in words[1:] if word not in _OPEN]
    group: Any = typer.main.get_command(app)
    new_context = type(group.make_context("intake", ["codes"], resilient_parsing=True))
    context = new_context(group, info_name="intake")
    _, rest, _ = group.make_parser(context).parse_args(arguments)
    names: list[str] = []
    command = group
    while getattr(command, "commands", None) and rest:
        name, command, rest = command.resolve_command(context, list(rest))
        names.append(name)
        context = new_context(command, info_name=name, parent=context)
        _, rest, _ = command.make_parser(context).parse_args(list(rest))
    if not getattr(command, "commands", None):
        takes = [param for param in command.params if not param.opts[0].startswith("-")]
        if len(rest) > len(takes) and not any(param.nargs == -1 for param in takes):
            raise AssertionError(f"{names} takes no {rest}")
    return tuple(names)


@_named(INTAKE)
def test_a_command_of_intake_has_these_options(words: tuple[str, ...]) -> None:
    _parse(words)


@pytest.mark.parametrize("line", ["intake proces x", "intake codes --jsn", "intake people ad X", "intake codes x y"])
def test_a_wrong_line_is_found(line: str) -> None:
    with pytest.raises((typer.TyperException, AssertionError)):
        _parse(tuple(line.split()))


@_named([one for one in INTAKE if one.words[1:2] and one.words[1] in _CHEAP and "develop" not in one.page.parts])
def test_a_command_that_needs_no_server_runs(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--workspace", str(tmp_path), *words[1:]]) == ExitCode.ACCEPTED
    assert capsys.readouterr().out


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for names in sorted({_parse(command.words) for command in INTAKE}):
        assert run([*names, "--help"]) == ExitCode.ACCEPTED
        assert re.search(rf"Usage: .*{' '.join(names)}", capsys.readouterr().out)


@_named(MAKE)
def test_a_target_of_make_exists(words: tuple[str, ...]) -> None:
    makefile = Path("Makefile").read_text("utf-8")
    variables = {name for pair in _MAKE_VARIABLE.findall(makefile) for name in pair if name}
    given = [word.partition("=")[0] for word in words[1:] if "=" in word]
    targets = [word for word in words[1:] if "=" not in word and not word.startswith("-")]
    assert set(targets) <= set(_TARGET.findall(makefile))
    assert set(given) <= variables


@_named([command for command in MODULES if command.words[2] not in _NO_MODULE])
def test_a_module_exists_and_has_these_options(words: tuple[str, ...]) -> None:
    if words[2] == "bench.NAME":
        return  # stands for every bench
    found = importlib.util.find_spec(words[2])
    assert found
    assert found.origin
    source = Path(found.origin).read_text("utf-8")
    source += Path("bench/runner.py").read_text("utf-8") if "run_bench" in source else ""
    assert [word for word in words[3:] if word.startswith("--") and f'"{word}"' not in source] == []


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page)) for page in PAGES])
def test_every_variable_is_a_setting(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _VARIABLE.findall(page.read_text("utf-8")):
        monkeypatch.setenv(name, "x")
    assert unknown_variables() == ()
