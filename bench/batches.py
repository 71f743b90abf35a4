"""Reprocessing of stored cases: survives kills, diffs correctly, promotes and rolls back: `python -m bench.batches`.

The bench records cases as the product does, modelled on a few that were really read, and then changes the stored
content of some of them. `intake reprocess --from-readings` runs all of them under other rules; the bench kills it three
times and resumes it. An oracle, which judges each case alone without a ledger, says what should have changed.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from rich.progress import track

from bench.judging import record, six_pages
from bench.metrics import Figure, share
from bench.readings import library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.synthetic_cases import SyntheticCase, clone
from bench.tables import errors
from bench.workspace import SECRET
from models.changes import Change, changes
from models.content import Content, FieldContent, FileContent, Slot
from models.documents import Field
from models.policy import LegibilityLimits, NameLimits, Policy
from models.result import Judgement, Provenance, Result
from pipeline.batches.judging import Judging
from pipeline.batches.report import items, report
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.judge.case import judge
from pipeline.judge.dossier import open_dossier
from pipeline.judge.name_match import NameContext
from pipeline.ledger.batch_values import ItemState
from pipeline.ledger.ledger import Ledger, open_ledger
from tests.support.processes import environment

SEED: Final = 8
BENCH: Final = Bench("batches", __doc__, SEED, "cases", small=400, full=10_000)
_MODELS: Final = 10  # cases that the stored ones are modelled on
_AMENDED: Final = 5  # one case in so many has changed content
_KILLS: Final = 3
_OTHER: Final = Policy(
    name="other@1", legibility=LegibilityLimits(unreadable=0.97), names=NameLimits(likely=0.999, hardly=0.999)
)


class _Work(NamedTuple):
    """A workspace with recorded cases, and the cases that they are modelled on."""

    folder: Path
    models: Sequence[SyntheticCase]
    reader: NameContext
    cases: int

    def run(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command under the other rules."""
        command = [sys.executable, "-m", "cli.main", "--workspace", str(self.folder), "reprocess", *arguments]
        settings = environment(REGISTER_SECRET=SECRET.hex(), POLICY_FILE=str(self.folder / "rules.yaml"))
        with (self.folder / "reprocess.log").open("ab") as log:
            return subprocess.Popen(command, env=settings, stdout=log, stderr=log)

    def timed(self, *arguments: str) -> float:
        """Run a command to its end; gives its seconds."""
        began = time.monotonic()
        if self.run(*arguments).wait() != 0:
            raise RuntimeError(f"intake reprocess {' '.join(arguments)} did not end as it should.")
        return time.monotonic() - began


def measure(count: int) -> Measured:
    """Reprocess `count` cases from their stored content."""
    with library() as shelf:
        models, reader = tuple(islice(six_pages(shelf), _MODELS)), shelf.reader
        engine = shelf.desk.readers.engine
    with tempfile.TemporaryDirectory(prefix="batches-") as folder:
        work = _Work(Path(folder), models, reader, count)
        url = f"sqlite:///{folder}/ledger.db"
        record(models, count, engine, Judging(url, SECRET, reader))
        (work.folder / "rules.yaml").write_text(_OTHER.model_dump_json())
        with closing(open_ledger(url, SECRET)) as ledger:
            _amend(work, engine, ledger)
            return Measured(tuple(_by_rules(work, ledger)), {})


def _by_rules(work: _Work, ledger: Ledger) -> Iterator[Figure]:
    before = _latest(work, ledger)
    seconds = _killed_on_the_way(work, ledger)
    (batch,) = ledger.batches.list()
    yield Figure(name=f"run again by the rules alone, killed {_KILLS} times", value=seconds, unit="s")
    yield share("cases in force after the kills", batch.count(ItemState.PROMOTED), work.cases)
    twice = sum(len(ledger.cases.results(_name(number))) != 2 for number in range(work.cases))
    yield share("cases concluded exactly once more", work.cases - twice, work.cases)
    found = {item.submission_id: item.noted.changes for item in items(ledger, batch.batch_id)}
    expected = dict(track(_oracle(work), "oracle", total=work.cases, console=errors))
    right = sum(found.get(name) == expected[name] for name in expected)
    yield share("cases whose changes equal the oracle's", right, work.cases)
    yield share("cases that changed", sum(map(bool, expected.values())), work.cases)
    began = time.monotonic()
    kinds = len(report(ledger, batch.batch_id).totals)
    yield Figure(name="report of all changes", value=time.monotonic() - began, unit="s")
    yield Figure(name="kinds of change", value=kinds, unit="count")
    yield Figure(name="rolled back", value=work.timed("rollback", batch.batch_id), unit="s")
    yield share("results as before, rolled back", _same(before, _latest(work, ledger)), work.cases)
    yield Figure(name="dry run", value=work.timed("--all", "--from-readings", "--dry-run", "--yes"), unit="s")
    yield share("results as before, after a dry run", _same(before, _latest(work, ledger)), work.cases)
    dry = next(one for one in ledger.batches.list() if one.options.dry_run)
    yield Figure(name="promoted", value=work.timed("promote", dry.batch_id), unit="s")
    yield share("cases promoted", ledger.batches.get(dry.batch_id).count(ItemState.PROMOTED), work.cases)
    yield Figure(name="problems of the audit chain", value=len(ledger.audit.verify().problems), unit="count")


def _killed_on_the_way(work: _Work, ledger: Ledger) -> float:
    """Seconds in total: kill -9 after each quarter, and a new command that resumes each time."""
    began, arguments = time.monotonic(), ["--all", "--from-readings", "--yes"]
    for kill in range(1, _KILLS + 1):
        running = work.run(*arguments)
        while _in_force(ledger) < kill * work.cases / (_KILLS + 1):
            if running.poll() is not None:
                raise RuntimeError("It ended before it was killed.")
            time.sleep(0.02)
        running.kill()
        running.wait()
        arguments = ["resume", ledger.batches.list()[0].batch_id]
    work.timed(*arguments)
    return time.monotonic() - began


def _in_force(ledger: Ledger) -> int:
    return sum(batch.count(ItemState.PROMOTED) for batch in ledger.batches.list())


def _amend(work: _Work, engine: str, ledger: Ledger) -> None:
    for number in range(0, work.cases, _AMENDED):
        case = ledger.cases.get(_name(number))
        ledger.cases.keep_content(case, Content(engine, CONTENT_VERSION, _contents(work, number, amended=True)))


def _contents(work: _Work, number: int, *, amended: bool) -> tuple[FileContent, ...]:
    """The content of a case; if amended, every address ends in another word."""
    made = clone(work.models[number % _MODELS], number, _name(number)).contents
    if not amended or number % _AMENDED:
        return made
    return tuple(
        file._replace(pages=tuple(page._replace(fields=_other(page.fields)) for page in file.pages)) for file in made
    )


def _other(fields: Mapping[Slot, FieldContent]) -> dict[Slot, FieldContent]:
    return {
        slot: field._replace(value=f"{field.value}甲") if field.field is Field.ADDRESS and field.value else field
        for slot, field in fields.items()
    }


def _oracle(work: _Work) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """The changes that should result, from judging each case alone with an empty register."""
    other = work.reader._replace(policy=_OTHER)
    for number in range(work.cases):
        before = _alone(work, number, work.reader, amended=False)
        yield _name(number), changes(before, _alone(work, number, other, amended=True))


def _alone(work: _Work, number: int, reader: NameContext, *, amended: bool) -> Result:
    case = clone(work.models[number % _MODELS], number, _name(number)).case
    judgement: Judgement = judge(open_dossier(case, _contents(work, number, amended=amended), reader), (), reader)
    nobody = Provenance(version="", engine="", models="", policy="", input_digest="", seconds=0)
    return Result(submission_id=_name(number), revision=1, **dict(judgement), provenance=nobody)


def _latest(work: _Work, ledger: Ledger) -> list[Result]:
    return [ledger.cases.latest_result(_name(number)) for number in range(work.cases)]


def _same(before: Sequence[Result], after: Sequence[Result]) -> int:
    return sum(was == now for was, now in zip(before, after, strict=True))


def _name(number: int) -> str:
    return f"case-{number:06}"


if __name__ == "__main__":
    run_bench(BENCH, measure)
