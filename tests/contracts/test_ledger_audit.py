"""What every ledger must do so that no change of the past goes unnoticed."""

import random
import re
from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import Connection, Engine, text

from models.case import Conclusion
from models.errors import LedgerError, LostLeaseError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import AuditKind, UploadEvent, Via
from tests.contracts.conftest import Clock
from tests.support.values import FILES, child, result, submission

TRIALS = 1000


def worked(ledger: Ledger, numbers: Iterable[int] = range(3)) -> None:
    """Uploads that became cases, each with two runs."""
    for number in numbers:
        ledger.inbox.add_upload(UploadEvent(bucket="b", key=f"k{number}", etag="e", via=Via.EVENT))
        (item,) = ledger.inbox.undispatched(1)
        lease = ledger.inbox.lease(item.item_id, "w", 60)
        case = ledger.cases.open(submission(f"s-{number}"), FILES, "d1")
        ledger.cases.conclude(Conclusion(case, result(case), child(str(number)), lease=lease))
        ledger.cases.conclude(Conclusion(case, result(case)))


def test_what_the_ledger_does_is_recorded(ledger: Ledger) -> None:
    worked(ledger, [0])
    ledger.children.add([child("9")])
    ledger.erasures.forget_child(["110199202001010010"])
    trail = ledger.audit.trail("s-0")
    assert [record.kind for record in trail] == [AuditKind.OPENED, AuditKind.CONCLUDED, AuditKind.CONCLUDED]
    assert [record.details.get("run") for record in trail] == [None, 1, 2]
    assert ledger.audit.trail("s-1") == ()
    assert ledger.audit.verify().records == 6
    assert ledger.audit.verify().problems == ()


def test_the_same_again_is_recorded_once(ledger: Ledger) -> None:
    event = UploadEvent(bucket="b", key="k", etag="e", via=Via.EVENT)
    for _ in range(3):
        ledger.inbox.add_upload(event)
        ledger.cases.open(submission("s-0"), FILES, "d1")
    assert ledger.audit.verify().records == 2


def test_a_write_that_comes_too_late_is_recorded_and_nothing_else_is(ledger: Ledger, clock: Clock) -> None:
    ledger.inbox.add_upload(UploadEvent(bucket="b", key="k", etag="e", via=Via.EVENT))
    (item,) = ledger.inbox.undispatched(1)
    late = ledger.inbox.lease(item.item_id, "slow", 60)
    case = ledger.cases.open(submission("s-0"), FILES, "d1")
    clock.forward(61)
    assert ledger.inbox.lease(item.item_id, "quick", 60)
    with pytest.raises(LostLeaseError):
        ledger.cases.conclude(Conclusion(case, result(case), lease=late))
    assert [record.kind for record in ledger.audit.trail("s-0")] == [AuditKind.OPENED, AuditKind.LATE]
    assert ledger.cases.results("s-0") == ()


def test_the_chain_names_nobody(ledger: Ledger, engine: Engine) -> None:
    worked(ledger)
    ledger.erasures.forget_child(["110199202001010010"])
    with engine.connect() as connection:
        said = " ".join(str(row) for row in connection.execute(text("SELECT * FROM audit")))
    assert not re.search(r"s-\d|110199|欧阳", said)


_WAYS = ("column", "delete", "cut", "cut with its head", "exchange", "insert", "renumber", "head", "no head")


def _changes(chance: random.Random, connection: Connection) -> str:
    """Change the past in one of many ways, as somebody would who can write and does not hold the secret."""
    last = connection.execute(text("SELECT max(seq) FROM audit")).scalar_one()
    seq, other = chance.sample(range(1, last + 1), 2)
    way = chance.choice(
        ["column", "delete", "cut", "cut with its head", "exchange", "insert", "renumber", "head", "no head"]
    )
    run = connection.execute
    match way:
        case "column":
            name = chance.choice(["at", "kind", "subject", "details", "previous", "hash"])
            run(text(f"UPDATE audit SET {name} = 'x' || substr(coalesce({name}, ''), 2) WHERE seq = :s"), {"s": seq})
        case "delete":
            run(text("DELETE FROM audit WHERE seq = :s"), {"s": seq})
        case "cut":
            run(text("DELETE FROM audit WHERE seq >= :s"), {"s": seq})
        case "cut with its head":
            run(text("DELETE FROM audit WHERE seq > :s"), {"s": min(seq, last - 1)})
            kept = "(SELECT hash FROM audit WHERE seq = :s)"
            run(text(f"UPDATE audit_head SET seq = :s, hash = {kept}"), {"s": min(seq, last - 1)})
        case "exchange":
            for one, two in ((seq, -1), (other, seq), (-1, other)):
                run(text("UPDATE audit SET seq = :t WHERE seq = :s"), {"s": one, "t": two})
        case "insert":
            columns = "at, kind, subject, details, previous, hash"
            run(
                text(f"INSERT INTO audit (seq, {columns}) SELECT :t, {columns} FROM audit WHERE seq = :s"),
                {"s": seq, "t": last + 1},
            )
        case "renumber":
            run(text("UPDATE audit SET seq = seq + 1000000 WHERE seq >= :s"), {"s": seq})
            run(text("UPDATE audit SET seq = seq - 999999 WHERE seq >= 1000000"))
        case "head":
            name, value = chance.choice(
                [("seq", "seq + 1"), ("hash", "'x' || substr(hash, 2)"), ("mac", "'x' || substr(mac, 2)")]
            )
            run(text(f"UPDATE audit_head SET {name} = {value}"))
        case _:
            run(text("DELETE FROM audit_head"))
    return way


def test_a_thousand_changes_of_the_past_are_all_found(ledger: Ledger, engine: Engine) -> None:
    worked(ledger)
    chance, missed = random.Random(6), []
    for trial in range(TRIALS if engine.dialect.name == "sqlite" else TRIALS // 10):
        with engine.connect() as connection:
            before = _tables(connection)
            way = _changes(chance, connection)
            connection.commit()
            if not ledger.audit.verify().problems:
                missed.append((trial, way))
            _put_back(connection, before)
    assert missed == []
    assert ledger.audit.verify().problems == ()


_Tables = dict[str, list[dict[str, object]]]


def _tables(connection: Connection) -> _Tables:
    names = ("audit", "audit_head")
    return {name: [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()] for name in names}


def _put_back(connection: Connection, tables: _Tables) -> None:
    for name, rows in tables.items():
        connection.execute(text(f"DELETE FROM {name}"))
        columns = ", ".join(rows[0])
        values = ", ".join(f":{column}" for column in rows[0])
        connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), rows)
    connection.commit()


@pytest.mark.parametrize(
    ("later", "wrong"),
    [
        pytest.param(lambda ledger: None, 0, id="nothing happened since"),
        pytest.param(lambda ledger: worked(ledger, [7, 8]), 0, id="the chain went on"),
    ],
)
def test_an_anchor_of_today_holds(ledger: Ledger, later: Callable[[Ledger], None], wrong: int) -> None:
    empty = ledger.audit.anchor()
    worked(ledger)
    anchors = [empty, ledger.audit.anchor()]
    later(ledger)
    assert len(ledger.audit.verify(anchors).problems) == wrong


def test_an_old_copy_of_the_whole_database_is_told_by_an_anchor(ledger: Ledger, engine: Engine) -> None:
    worked(ledger, [0])
    with engine.connect() as connection:
        backup = _tables(connection)
    worked(ledger, [1])
    anchor = ledger.audit.anchor()
    with engine.connect() as connection:
        _put_back(connection, backup)
    assert ledger.audit.verify().problems == (), "it agrees with itself"
    assert [p for p in ledger.audit.verify([anchor]).problems if f"Record {anchor.seq} was anchored" in p]


def test_an_anchor_that_was_changed_is_found(ledger: Ledger) -> None:
    worked(ledger)
    anchor = ledger.audit.anchor()
    changed = [anchor.model_copy(update=change) for change in ({"seq": 1}, {"hash": "0" * 64}, {"mac": "0" * 64})]
    assert [len(ledger.audit.verify([one]).problems) for one in changed] == [1, 1, 1]


def test_without_a_head_nothing_more_is_recorded_and_nothing_happens(ledger: Ledger, engine: Engine) -> None:
    worked(ledger, [0])
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_head"))
    with pytest.raises(LedgerError, match="intake audit verify"):
        ledger.inbox.add_upload(UploadEvent(bucket="b", key="another", etag="e", via=Via.EVENT))
    assert ledger.inbox.undispatched(10) == ()
