"""What every ledger must do with cases, runs and readings: the same on SQLite and on PostgreSQL."""

import dataclasses
import traceback
from collections.abc import Callable
from datetime import timedelta

import pytest

from models.case import Case, Conclusion
from models.errors import ChildExistsError, LedgerError, UnknownCaseError
from models.findings import Code, Reason
from models.result import Decision
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.repositories.readings import reading_key
from pipeline.ledger.values import Selection
from tests.contracts.conftest import Clock
from tests.support.values import FILES, SECRET, child, read_page, result, submission

BLURRED = (Code.REGISTER_ILLEGIBLE, Reason.BLUR)
UNSURE = (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
FAULT = (Code.OUR_FAULT, Reason.ENGINE_CRASH)


def opened(ledger: Ledger, submission_id: str = "s-1", digest: str = "d1") -> Case:
    return ledger.cases.open(submission(submission_id), FILES, digest)


@pytest.mark.parametrize(
    ("digests", "revisions"),
    [
        pytest.param(["a"], [1], id="the first one"),
        pytest.param(["a", "a", "a"], [1, 1, 1], id="replays are no revisions"),
        pytest.param(["a", "b"], [1, 2], id="other content is the next revision"),
        pytest.param(["a", "b", "b", "a"], [1, 2, 2, 3], id="only the latest one is replayed"),
    ],
)
def test_revisions(ledger: Ledger, digests: list[str], revisions: list[int]) -> None:
    assert [opened(ledger, digest=digest).revision for digest in digests] == revisions


def test_a_case_comes_back_as_it_was_opened_in_another_session(ledger: Ledger, url: str) -> None:
    cases = [opened(ledger, digest="d1"), opened(ledger, digest="d2")]
    again = open_ledger(url, SECRET)
    assert again.cases.get("s-1") == cases[1]
    assert [again.cases.get("s-1", revision=revision) for revision in (1, 2)] == cases
    again.close()


def test_a_replay_hands_on_what_was_stored_first(ledger: Ledger) -> None:
    first = opened(ledger)
    later = first.arrived_at + timedelta(days=400)
    assert ledger.cases.open(submission("s-1", name="别人"), (), "d1", later) == first


def test_a_case_may_have_arrived_before_it_is_opened(ledger: Ledger, clock: Clock) -> None:
    earlier = clock() - timedelta(days=3)
    waited = ledger.cases.open(submission("s-1"), FILES, "d1", earlier)
    assert (waited.arrived_at, ledger.cases.get("s-1")) == (earlier, waited)
    assert opened(ledger, "s-2").arrived_at == clock()


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda ledger, _: ledger.cases.get("other"), id="case"),
        pytest.param(lambda ledger, _: ledger.cases.get("s-1", revision=2), id="revision"),
        pytest.param(lambda ledger, _: ledger.cases.latest_result("other"), id="latest result"),
        pytest.param(lambda ledger, _: ledger.cases.results("other"), id="results"),
        pytest.param(
            lambda ledger, case: ledger.cases.conclude(
                Conclusion(case.model_copy(update={"revision": 2}), result(case))
            ),
            id="conclude",
        ),
    ],
)
def test_a_case_that_was_never_opened_is_unknown(ledger: Ledger, use: Callable[[Ledger, Case], object]) -> None:
    case = opened(ledger)
    with pytest.raises(UnknownCaseError):
        use(ledger, case)


def test_a_case_without_a_run_has_no_result_yet(ledger: Ledger) -> None:
    opened(ledger)
    assert ledger.cases.results("s-1") == ()
    with pytest.raises(LedgerError, match="no result yet"):
        ledger.cases.latest_result("s-1")


def test_runs_are_numbered_and_never_overwritten(ledger: Ledger) -> None:
    case = opened(ledger)
    runs = [result(case, BLURRED), result(case, UNSURE), result(case)]
    assert [ledger.cases.conclude(Conclusion(case, run)) for run in runs] == [(1,), (2,), (3,)]
    assert list(ledger.cases.results("s-1")) == runs
    assert ledger.cases.latest_result("s-1") == runs[2]


def test_the_latest_result_is_the_latest_revisions_that_has_one(ledger: Ledger) -> None:
    first, second = opened(ledger, digest="d1"), opened(ledger, digest="d2")
    ledger.cases.conclude(Conclusion(first, result(first, BLURRED)))
    assert ledger.cases.latest_result("s-1").revision == 1
    ledger.cases.conclude(Conclusion(second, result(second)))
    ledger.cases.conclude(Conclusion(first, result(first, UNSURE)))
    assert ledger.cases.latest_result("s-1") == result(second)
    assert [run.revision for run in ledger.cases.results("s-1")] == [1, 1, 2]


@dataclasses.dataclass(frozen=True)
class Numbers:
    """Numbers of a child that is registered first, and of one that comes second."""

    first: tuple[str | None, str | None]
    second: tuple[str | None, str | None]


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(Numbers(("110199202001010010", None), ("110199202001010010", None)), id="the same ID number"),
        pytest.param(Numbers((None, "T110000000"), (None, "T110000000")), id="the same certificate number"),
        pytest.param(Numbers(("1", "T110000000"), ("2", "T110000000")), id="one of two numbers"),
        pytest.param(Numbers(("11010120190101002X", None), (" 11010120190101002x", None)), id="the same in lower case"),
        pytest.param(Numbers((None, "T110000000"), (None, "Ｔ１１００００００0")), id="the same in full width"),
    ],
)
def test_a_child_that_exists_refuses_the_whole_conclusion(ledger: Ledger, numbers: Numbers) -> None:
    first, second = opened(ledger, "s-1"), opened(ledger, "s-2")
    ledger.cases.conclude(Conclusion(first, result(first), child(*numbers.first)))
    with pytest.raises(ChildExistsError) as caught:
        ledger.cases.conclude(Conclusion(second, result(second), child(*numbers.second)))
    assert ledger.cases.results("s-2") == ()
    assert [known.submission_id for known in ledger.children.export()] == ["s-1"]
    told = "".join(traceback.format_exception(caught.value))
    assert not any(number in told for number in numbers.second if number and len(number) > 1)


@pytest.mark.parametrize("numbers", [(None, None), ("2", None), (None, "T2"), ("2", "T2")])
def test_children_without_a_number_in_common_are_two(ledger: Ledger, numbers: tuple[str | None, str | None]) -> None:
    first, second = opened(ledger, "s-1"), opened(ledger, "s-2")
    ledger.cases.conclude(Conclusion(first, result(first), child("1", "T1")))
    ledger.cases.conclude(Conclusion(second, result(second), child(*numbers)))
    assert [known.submission_id for known in ledger.children.export()] == ["s-1", "s-2"]


def test_a_case_replaces_the_child_that_it_registered_before(ledger: Ledger) -> None:
    first, other = opened(ledger), opened(ledger, "s-2")
    ledger.cases.conclude(Conclusion(first, result(first), child(None, "T1")))
    revised = opened(ledger, digest="d2")
    ledger.cases.conclude(Conclusion(revised, result(revised), child("1", "T1")))
    ledger.cases.conclude(Conclusion(first, result(first), None))
    assert [known.id_number for known in ledger.children.export()] == ["1"]
    with pytest.raises(ChildExistsError):
        ledger.cases.conclude(Conclusion(other, result(other), child("1")))


def test_a_replacement_that_meets_another_child_changes_nothing(ledger: Ledger) -> None:
    first, second = opened(ledger, "s-1"), opened(ledger, "s-2")
    ledger.cases.conclude(Conclusion(first, result(first), child("1")))
    ledger.cases.conclude(Conclusion(second, result(second), child("2")))
    with pytest.raises(ChildExistsError):
        ledger.cases.conclude(Conclusion(second, result(second), child("1")))
    assert [known.id_number for known in ledger.children.export()] == ["1", "2"]
    assert len(ledger.cases.results("s-2")) == 1


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        pytest.param(Selection(), ["s-1", "s-2", "s-3", "s-4"], id="all, in the order of their ids"),
        pytest.param(Selection(code=Code.REGISTER_ILLEGIBLE), ["s-1"], id="a code, in the latest run only"),
        pytest.param(Selection(code=Code.COPY), [], id="a code that nobody has"),
        pytest.param(Selection(decision=Decision.REVIEW), ["s-2"], id="a decision"),
        pytest.param(Selection(version="0.1.0"), ["s-1", "s-2"], id="a version"),
        pytest.param(Selection(submission_ids=()), [], id="a list without ids"),
        pytest.param(Selection(version="0.1.0", decision=Decision.RETURNED), ["s-1"], id="everything that is given"),
    ],
)
def test_selecting_cases_to_run_again(ledger: Ledger, selection: Selection, ids: list[str]) -> None:
    cases = [opened(ledger, submission_id) for submission_id in ("s-4", "s-3", "s-2", "s-1")]
    ledger.cases.conclude(Conclusion(cases[1], result(cases[1], BLURRED)))
    ledger.cases.conclude(Conclusion(cases[1], result(cases[1], version="0.2.0")))
    ledger.cases.conclude(Conclusion(cases[2], result(cases[2], UNSURE, FAULT)))
    ledger.cases.conclude(Conclusion(cases[3], result(cases[3], BLURRED, BLURRED)))
    assert list(ledger.cases.select(selection)) == ids


def test_selecting_cases_since_a_moment_counts_the_latest_revision(ledger: Ledger, clock: Clock) -> None:
    opened(ledger, "s-1")
    opened(ledger, "s-2")
    clock.forward(60)
    opened(ledger, "s-1", digest="d2")
    opened(ledger, "s-2")
    opened(ledger, "s-3")
    assert list(ledger.cases.select(Selection(since=clock.now))) == ["s-1", "s-3"]


def test_the_first_reading_under_a_key_stays(ledger: Ledger, url: str) -> None:
    key = reading_key("ab" * 32, 1, "test@1")
    assert ledger.readings.get(key) is None
    ledger.readings.keep(key, read_page("姓名甲"))
    ledger.readings.keep(key, read_page("姓名乙"))
    again = open_ledger(url, SECRET)
    assert again.readings.get(key) == read_page("姓名甲")
    again.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("a", 1, "e"), ("b", 1, "e"), id="bytes"),
        pytest.param(("a", 1, "e"), ("a", 2, "e"), id="page"),
        pytest.param(("a", 1, "e@1"), ("a", 1, "e@2"), id="engine"),
    ],
)
def test_a_reading_belongs_to_bytes_page_and_engine(
    ledger: Ledger, one: tuple[str, int, str], other: tuple[str, int, str]
) -> None:
    ledger.readings.keep(reading_key(*one), read_page())
    assert ledger.readings.get(reading_key(*other)) is None
