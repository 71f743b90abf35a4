"""Somebody who signs in at a ledger, and whatever may be done to their account."""

from typing import Final

from models.accounts import Account
from models.review import Role
from pipeline.ledger.ledger import Ledger

PASSWORD: Final = "correct horse battery"
IDLE, LONGEST = 900.0, 12 * 3600.0  # seconds


def signed_in(ledger: Ledger, name: str = "amy", password: str = PASSWORD) -> str:
    """The secret of a session that begins."""
    secret = ledger.accounts.sign_in(name, password)
    assert secret is not None
    return secret


def seen(ledger: Ledger, secret: str) -> Account | None:
    """Whose session it is, after the usual limits."""
    return ledger.accounts.session(secret, idle=IDLE, longest=LONGEST)


def other_role(ledger: Ledger) -> None:
    """Let her do something else."""
    ledger.accounts.change_role("amy", Role.SUPERVISOR, by="test")


def other_password(ledger: Ledger) -> None:
    """Give her another password."""
    ledger.accounts.change_password("amy", "another long password", by="test")


def disabled(ledger: Ledger) -> None:
    """Let her sign in no more."""
    ledger.accounts.disable("amy", by="test")


def enabled(ledger: Ledger) -> None:
    """Let her sign in again."""
    ledger.accounts.enable("amy", by="test")
