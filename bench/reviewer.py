"""Keystrokes and machine seconds that a reviewer needs for a case: `python -m bench.reviewer [--full]`.

The real engine reads the samples once. A scripted reviewer then decides them in Chromium with the keyboard alone, each
time on a fresh copy of the workspace, so that no picture is cached. Seconds count from the first key on the queue to
the queue after the decision; the script sends keys as fast as the browser takes them.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from rich.progress import track

from bench.metrics import Figure, percentile
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from tests.support.chromium import running_chromium
from tests.support.keyboard import DOUBTFUL, DRAWN, KNOWN, Reviewer, copied, processed_in

BENCH: Final = Bench("reviewer", __doc__, 0, "runs", small=2, full=5)


class Scenario(NamedTuple):
    """The queue to start from, the case to open, and the keys to press once its values are shown."""

    queue: str
    sample: str
    decide: Callable[[Reviewer], None]


def _accepts(reviewer: Reviewer) -> None:
    reviewer.press("choose the reading", "2")
    reviewer.press("go on", "Enter", until=".accept:focus")
    reviewer.decided("decide", "Enter")


def _returns(reviewer: Reviewer) -> None:
    reviewer.press("choose the reading", "1")
    reviewer.press(
        "choose the reason, and see what the parent reads", "r", "ArrowDown", until="#preview [lang=zh-Hans]"
    )
    reviewer.press("go on", "Enter", until=".back:focus")
    reviewer.decided("decide", "Enter")


def _knows(reviewer: Reviewer) -> None:
    reviewer.press("the same child", "7")
    reviewer.press(
        "choose the reason, and see what the parent reads", "r", "ArrowDown", until="#preview [lang=zh-Hans]"
    )
    reviewer.press("go on", "Enter", until=".back:focus")
    reviewer.decided("decide", "Enter")


def _looks(reviewer: Reviewer) -> None:
    reviewer.decided("decide", "a", "Enter")


_SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {
        "a doubtful name, accepted": Scenario("open", DOUBTFUL, _accepts),
        "a doubtful name, returned": Scenario("open", DOUBTFUL, _returns),
        "a known child, returned": Scenario("known", KNOWN, _knows),
        "a blind look": Scenario("blind", DRAWN, _looks),
    }
)


def measure(count: int) -> Measured:
    """Decide each scenario `count` times."""
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        processed_in(Path(folder))
        reviewers = {
            name: [_decide(scenario, Path(folder)) for _ in track(range(count), name, console=errors)]
            for name, scenario in _SCENARIOS.items()
        }
    figures = tuple(figure for name, runs in reviewers.items() for figure in _figures(name, runs))
    return Measured(figures, {name: tuple(_rows(runs)) for name, runs in reviewers.items()})


def _decide(scenario: Scenario, processed: Path) -> Reviewer:
    with (
        tempfile.TemporaryDirectory(prefix="desk-") as to,
        copied(processed, Path(to)) as (_, origin),
        running_chromium() as chromium,
    ):
        reviewer = Reviewer(chromium, origin)
        reviewer.page.goto(f"{origin}/queue?view={scenario.queue}")
        reviewer.open(scenario.sample)
        reviewer.show()
        scenario.decide(reviewer)
        return reviewer


def _figures(name: str, runs: Sequence[Reviewer]) -> Iterator[Figure]:
    yield Figure(name=f"{name}: keys", value=max(run.keys for run in runs), unit="count")
    yield Figure(name=f"{name}: seconds, median", value=percentile([run.seconds for run in runs], 50), unit="s")
    yield Figure(name=f"{name}: seconds, most", value=max(run.seconds for run in runs), unit="s")


def _rows(runs: Sequence[Reviewer]) -> Iterator[dict[str, str | int | float]]:
    """A row for each step, with its median seconds."""
    for at, step in enumerate(runs[0].steps):
        took = percentile([run.steps[at].seconds for run in runs], 50)
        yield {"step": step.name, "keys": step.keys, "seconds": round(took, 3)}


if __name__ == "__main__":
    run_bench(BENCH, measure)
