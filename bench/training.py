"""The figures of a bench on the training split: `python -m bench.training BENCH --count N`.

Use it for learning, tuning and inspection. It writes nothing to bench/results, since figures on the training split
prove nothing.
"""

import argparse
import json
from pathlib import Path
from typing import Final

from bench import accuracy, quality, reality, sheets, verification, watermarks
from bench.machine import ROOT
from bench.report import Measured
from bench.tables import compared, console, observed
from fixtures.truth import Split

OUT: Final = ROOT / "build" / "training.json"
_BENCHES: Final = {
    bench.BENCH.name: bench.measure for bench in (accuracy, quality, reality, sheets, verification, watermarks)
}


def main() -> None:
    """Measure, print, and write every mistake to `build/training.json`."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("bench", choices=tuple(_BENCHES))
    parser.add_argument("--count", type=int, default=40, help="how many of what the bench counts (default: 40)")
    arguments = parser.parse_args()
    found = _BENCHES[arguments.bench](arguments.count, Split.TRAIN)
    console.print(compared("training", (figure for figure in found.figures if figure.value is not None), None))
    for title, rows in found.details.items():
        console.print(observed(title, rows, of=len(rows)))
    _keep(found, OUT)


def _keep(found: Measured, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"details": found.details}, ensure_ascii=False, indent=1, default=str), "utf-8")


if __name__ == "__main__":
    main()
