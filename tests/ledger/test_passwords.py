"""How passwords are stored, and that an answer takes as long for a name without an account."""

import time

import pytest

from pipeline.ledger.repositories.accounts import hashed, is_password

KEPT = hashed("correct horse battery")


@pytest.mark.parametrize(
    ("password", "kept", "same"),
    [
        pytest.param("correct horse battery", KEPT, True, id="the password"),
        pytest.param("correct horse batterz", KEPT, False, id="another one"),
        pytest.param("", KEPT, False, id="none"),
        pytest.param("correct horse battery", None, False, id="of nobody"),
        pytest.param("correct horse battery", "correct horse battery", False, id="kept in no form of ours"),
    ],
)
def test_a_password_is_compared(password: str, kept: str | None, same: bool) -> None:
    assert is_password(password, kept) is same


def test_equal_passwords_are_kept_differently() -> None:
    assert hashed("correct horse battery") != KEPT


def test_nobodys_password_takes_as_long_as_somebodys() -> None:
    def seconds(kept: str | None) -> float:
        times = []
        for _ in range(7):
            began = time.process_time()
            is_password("a guess", kept)
            times.append(time.process_time() - began)
        return min(times)

    is_password("a guess", None)
    assert 0.5 < seconds(None) / seconds(KEPT) < 2
