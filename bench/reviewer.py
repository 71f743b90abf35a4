"""How many keys and seconds a case takes somebody who reviews it: `python -m bench.reviewer [--full]`.

The samples are read once by the real engine. Then a scripted reviewer decides them in Chromium by keyboard alone, each
time in a copy of what was read, so that every picture is drawn for the first time. Seconds are those of the machine,
from the first key on the queue to the queue after the decision; keys come as quickly as the browser takes them.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from rich.progress import track

from bench.metrics import Figure, percentile
from bench.report import Measured
from bench.runner import Bench, conduct
from bench.tables import errors
from tests.support.chromium import running_chromium
from tests.support.keyboard import DOUBTFUL, DRAWN, KNOWN, Reviewer, copied, processed_in

BENCH: Final = Bench("reviewer", __doc__, 0, "runs", small=2, full=5)


class Story(NamedTuple):
    """Where a reviewer begins, which case they open, and what they press once its values are shown."""

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


_STORIES: Final[Mapping[str, Story]] = MappingProxyType(
    {
        "a doubtful name, accepted": Story("open", DOUBTFUL, _accepts),
        "a doubtful name, returned": Story("open", DOUBTFUL, _returns),
        "a known child, returned": Story("known", KNOWN, _knows),
        "a blind look": Story("blind", DRAWN, _looks),
    }
)


def measure(count: int) -> Measured:
    """Decide each story so many times."""
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        processed_in(Path(folder))
        told = {
            name: [_told(story, Path(folder)) for _ in track(range(count), name, console=errors)]
            for name, story in _STORIES.items()
        }
    figures = tuple(figure for name, runs in told.items() for figure in _figures(name, runs))
    return Measured(figures, {name: tuple(_rows(runs)) for name, runs in told.items()})


def _told(story: Story, processed: Path) -> Reviewer:
    with (
        tempfile.TemporaryDirectory(prefix="desk-") as to,
        copied(processed, Path(to)) as (_, origin),
        running_chromium() as chromium,
    ):
        reviewer = Reviewer(chromium, origin)
        reviewer.page.goto(f"{origin}/queue?view={story.queue}")
        reviewer.open(story.sample)
        reviewer.show()
        story.decide(reviewer)
        return reviewer


def _figures(name: str, runs: Sequence[Reviewer]) -> Iterator[Figure]:
    yield Figure(name=f"{name}: keys", value=max(run.keys for run in runs), unit="count")
    yield Figure(name=f"{name}: seconds, median", value=percentile([run.seconds for run in runs], 50), unit="s")
    yield Figure(name=f"{name}: seconds, most", value=max(run.seconds for run in runs), unit="s")


def _rows(runs: Sequence[Reviewer]) -> Iterator[dict[str, str | int | float]]:
    """A row for each step, with its median."""
    for at, step in enumerate(runs[0].steps):
        took = percentile([run.steps[at].seconds for run in runs], 50)
        yield {"step": step.name, "keys": step.keys, "seconds": round(took, 3)}


if __name__ == "__main__":
    conduct(BENCH, measure)
