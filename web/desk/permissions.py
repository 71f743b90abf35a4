"""Who may do what at the desk: one table, without whose row no route can be built."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.review import Role

PUBLIC: Final = None  # for whoever asks
ALL: Final = frozenset(Role)
SUPERVISING: Final = frozenset({Role.SUPERVISOR})
REVIEWING: Final = frozenset({Role.REVIEWER, Role.SUPERVISOR})
OPERATING: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})

Roles = frozenset[Role] | None

ACCESS: Final[Mapping[str, Roles]] = MappingProxyType(
    {
        "static": PUBLIC,
        "language": PUBLIC,
        "login": PUBLIC,
        "sign_in": PUBLIC,
        "sign_out": ALL,
        "alive": ALL,
        "home": ALL,
        "queue": REVIEWING,
        "prioritise": REVIEWING,
        "find": REVIEWING,
        "case": REVIEWING,
        "picture": REVIEWING,
        "reveal": REVIEWING,
        "preview": REVIEWING,
        "decide": REVIEWING,
        "release": REVIEWING,
        "reopen": SUPERVISING,
        "dashboard": OPERATING,
        "batches": OPERATING,
        "batch": OPERATING,
        "batch_csv": OPERATING,
        "dashboard_csv": OPERATING,
    }
)

# What pages ask for by themselves: it keeps nobody signed in.
UNATTENDED: Final = frozenset[str]()

NAVIGATION: Final = ("queue", "dashboard", "batches")  # in the header, for whoever may


class UnguardedRouteError(Exception):
    """A bug of ours: a route of which the table does not say who may use it."""


def roles_of(name: str) -> Roles:
    """Who may use a route; PUBLIC if nobody need sign in.

    Raises:
        UnguardedRouteError: The table does not say.
    """
    try:
        return ACCESS[name]
    except KeyError:
        raise UnguardedRouteError(f"The route {name} has no row in access.py: say who may use it.") from None


def may(role: Role, name: str) -> bool:
    """Whether somebody of a role may use a route."""
    roles = roles_of(name)
    return roles is PUBLIC or role in roles
