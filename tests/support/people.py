"""A person who signs in at a ledger, and changes of their account."""

from typing import Final

from models.accounts import Account
from models.review import Role
from pipeline.ledger.ledger import Ledger

PASSWORD: Final = "correct horse battery"
IDLE, LONGEST = 900.0, 12 * 3600.0  # seconds


def signed_in(ledger: Ledger, name: str = "amy", password: str = PASSWORD) -> str:
    """Sign in; gives the secret of the session."""
    secret = ledger.accounts.sign_in(name, password)
    assert secret is not None
    return secret


def seen(ledger: Ledger, secret: str) -> Account | None:
    """The account of a session, under the usual limits."""
    return ledger.accounts.session(secret, idle=IDLE, longest=LONGEST)


def other_role(ledger: Ledger) -> None:
    """Give her another role."""
    ledger.accounts.change_role("amy", Role.SUPERVISOR, by="test")


def other_password(ledger: Ledger) -> None:
    """Give her another password."""
    ledger.accounts.change_password("amy", "another long password", by="test")


def disabled(ledger: Ledger) -> None:
    """Disable her account."""
    ledger.accounts.disable("amy", by="test")


def enabled(ledger: Ledger) -> None:
    """Enable her account again."""
    ledger.accounts.enable("amy", by="test")
