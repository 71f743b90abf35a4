"""Mutation testing of the code that decides about families: `python -m bench.mutants [--full]`.

mutmut makes every small change that it knows to the rules, names and the decision ([tool.mutmut] in pyproject.toml
lists the packages), one at a time, and runs their tests on a sample of the mutants or on all. The report lists the
surviving mutants with their changes. mutmut has its own lock, deploy/mutmut.lock: its dependencies conflict with ours.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import JsonValue

from bench.machine import ROOT
from bench.metrics import Figure, share
from bench.report import Measured
from bench.runner import Bench, run_bench

SEED: Final = 12
BENCH: Final = Bench("mutants", __doc__, SEED, "mutants", small=300, full=100_000)
_PROCESSES: Final = "2"
_PLACE: Final = ROOT / ".venv" / "mutmut"
_LOCK: Final = ROOT / "deploy" / "mutmut.lock"
_NOTICED: Final = frozenset({"killed", "timeout", "segfault", "caught by type check"})
_LINE: Final = re.compile(r"^\s+(\S+): (.+)$", re.MULTILINE)
_ROOMS: Final = (
    "pipeline.judge.rules", "pipeline.judge.name_", "models.names", "pipeline.judge.case", "models.result"
)  # fmt: skip


def measure(count: int) -> Measured:
    """Make every mutant, run the tests on `count` of them, and list the survivors."""
    _install()
    _mutmut("run", "models.result.*")  # makes all mutants, and records which test covers which function
    names = sorted(dict(_listed()))
    chosen = random.Random(SEED).sample(names, min(count, len(names)))
    _mutmut("run", "--max-children", _PROCESSES, *chosen)
    endings = {name: ending for name, ending in _listed() if name in set(chosen)}
    survived = tuple(name for name, ending in endings.items() if ending not in _NOTICED)
    figures = (Figure(name="mutants made", value=len(names), unit="count"), *_figures(endings))
    return Measured(figures, {"survived": tuple(_row(name, endings[name]) for name in survived)})


def _listed() -> list[tuple[str, str]]:
    return _LINE.findall(_mutmut("results", "--all", "true"))


def _install() -> None:
    if not _PLACE.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "--target", str(_PLACE), "-r", str(_LOCK)], check=True)


def _mutmut(*words: str) -> str:
    """Run a mutmut command; its packages come last on the path, so that the project's pytest runs."""
    program = f"import sys; sys.path.append({str(_PLACE)!r}); from mutmut.__main__ import cli; cli()"
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(
            f"mutmut {words[0]} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout


def _figures(endings: Mapping[str, str]) -> Iterator[Figure]:
    for title, room in (("all", ""), *((room, room) for room in _ROOMS)):
        own = [ending for name, ending in endings.items() if name.startswith(room)]
        yield share(f"mutants noticed: {title}", sum(ending in _NOTICED for ending in own), len(own))


def _row(name: str, ending: str) -> Mapping[str, JsonValue]:
    """The lines that the mutant changes, before and after."""
    diff = _mutmut("show", name).splitlines()
    changed = [line for line in diff if re.match(r"[-+](?![-+])", line)]
    return {"mutant": name, "ending": ending, "change": "\n".join(changed)}


if __name__ == "__main__":
    run_bench(BENCH, measure)
