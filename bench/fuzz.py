"""Fuzzing of files, notifications, manifests: each must end with a code: `python -m bench.fuzz [--minutes N | --full]`.

The folder build/fuzz/TARGET keeps a target's corpus and position, so that the next call continues where this one stops.
Inputs that fail are written to build/fuzz/TARGET/failures, and the exit status is then 1.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue

from bench import machine
from bench.fuzz_targets import FAILED, TARGETS, Decoder, Seen, Target, Trial, parsed
from bench.metrics import Figure
from bench.report import Load, Measured, Run, newest, report, write
from bench.runner import show

SEED: Final = 1
FOLDER: Final = machine.ROOT / "build" / "fuzz"
_SMALL: Final = 1.0  # minutes, for all targets together
_FULL: Final = 30.0  # minutes, for each target
_KEPT_EVERY: Final = 200  # inputs between two writes of the position


class Progress:
    """The state of fuzzing a target: corpus, position, and what this run has seen."""

    def __init__(self, target: Target, seed: int, folder: Path) -> None:
        self.target, self.seed = target, seed
        self._folder = folder / target.name
        self._corpus = self._folder / f"corpus-{seed}"
        self._state = self._folder / f"position-{seed}.json"
        self.seen: list[Seen] = []
        self._begin()

    def _begin(self) -> None:
        self._corpus.mkdir(parents=True, exist_ok=True)
        saved: dict[str, Any] = (
            json.loads(self._state.read_text("utf-8")) if self._state.exists() else {"position": 0, "ways": []}
        )
        self.position: int = saved["position"]
        self._ways = set(saved["ways"])
        # Inputs found after the last write of the position are found again.
        kept = [file for file in sorted(self._corpus.iterdir()) if int(file.name.split("-")[0]) < self.position]
        self.inputs = [file.read_bytes() for file in (*self._seeds(), *kept)]

    def _seeds(self) -> Sequence[Path]:
        """The initial inputs, stored at the first call: a PDF that is made again has another date or key."""
        folder = self._folder / "seeds"
        if not folder.exists():
            for number, data in enumerate(self.target.seeds()):
                _put(folder / f"{number:03}", data)
        return sorted(folder.iterdir())

    def step(self, trial: Trial) -> None:
        """Try the next input."""
        chance = random.Random(f"{self.seed}/{self.target.name}/{self.position}")
        data = self.target.mutate(self.inputs, chance)
        seen = trial(data)
        self.seen.append(seen)
        digest = sha256(data).hexdigest()[:12]
        if seen.outcome in FAILED:
            _put(self._folder / "failures" / digest, data)
        elif seen.way not in self._ways:
            self._ways.add(seen.way)
            self.inputs.append(data)
            _put(self._corpus / f"{self.position:09}-{digest}", data)
        self.position += 1
        if not self.position % _KEPT_EVERY:
            self.keep()

    def keep(self) -> None:
        """Write the position."""
        text = json.dumps({"position": self.position, "ways": sorted(self._ways)})
        fresh = self._state.with_suffix(".new")
        fresh.write_text(text, "utf-8")
        fresh.replace(self._state)


def fuzz(target: Target, seconds: float, *, seed: int = SEED, folder: Path = FOLDER) -> Progress:
    """Continue fuzzing a target for this time."""
    progress = Progress(target, seed, folder)
    end = time.monotonic() + seconds
    with _trial(target) as trial:
        while time.monotonic() < end:
            progress.step(trial)
    progress.keep()
    return progress


@contextmanager
def _trial(target: Target) -> Iterator[Trial]:
    if target.parse is not None:
        yield partial(parsed, target.parse)
        return
    decoder = Decoder()
    try:
        yield decoder
    finally:
        decoder.close()


def _put(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def measure(targets: Sequence[Target], seconds: float, seed: int) -> Measured:
    """Fuzz each target for this time."""
    figures: list[Figure] = []
    outcomes: list[dict[str, JsonValue]] = []
    for target in targets:
        progress = fuzz(target, seconds, seed=seed)
        figures.extend(_figures(target.name, progress, seconds))
        told = Counter(seen.outcome for seen in progress.seen)
        outcomes.extend({"target": target.name, "outcome": key, "inputs": count} for key, count in told.most_common())
    return Measured(tuple(figures), {"outcomes": tuple(outcomes)})


def _figures(name: str, progress: Progress, seconds: float) -> Iterator[Figure]:
    seen = progress.seen
    yield Figure(name=f"{name}: inputs", value=len(seen), unit="count")
    yield Figure(name=f"{name}: inputs a second", value=len(seen) / seconds, unit="number")
    yield Figure(name=f"{name}: inputs tried since the first call", value=progress.position, unit="count")
    yield Figure(name=f"{name}: corpus", value=len(progress.inputs), unit="count")
    yield Figure(name=f"{name}: processes that died", value=sum(one.crashes for one in seen), unit="count")
    yield Figure(name=f"{name}: memory at most", value=max((one.megabytes for one in seen), default=0), unit="MB")
    yield Figure(name=f"{name}: slowest input", value=max((one.seconds for one in seen), default=0), unit="s")
    yield Figure(name=f"{name}: failures", value=sum(one.outcome in FAILED for one in seen), unit="count")


def main() -> None:
    """Fuzz and write the report; the exit status is 1 if an input failed."""
    arguments = _parse_arguments()
    targets = [one for one in TARGETS if arguments.target in ("all", one.name)]
    minutes = arguments.minutes or (_FULL * len(targets) if arguments.full else _SMALL)
    settings = {"seconds": round(minutes * 60), "targets": len(targets)}
    before, began, commit = newest("fuzz", settings), datetime.now(tz=UTC), machine.commit()
    with machine.watched_load() as load:
        found = measure(targets, minutes * 60 / len(targets), arguments.seed)
    load_seen = Load(before=load[0], most=max(load), after=load[-1])
    run = Run(bench="fuzz", began=began, commit=commit, load=load_seen, seed=arguments.seed, settings=settings)
    made = report(run, found)
    write(made)
    show(made, before)
    sys.exit(any(figure.name.endswith(": failures") and figure.value for figure in made.figures))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.fuzz", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--full", action="store_true", help=f"{_FULL:.0f} minutes a target")
    parser.add_argument(
        "--minutes", type=float, help=f"so many of all targets together; {_SMALL:.0f} if nothing is said"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="of the mutations")
    parser.add_argument("--target", choices=["all", *(one.name for one in TARGETS)], default="all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
