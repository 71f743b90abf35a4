"""A network of its own, in which there is nobody but this machine: whatever is sent to another one is seen.

Its only way out ends in a pit, so that connections are begun and questions sent as they would be anywhere.

Source:
    network_namespaces(7), veth(4), packet(7).
"""

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Final, NamedTuple

_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET
_EVERY_PROTOCOL: Final = 0x0003  # ETH_P_ALL
_OUTGOING: Final = 4  # PACKET_OUTGOING
_WAY_OUT: Final = "out"
WAY_OUT: Final = f"""link set lo up
link add {_WAY_OUT} type veth peer name pit
link set {_WAY_OUT} addrgenmode none arp off up
link set pit addrgenmode none arp off up
address add 198.51.100.1/24 dev {_WAY_OUT}
route add default dev {_WAY_OUT}
"""
_OF_IPV6: Final = f"""address add 2001:db8::1/64 dev {_WAY_OUT} nodad
route add ::/0 dev {_WAY_OUT}
"""
_FOUR, _SIX = 0x0800, 0x86DD
# The bytes of a packet with its protocol and the address of its receiver.
_PLACES: Final = {_FOUR: (9, slice(16, 20)), _SIX: (6, slice(24, 40))}


class Sent(NamedTuple):
    """A packet for another machine: the address, and the number of its protocol (6 is TCP, 17 UDP)."""

    to: str
    protocol: int


@contextmanager
def own_network() -> Iterator[Callable[[], list[Sent]]]:
    """Put this thread, and the processes and threads that it starts, into a network without other machines.

    Where `why_no_network` says nothing against it.

    Yields:
        What was sent to other machines since the last call, in its order.

    Raises:
        OSError: The kernel makes no network, or does not let the thread go back.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(_NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "no network of its own")
        subprocess.run(["ip", "-batch", "-"], input=WAY_OUT, text=True, check=True)
        subprocess.run(["ip", "-batch", "-"], input=_OF_IPV6, text=True, check=False)  # where the machine has it
        with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERY_PROTOCOL)) as listening:
            listening.bind((_WAY_OUT, _EVERY_PROTOCOL))
            listening.setblocking(False)
            yield lambda: list(_sent(listening))
    finally:
        back = libc.setns(before, _NEW_NETWORK)
        os.close(before)
        if back:
            raise OSError(ctypes.get_errno(), "no way back: every later test is in the empty network")


def try_to_leave() -> None:
    """Send a packet of each kind to another machine, which must be seen."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as outward, suppress(BlockingIOError):
            outward.setblocking(False)
            outward.connect(("192.0.2.1", 80))
            outward.send(b"is anybody there?")


def _sent(listening: socket.socket) -> Iterator[Sent]:
    with suppress(BlockingIOError):
        while True:
            packet, (_, protocol, direction, *_) = listening.recvfrom(128)
            if direction == _OUTGOING and protocol in _PLACES:
                carried, to = _PLACES[protocol]
                yield Sent(str(ip_address(packet[to])), packet[carried])
