"""Connections of clients that do not send their requests: each is given up in time, or when others need its place.

Source:
    OWASP, Denial of Service Cheat Sheet: slow requests, limits by address.
"""

import asyncio
from collections import Counter
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from web.client_networks import network_of

MOST_OPEN: Final = 384  # more of them, and one that waits for its client makes room
_HEAD_SECONDS: Final = 10.0  # for a request line and headers to arrive, from the first byte on
_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """HTTP of one connection, with a deadline for headers; bodies have theirs in the applications that read them."""

    _deadline: asyncio.TimerHandle | None = None
    _since: float = 0.0  # when it began to wait for its client
    _network: str = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for a request, and make room for it."""
        super().connection_made(transport)
        self._network = network_of(self.client[0]) if self.client else ""
        self._await_head()
        if len(self.connections) > MOST_OPEN:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Take in bytes; those that complete no headers prolong nothing."""
        super().data_received(data)
        if not self._has_no_request:
            self._forget_deadline()
        elif self._deadline is None:
            self._await_head()

    def on_response_complete(self) -> None:
        """Wait for the next request of a connection that is kept."""
        super().on_response_complete()
        self._since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._forget_deadline()
        super().connection_lost(exc)

    @property
    def _has_no_request(self) -> bool:
        return bool(getattr(self.cycle, "response_complete", True))  # there is no cycle before the first request

    @property
    def _waits(self) -> bool:
        """Whether its client is to act, and not we."""
        return not self.transport.is_closing() and (self._has_no_request or self.cycle.more_body)

    def _await_head(self) -> None:
        self._since = self.loop.time()
        self._deadline = self.loop.call_later(_HEAD_SECONDS, self._give_up)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self._has_no_request and not self.transport.is_closing():
            self.transport.write(_LATE)
            self.transport.close()

    def _make_room(self) -> None:
        """End the connection that has waited longest, of the network that has most of them."""
        waiting = [
            one for one in self.connections if isinstance(one, PatientProtocol) and one._waits and one is not self
        ]
        if not waiting:
            return
        by_network = Counter(one._network for one in waiting)
        most = max(by_network.values())
        greedy = [one for one in waiting if by_network[one._network] == most]
        ended = min(greedy, key=lambda one: one._since)
        ended.transport.abort()
        self.connections.discard(ended)  # at once, or in a burst the ended ones would count against those who came
