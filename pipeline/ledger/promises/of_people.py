"""What every ledger does with the people who sign in."""

from typing import Protocol

from models.accounts import Account
from models.review import Role


class People(Protocol):
    """Accounts and sessions. `by` says in the audit chain who changed an account; no secret stands in it.

    Whatever changes an account ends all of its sessions.
    """

    def make_account(self, name: str, role: Role, password: str, *, by: str) -> None:
        """Let somebody sign in; raises AccountError if there is one of the name, or name or password are none."""

    def accounts(self) -> tuple[Account, ...]:
        """Everybody, by name."""

    def change_role(self, name: str, role: Role, *, by: str) -> None:
        """Let somebody do something else; raises AccountError if there is no such account."""

    def change_password(self, name: str, password: str, *, by: str) -> None:
        """Give somebody another password, and let go of a lock; raises AccountError as `make_account` does."""

    def disable_account(self, name: str, *, by: str) -> None:
        """Let somebody sign in no more; raises AccountError if there is no such account."""

    def enable_account(self, name: str, *, by: str) -> None:
        """Let somebody sign in again, and let go of a lock; raises AccountError if there is no such account."""

    def sign_in(self, name: str, password: str) -> str | None:
        """Begin a session; hands on its secret, which is told once.

        None, after the same time, whatever was wrong: name, password, an account that is disabled or locked. Five
        wrong passwords in a row lock an account, for a minute at first and for an hour at most.
        """

    def session(self, secret: str, *, idle: float, longest: float, attended: bool = True) -> Account | None:
        """Whose session it is; None if there is none, or it is over.

        Args:
            secret: As `sign_in` handed it on.
            idle: Seconds without anything that somebody did, after which it is over.
            longest: Seconds after which it is over in any case.
            attended: Whether somebody did this, rather than a page by itself.
        """

    def sign_out(self, secret: str) -> None:
        """End a session; once more is no error."""
