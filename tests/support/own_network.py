"""A network of its own, in which there is nobody but this machine: what tries to leave it is counted by the kernel.

Source:
    network_namespaces(7); `OutNoRoutes` of RFC 4293: datagrams for which no route was found.
"""

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET


class Refused(NamedTuple):
    """Datagrams that could not leave: the first of a connection, or a question to a name server.

    Chromium asks for a route to a name server of IPv6 by itself, whatever page it shows.
    """

    four: int
    six: int


@contextmanager
def own_network() -> Iterator[Callable[[], Refused]]:
    """Put this thread, and the processes and threads that it starts, into a network with loopback alone.

    Where `why_no_network` says nothing against it.

    Yields:
        What could not leave so far, in the network of the thread that asks.

    Raises:
        OSError: The kernel makes no network, or does not let the thread go back.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(_NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "no network of its own")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield _refused
    finally:
        back = libc.setns(before, _NEW_NETWORK)
        os.close(before)
        if back:
            raise OSError(ctypes.get_errno(), "no way back: every later test is in the empty network")


def try_to_leave() -> None:
    """Connect to another machine, for a counter that must count it."""
    for address, kind in (("192.0.2.1", socket.SOCK_STREAM), ("192.0.2.2", socket.SOCK_DGRAM)):
        with socket.socket(socket.AF_INET, kind) as outward, suppress(OSError):
            outward.connect((address, 80))


def _refused() -> Refused:
    names, numbers = (
        line.split() for line in Path("/proc/thread-self/net/snmp").read_text("utf-8").splitlines() if line[:3] == "Ip:"
    )
    counters = Path("/proc/thread-self/net/snmp6")  # is not there without IPv6
    six = dict(line.split() for line in counters.read_text("utf-8").splitlines()) if counters.exists() else {}
    return Refused(int(numbers[names.index("OutNoRoutes")]), int(six.get("Ip6OutNoRoutes", 0)))
