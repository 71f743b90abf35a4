"""docs/commands.md and docs/configuration.md, out of the commands and the settings: `python -m cli.reference`.

Not a command of `intake`; `make docs` runs it, and a test holds both pages.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeGuard, get_args, get_origin

import typer
from pydantic import AnyHttpUrl, BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from cli.main import COMMANDS, app
from models.codes import Code
from models.errors import ExitCode
from models.policy import Policy
from service.settings import Settings

DOCS: Final = Path("docs")
_ENTRY: Final = re.compile(r"^(\w+): (.*)$")
_KINDS: Final[Mapping[Any, str]] = {
    Path: "path", SecretStr: "secret", bool: "true or false", int: "whole number", float: "number", str: "text",
    AnyHttpUrl: "URL", tuple: "list",
}  # fmt: skip
_VALUES: Final[Mapping[Any, str]] = {Path: "FILE", int: "N", datetime: "DATE", Code: "CODE", str: "TEXT"}
_FEW: Final = 6  # choices
_SIGNS: Final = {
    "ge": "at least {:g}", "gt": "above {:g}", "le": "at most {:g}", "lt": "below {:g}",
    "min_length": "length at least {:g}", "max_length": "length at most {:g}",
}  # fmt: skip
_EXIT_CODES: Final[Mapping[ExitCode, str]] = {
    ExitCode.ACCEPTED: "done; of `process`: every case was accepted",
    ExitCode.USAGE: "wrong usage or settings",
    ExitCode.BAD_MANIFEST: "a manifest is wrong, or there is none",
    ExitCode.ENGINE: "the OCR engine cannot run",
    ExitCode.STORE: "store or ledger fail; of `audit verify`: something was changed",
    ExitCode.RETURNED: "at least one case was returned",
    ExitCode.REVIEW: "none was returned, and at least one waits for review",
    ExitCode.BUG: "a bug of ours, with its traceback",
    ExitCode.INTERRUPTED: "interrupted; finished cases are recorded",
}
_COMMANDS_HEAD: Final = """\
# Commands

Written by `make docs` out of the commands themselves; a test holds it. `intake` is in `.venv/bin`. `--workspace DIR`,
in front of a command or behind it, names the folder of the embedded store, ledger and logs (default `./workspace`);
`--help` explains every command.
"""
_CONFIGURATION_HEAD: Final = """\
# Configuration

Written by `make docs` out of `service/settings.py` and the groups that it names; a test holds it. Every setting is an
environment variable with a default that works on one machine. `intake settings` prints the values in force; the start
refuses unsafe and misspelt settings, all at once. `deploy/child-intake.env.example` is a file to begin with.

A *secret* may lie in a file instead: name the file by the same variable with `_FILE`, such as
`INTAKE_REGISTER_SECRET_FILE`.
"""
_POLICY_HEAD: Final = """
## The policy file

The hospital's rules, as YAML in the file that `INTAKE_POLICY_FILE` names. Keys that it leaves out keep their
defaults; an unknown key or a wrong value is refused at the start.

```yaml
name: our-hospital@1
newborn_days: 30
names: {certain: 0.99}
pages: {household_register: [id_portrait, home, child_page]}
```
"""


def commands_page() -> str:
    """docs/commands.md: every command with its arguments and options, and every exit code."""
    group = typer.main.get_command(app)
    context = group.make_context("intake", ["codes"], resilient_parsing=True)
    lines = [_COMMANDS_HEAD]
    for name in COMMANDS:
        command = group.resolve_command(context, [name])[1]  # type: ignore[attr-defined] # of a group
        lines += _command(f"intake {name}", command)
    lines += ["## Exit codes", "", "| code | meaning |", "| --- | --- |"]
    lines += [f"| {code.value} | {_EXIT_CODES[code]} |" for code in ExitCode]
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any, level: str = "##") -> Iterator[str]:
    within = getattr(command, "commands", {})
    own = [param for param in command.params if param.name not in {"help", "workspace"}]
    arguments = " ".join(_argument(param) for param in own if not _is_option(param))
    runs = not within or command.invoke_without_command
    yield from (f"{level} `{' '.join(filter(None, (name, arguments)))}`", "", _sentence(command.help), "")
    if own and runs:
        yield from ("| argument | meaning |", "| --- | --- |")
        yield from (f"| {_spelled(param)} | {_meaning(param)} |" for param in own)
        yield ""
    for inner, subcommand in within.items():
        yield from _command(f"{name} {inner}", subcommand, "###")


def _is_option(param: Any) -> bool:
    return bool(param.opts[0].startswith("-"))


def _argument(param: Any) -> str:
    name = str(param.metavar or param.name.upper())
    return f"{name}..." if param.nargs == -1 and not name.endswith("...") else name


def _spelled(param: Any) -> str:
    if not _is_option(param):
        return f"`{_argument(param)}`"
    if param.is_flag:
        return " ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
    return f"`{param.opts[0]} {_value(param.type_descriptor.annotation)}`"


def _value(kind: Any) -> str:
    """What stands for the value of an option: the choices, unless they are many."""
    if isinstance(kind, type) and issubclass(kind, StrEnum) and len(kind) <= _FEW:
        return "\\|".join(one.value for one in kind)
    return _VALUES.get(kind, "VALUE")


def _meaning(param: Any) -> str:
    default = f" Default: `{param.default}`." if param.default and not param.required else ""
    return _sentence(param.help) + (" Required." if param.required and _is_option(param) else "") + default


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split()).replace("[default: ", "Default: ").replace("]", ".")


def configuration_page() -> str:
    """docs/configuration.md: every setting with its variable, kind, default and meaning; then the policy's keys."""
    lines = [_CONFIGURATION_HEAD, "## General", "", *_table("variable", "INTAKE_{}", Settings)]
    lines += _groups("##", "variable", "INTAKE_{}__", Settings)
    lines += [_POLICY_HEAD, *_table("key", "{}", Policy), *_groups("###", "key", "{}.", Policy)]
    return "\n".join(lines[:-1]) + "\n"


def _groups(level: str, head: str, form: str, kind: type[BaseModel]) -> Iterator[str]:
    """The groups of settings within one; `form` takes a group's name and gives what its settings begin with."""
    for name, field in kind.model_fields.items():
        if _is_group(field.annotation):
            prefix = form.format(name.upper() if head == "variable" else name)
            yield from (f"{level} `{prefix}`", "", _first_sentences(field.annotation), "")
            yield from _table(head, f"{prefix}{{}}", field.annotation)
            yield from _groups(level, head, f"{prefix}{form.removeprefix('INTAKE_')}", field.annotation)


def _table(head: str, form: str, kind: type[BaseModel]) -> Iterator[str]:
    meanings = _meanings(kind)
    yield from (f"| {head} | kind | default | meaning |", "| --- | --- | --- | --- |")
    for name, field in kind.model_fields.items():
        if not _is_group(field.annotation):
            spelled = form.format(name.upper() if head == "variable" else name)
            yield f"| `{spelled}` | {_kind(field)} | {_default(field)} | {meanings[name]} |"
    yield ""


def _is_group(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _first_sentences(kind: type[BaseModel]) -> str:
    return " ".join(inspect.getdoc(kind).partition("\n\n")[0].split())  # type: ignore[union-attr]


def _meanings(kind: type[BaseModel]) -> Mapping[str, str]:
    """What the class's docstring says about each attribute."""
    found: dict[str, str] = {}
    name = ""
    for line in (inspect.getdoc(kind) or "").partition("Attributes:\n")[2].splitlines():
        if entry := _ENTRY.match(line.removeprefix("    ")):
            name = entry[1]
            found[name] = entry[2]
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return {one: text.replace(". None ", ". Unset ").replace("None", "unset") for one, text in found.items()}


def _kind(field: FieldInfo) -> str:
    kind, limits = field.annotation, list(field.metadata)
    if type(None) in get_args(kind):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is Annotated:
        kind, *inner = get_args(kind)
        limits += [limit for one in inner for limit in (one.metadata if isinstance(one, FieldInfo) else (one,))]
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f"`{choice.value}`" for choice in kind)
    said = (words.format(getattr(one, sign)) for one in limits for sign, words in _SIGNS.items() if hasattr(one, sign))
    return ", ".join((_KINDS[get_origin(kind) or kind], *said))


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is PydanticUndefined or default in (None, "", SecretStr("")):
        return ""
    if isinstance(default, tuple):
        return ", ".join(f"`{one.value}`" for one in default)
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"`{text.replace(str(Path.home()), '~')}`"


if __name__ == "__main__":
    (DOCS / "commands.md").write_text(commands_page(), "utf-8")
    (DOCS / "configuration.md").write_text(configuration_page(), "utf-8")
