"""What every ledger must do against guessed passwords, and what it records of sign-ins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from pipeline.ledger.ledger import Ledger
from tests.contracts.conftest import Clock
from tests.support.people import IDLE, PASSWORD, disabled, enabled, other_password, seen, signed_in


def recorded(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(row.kind, row.details) for row in connection.execute(text("SELECT * FROM audit ORDER BY seq"))]


def fail(ledger: Ledger, times: int) -> None:
    for _ in range(times):
        assert ledger.accounts.sign_in("amy", "wrong") is None


@pytest.mark.parametrize(
    ("failures", "seconds", "open_again"),
    [
        pytest.param(4, 0, True, id="four are forgiven"),
        pytest.param(5, 0, False, id="five lock"),
        pytest.param(5, 59, False, id="for a minute"),
        pytest.param(5, 60, True, id="and no longer"),
        pytest.param(50, 60, True, id="what is tried meanwhile does not count"),
    ],
)
def test_wrong_passwords_in_a_row_lock_for_a_while(
    people: Ledger, clock: Clock, failures: int, seconds: float, open_again: bool
) -> None:
    fail(people, failures)
    clock.forward(seconds)
    assert (people.accounts.sign_in("amy", PASSWORD) is not None) is open_again


def test_each_further_one_locks_for_twice_as_long_up_to_an_hour(people: Ledger, clock: Clock) -> None:
    fail(people, 4)
    waits = []
    for _ in range(9):
        fail(people, 1)
        until = people.accounts.list()[0].locked_until
        assert until is not None
        waits.append((until - clock.now).total_seconds())
        clock.forward(waits[-1])
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    signed_in(people)
    fail(people, 4)
    assert signed_in(people), "the count begins anew"


def test_who_guesses_locks_out_themselves_and_nobody_at_another_address(people: Ledger, clock: Clock) -> None:
    for _ in range(20):
        assert people.accounts.sign_in("amy", "wrong", address="10.0.0.66") is None
    assert people.accounts.sign_in("amy", PASSWORD, address="10.0.0.66") is None, "locked where the guesses come from"
    assert people.accounts.list()[0].locked_until is not None, "and people list shows it"
    assert people.accounts.sign_in("amy", PASSWORD, address="10.0.0.7") is not None
    assert people.accounts.sign_in("amy", PASSWORD, address="10.0.0.66") is None, "which frees no guesser"
    clock.forward(60)
    assert people.accounts.sign_in("amy", PASSWORD, address="10.0.0.66") is not None


@pytest.mark.parametrize("change", [other_password, enabled])
def test_an_operator_ends_a_lock(people: Ledger, change: Callable[[Ledger], None]) -> None:
    fail(people, 5)
    change(people)
    assert people.accounts.sign_in("amy", PASSWORD) or people.accounts.sign_in("amy", "another long password")


def test_a_lock_that_a_wrong_clock_set_binds_nobody(people: Ledger, clock: Clock) -> None:
    clock.forward(10 * 86400)
    fail(people, 5)
    clock.forward(-10 * 86400)
    assert signed_in(people)


def test_guesses_at_the_same_time_are_counted_one_by_one(people: Ledger) -> None:
    with ThreadPoolExecutor(8) as guessing:
        answers = list(guessing.map(lambda _: people.accounts.sign_in("amy", "wrong"), range(16)))
    assert answers == [None] * 16
    assert people.accounts.sign_in("amy", PASSWORD) is None, "locked by the fifth"


def test_what_people_do_is_recorded_and_no_secret_is(people: Ledger, clock: Clock, engine: Engine) -> None:
    secret = signed_in(people)
    people.accounts.sign_out(secret)
    idle = signed_in(people)
    clock.forward(IDLE)
    seen(people, idle)
    people.accounts.sign_in("my-password-by-mistake", "canary")
    fail(people, 6)
    disabled(people)
    people.accounts.sign_in("amy", PASSWORD)
    records = recorded(engine)
    refused = '{"account":"amy","why":"password"}'
    assert records[1:] == [
        ("signed_in", '{"account":"amy"}'),
        ("signed_out", '{"account":"amy","why":"asked"}'),
        ("signed_in", '{"account":"amy"}'),
        ("signed_out", '{"account":"amy","why":"idle"}'),
        ("sign_in_refused", '{"account":null,"why":"unknown"}'),
        *[("sign_in_refused", refused)] * 4,
        ("sign_in_refused", '{"account":"amy","locked_until":"2026-11-23T09:46:00+00:00","why":"password"}'),
        ("sign_in_refused", '{"account":"amy","why":"locked"}'),
        ("account", '{"account":"amy","by":"test","change":"disabled","sessions_ended":0}'),
        ("sign_in_refused", '{"account":"amy","why":"disabled"}'),
    ]
    assert records[0] == ("account", '{"account":"amy","by":"test","change":"made","role":"reviewer"}')
    assert people.audit.verify().problems == ()


def test_the_database_holds_neither_passwords_nor_secrets(people: Ledger, engine: Engine) -> None:
    secret = signed_in(people)
    with engine.connect() as connection:
        rows = [
            str(row)
            for table in ("accounts", "sessions", "audit")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert not any(secret in row or PASSWORD in row for row in rows)
    assert sum("$argon2id$v=19$m=19456,t=2,p=1$" in row for row in rows) == 1
    assert len(secret) == 43, "32 random bytes"
