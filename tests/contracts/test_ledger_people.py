"""What every ledger must do with the people who sign in."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from models.errors import AccountError
from models.review import Role
from pipeline.ledger.ledger import Ledger
from tests.contracts.conftest import Clock
from tests.support.people import (
    IDLE,
    LONGEST,
    PASSWORD,
    disabled,
    enabled,
    other_password,
    other_role,
    seen,
    signed_in,
)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("amy", id="as it was made"),
        pytest.param(" Amy ", id="with a capital, and blanks around"),
        pytest.param("ａｍｙ", id="full-width, as a Chinese keyboard may write"),
    ],
)
def test_whoever_knows_the_password_signs_in(people: Ledger, name: str) -> None:
    account = seen(people, signed_in(people, name))
    assert account is not None
    assert (account.name, account.role) == ("amy", Role.REVIEWER)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("amy", "correct horse batterz", id="another password"),
        pytest.param("amy", "", id="no password"),
        pytest.param("amy", "\ud800", id="no character"),
        pytest.param("bob", PASSWORD, id="nobody of the name"),
        pytest.param("", PASSWORD, id="no name"),
        pytest.param("amy'--", PASSWORD, id="no name of anybody"),
        pytest.param("a" * 10_000, "b" * 10_000, id="very long"),
    ],
)
def test_nobody_else_does(people: Ledger, name: str, password: str) -> None:
    assert people.accounts.sign_in(name, password) is None


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "\ud800"])
def test_a_secret_of_no_session_is_nobodys(people: Ledger, secret: str) -> None:
    signed_in(people)
    assert seen(people, secret) is None
    people.accounts.sign_out(secret)


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        pytest.param("amy", PASSWORD, "already", id="one that is there"),
        pytest.param("Bob", PASSWORD, "small letters", id="a capital"),
        pytest.param("b", PASSWORD, "2 to 32", id="one letter"),
        pytest.param("b" * 33, PASSWORD, "2 to 32", id="a letter too many"),
        pytest.param("bo b", PASSWORD, "small letters", id="a blank"),
        pytest.param("console:root", PASSWORD, "small letters", id="what stands for the command line"),
        pytest.param("bob", "elevenchars", "12 to 128", id="a password that is a character short"),
        pytest.param("bob", "abcde" * 26, "12 to 128", id="a password that is too long"),
        pytest.param("bob.the.builder", "Bob.The.Builder", "not the name", id="the name as its password"),
        pytest.param("bob", "abcdabcdabcd", "not the name", id="four characters again and again"),
    ],
)
def test_what_no_account_is_made_of(people: Ledger, name: str, password: str, words: str) -> None:
    with pytest.raises(AccountError, match=words) as caught:
        people.accounts.make(name, Role.REVIEWER, password, by="test")
    assert password not in str(caught.value)
    assert [account.name for account in people.accounts.list()] == ["amy"]


def test_a_password_of_just_enough_is_one_however_it_is_typed(people: Ledger) -> None:
    people.accounts.make("bob", Role.OPERATOR, "密码ａbcdefghij", by="test")
    assert people.accounts.sign_in("bob", "密码abcdefghij")


def test_a_session_ends_when_nobody_does_anything(people: Ledger, clock: Clock) -> None:
    secret = signed_in(people)
    for _ in range(4):
        clock.forward(IDLE - 1)
        assert seen(people, secret)
    clock.forward(IDLE)
    assert seen(people, secret) is None
    clock.forward(-IDLE)
    assert seen(people, secret) is None, "what is over stays over"


def test_a_session_ends_at_the_longest_whatever_is_done(people: Ledger, clock: Clock) -> None:
    secret = signed_in(people)
    for _ in range(round(LONGEST / 600) - 1):
        clock.forward(600)
        assert seen(people, secret)
    clock.forward(600)
    assert seen(people, secret) is None


def test_a_clock_that_went_back_keeps_nobody_signed_in(people: Ledger, clock: Clock) -> None:
    secret = signed_in(people)
    clock.forward(-LONGEST)
    assert seen(people, secret) is None


def test_that_somebody_is_there_is_written_twice_a_minute_at_most(people: Ledger, clock: Clock, engine: Engine) -> None:
    def written() -> str:
        with engine.connect() as connection:
            return str(connection.execute(text("SELECT seen_at FROM sessions")).scalar_one())

    secret = signed_in(people)
    first = written()
    clock.forward(30)
    seen(people, secret)
    assert written() == first
    clock.forward(1)
    seen(people, secret)
    assert written() != first


def test_whoever_signs_out_is_out_and_others_are_not(people: Ledger) -> None:
    here, there = signed_in(people), signed_in(people)
    assert here != there
    people.accounts.sign_out(here)
    people.accounts.sign_out(here)
    assert (seen(people, here), seen(people, there) is None) == (None, False)


CHANGES = [
    pytest.param(other_role, id="another role"),
    pytest.param(other_password, id="another password"),
    pytest.param(disabled, id="disabled"),
    pytest.param(enabled, id="enabled"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_an_account_ends_its_sessions_and_no_others(
    people: Ledger, change: Callable[[Ledger], None]
) -> None:
    people.accounts.make("bob", Role.OPERATOR, PASSWORD, by="test")
    hers, too, his = signed_in(people), signed_in(people), signed_in(people, "bob")
    change(people)
    assert [seen(people, secret) is None for secret in (hers, too, his)] == [True, True, False]


@pytest.mark.parametrize("change", CHANGES)
def test_an_account_that_is_not_there_is_not_changed(ledger: Ledger, change: Callable[[Ledger], None]) -> None:
    with pytest.raises(AccountError, match="no account amy"):
        change(ledger)
    assert ledger.audit.verify().records == 0


def test_who_is_disabled_signs_in_no_more_until_enabled(people: Ledger) -> None:
    disabled(people)
    assert people.accounts.sign_in("amy", PASSWORD) is None
    assert people.accounts.list()[0].disabled_at is not None
    enabled(people)
    assert signed_in(people)


def test_the_old_password_is_none_any_more(people: Ledger) -> None:
    other_password(people)
    assert people.accounts.sign_in("amy", PASSWORD) is None
    assert signed_in(people, password="another long password")
