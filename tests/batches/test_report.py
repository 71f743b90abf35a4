"""What a batch changed, as people see it: totals by kind, JSON, CSV, Prefect's tables; no value in clear."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.artifacts.tables import item_rows, totals_table
from models.case import Conclusion
from models.changes import Change
from models.documents import DocumentKind, Field, Person
from models.masking import no_formula
from models.result import Decision
from pipeline.batches.report import ChangeKind, ChangeRow, Report, as_csv, as_text, items, kind_of, report, rows_of
from pipeline.ledger.batch_values import BatchItem, BatchOptions, BatchStep, ItemState, Judged, Noted
from pipeline.ledger.ledger import Ledger
from tests.support.ledgers import new_ledger
from tests.support.values import FILES, result, submission

CANARIES = ("欧阳靖萱", "110199202001010010", "2019-11-23", "T110000000")


def field(before: str | None, after: str | None, name: Field = Field.NAME) -> Change:
    return Change(
        what="field",
        document=DocumentKind.HOUSEHOLD_REGISTER,
        person=Person.CHILD,
        field=name,
        before=before,
        after=after,
    )


DECISION = Change(what="decision", before=Decision.ACCEPTED, after=Decision.REVIEW)
GONE = Change(what="finding", before="3002/blur/reject household_register/hukou_member/name", after=None)
CAME = Change(what="finding", before=None, after="姓名待核/uncertain/review")
FIELDS = (
    field(CANARIES[0], "欧阳靖宣"),
    field(None, CANARIES[1], Field.ID_NUMBER),
    field(CANARIES[2], None, Field.BIRTH_DATE),
    field(CANARIES[3], "T1", Field.CERTIFICATE_NUMBER),
)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        pytest.param(DECISION, ChangeKind("decision", "", "accepted → review"), id="a decision"),
        pytest.param(GONE, ChangeKind("finding", "3002/blur/reject", "gone"), id="a finding that is gone"),
        pytest.param(CAME, ChangeKind("finding", "姓名待核/uncertain/review", "appeared"), id="a finding that came"),
        pytest.param(FIELDS[0], ChangeKind("field", "household_register/child/name", "changed"), id="a field"),
        pytest.param(
            FIELDS[1], ChangeKind("field", "household_register/child/id_number", "appeared"), id="a field that came"
        ),
        pytest.param(
            FIELDS[2], ChangeKind("field", "household_register/child/birth_date", "gone"), id="a field that is gone"
        ),
    ],
)
def test_what_a_change_is_counted_as(change: Change, kind: ChangeKind) -> None:
    assert kind_of(change) == kind


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("\r=1", "'\r=1", id="carriage return"),
        pytest.param("1=1", "1=1", id="further on it is harmless"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_no_cell_is_a_formula(value: str, cell: str) -> None:
    assert no_formula(value) == cell
    (_, row) = csv.reader(io.StringIO("".join(as_csv([ChangeRow(value, "", "", "", "", value)])), newline=""))
    assert (row[0], row[-1]) == (cell, cell)


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), max_size=9)] * 6).map(ChangeRow._make)))
def test_csv_comes_back_as_it_was_but_for_formulas(rows: Sequence[ChangeRow]) -> None:
    back = list(csv.reader(io.StringIO("".join(as_csv(rows)), newline="")))
    assert back == [list(ChangeRow._fields), *([no_formula(cell) for cell in row] for row in rows)]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in back for cell in row)


def made(tmp_path: Path, lots: Sequence[tuple[Change, ...]]) -> tuple[Ledger, str]:
    """A batch whose cases changed so; the last one failed."""
    ledger = new_ledger(tmp_path / "ledger.db")
    cases = [ledger.cases.open(submission(f"s-{at}"), FILES, "d") for at in range(len(lots) + 1)]
    ledger.cases.conclude(*(Conclusion(case, result(case)) for case in cases))
    batch = ledger.batches.begin([f"s-{at}" for at in range(len(cases))], BatchOptions(dry_run=True), "lin", "1.0")
    lease = ledger.batches.hold(batch.batch_id, "o", 60, BatchStep.RESUMED, "lin")
    assert lease
    judged = [
        Judged(at, 1, Conclusion(case, result(case)), lot)
        for at, (case, lot) in enumerate(zip(cases, lots, strict=False), 1)
    ]
    ledger.batches.record_items(lease, judged)
    ledger.batches.note_item(lease, len(cases), ItemState.FAILED, "EngineError")
    return ledger, batch.batch_id


def test_totals_count_cases_by_kind_of_change(tmp_path: Path) -> None:
    ledger, batch_id = made(tmp_path, [(DECISION, GONE, *FIELDS[:1]), (DECISION, CAME, CAME), ()])
    found = report(ledger, batch_id, most=2)
    assert (found.changed, len(found.rows)) == (2, 2)
    assert {total.kind.how: total.cases for total in found.totals} == {
        "accepted → review": 2, "gone": 1, "appeared": 1, "changed": 1,
    }  # fmt: skip
    ledger.close()


def everything(ledger: Ledger, batch_id: str, found: Report) -> dict[str, str]:
    every = list(items(ledger, batch_id))
    return {
        "json": as_text(found),
        "csv": "".join(as_csv(row for item in every for row in rows_of(item))),
        "prefect": json.dumps(item_rows(every, 100), ensure_ascii=False) + totals_table(found),
    }


def test_every_form_tells_all_of_it_and_no_value_in_clear(tmp_path: Path) -> None:
    ledger, batch_id = made(tmp_path, [(DECISION, GONE, CAME, *FIELDS)])
    found = report(ledger, batch_id)
    told = everything(ledger, batch_id, found)
    for form, text in told.items():
        assert not [canary for canary in CANARIES if canary in text], form
        assert ("3002 模糊 退回" if form == "prefect" else "3002/blur/reject") in text, form
    parsed = json.loads(told["json"])
    assert parsed["cases"] == {"done": 1, "failed": 1}
    assert [row["of"] for row in parsed["changes"]].count("household_register/child/name") == 1
    assert len(parsed["changes"]) == len(list(csv.reader(io.StringIO(told["csv"])))) - 1 == 7
    assert "失败" in told["prefect"]
    ledger.close()


def test_an_id_that_is_a_number_of_somebody_is_masked_for_prefect() -> None:
    item = BatchItem(1, CANARIES[1], ItemState.DONE, noted=Noted(changes=(DECISION,)))
    (row,) = item_rows([item], 10)
    assert CANARIES[1] not in row["申请"]
    assert item_rows([item] * 3, 2) == [row] * 2
