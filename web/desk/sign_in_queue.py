"""The order in which passwords are checked: one at a time, because each takes memory and a core.

The address that was wrong least often since it was last right comes first; a few times count as none, because everybody
mistypes. Equals take turns: sites first, then the addresses of a site, then the names tried at one address. A site that
comes queues up behind those that wait: before the next turn of a site each other one has one at most, and none that
came later has any. So a site that guesses delays each turn of another one by one check, however many networks it has.
Waiting takes no thread.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from web.client_networks import site_of
from web.desk.request_context import ErrorKind, PageError

_PER_NAME: Final = 16  # that wait at one address; more are told to come again
_PER_SITE: Final = 64  # at all its addresses
_ALTOGETHER: Final = 256
_WAIT_SECONDS: Final = 10.0
_FORGIVEN: Final = 3  # wrong ones; a flood that changes its addresses would come before whoever mistyped once
_REMEMBERED: Final = 4096  # addresses that were wrong; those that were so longest ago are forgotten

_Names = dict[str, deque[asyncio.Future[None]]]


class SignInQueue:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Names] = {}  # in the order of their turns
        self._wrong: dict[str, int] = {}  # how often each address was, the latest last
        self._turns = 0
        self._ranks: dict[str, int] = {}  # of each site that waits: the number of turns at its last one, or as it came
        self._checks = False

    def note(self, address: str, *, right: bool) -> None:
        """Note how a check of an address ended."""
        count = self._wrong.pop(address, 0)
        if not right:
            self._wrong[address] = count + 1
        if len(self._wrong) > _REMEMBERED:
            del self._wrong[next(iter(self._wrong))]

    @asynccontextmanager
    async def turn(self, address: str, name: str) -> AsyncIterator[None]:
        """Wait for one's turn, and have it for as long as the block lasts.

        Raises:
            PageError: Too many wait already, or the turn does not come in time.
        """
        if self._checks:
            await self._wait(address, name)
        self._checks = True
        try:
            yield
        finally:
            self._checks = False
            self._call_next()

    async def _wait(self, address: str, name: str) -> None:
        site, names = site_of(address), self._waiting.get(address, {})
        at_site = sum(_how_many(own) for one, own in self._waiting.items() if site_of(one) == site)
        altogether = sum(map(_how_many, self._waiting.values()))
        if len(names.get(name, ())) >= _PER_NAME or at_site >= _PER_SITE or altogether >= _ALTOGETHER:
            raise PageError(ErrorKind.BUSY)
        if not at_site:
            self._ranks[site] = self._turns
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(address, {}).setdefault(name, deque()).append(called)
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await called
        except TimeoutError:
            if called.cancelled():
                raise PageError(ErrorKind.BUSY) from None  # else the turn came in the same moment
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._checks = False
                self._call_next()  # the turn was given to a client that is gone
            raise
        finally:
            self._leave(address, name, called)

    def _call_next(self) -> None:
        """Give the turn to whoever waits longest for the next name of the next address."""
        while not self._checks and self._waiting:
            address = min(self._waiting, key=self._rank)
            names = self._waiting[address]
            name, queue = next(iter(names.items()))
            called = queue.popleft()
            del self._waiting[address], names[name]
            if queue:
                names[name] = queue
            if names:
                self._waiting[address] = names
            if not called.done():
                called.set_result(None)
                self._checks = True
                self._note_turn(site_of(address))

    def _leave(self, address: str, name: str, called: asyncio.Future[None]) -> None:
        """Stop waiting, if the turn did not come: a client that went away takes neither a turn nor a place."""
        names = self._waiting.get(address, {})
        if called not in names.get(name, ()):
            return
        names[name].remove(called)
        if not names[name]:
            del names[name]
        if not names:
            del self._waiting[address]

    def _rank(self, address: str) -> tuple[int, int]:
        """The lowest comes first; equals in the order of their turns."""
        return max(self._wrong.get(address, 0) - _FORGIVEN, 0), self._ranks[site_of(address)]

    def _note_turn(self, site: str) -> None:
        self._turns += 1
        waiting = set(map(site_of, self._waiting))
        self._ranks = {one: rank for one, rank in {**self._ranks, site: self._turns}.items() if one in waiting}


def _how_many(names: _Names) -> int:
    return sum(map(len, names.values()))
