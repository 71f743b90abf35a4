"""A network of its own, with no other machine in it: whatever is sent to another one is seen.

Its only way out ends in a pit, so that connections are begun and questions sent as they would be anywhere. Questions to
a resolver on loopback, which asks other machines, are seen too; those that go to one through a socket of Unix are not.

Source:
    network_namespaces(7), veth(4), packet(7), socket(7); bpf_asm (the kernel's networking/filter.rst).
"""

import ctypes
import os
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from ipaddress import ip_address
from typing import Final, NamedTuple

_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET
_EVERY_PROTOCOL: Final = 0x0003  # ETH_P_ALL
_OUTGOING: Final = 4  # PACKET_OUTGOING
_ATTACH_FILTER: Final = 26  # SO_ATTACH_FILTER
_WAY_OUT: Final = "out"
_LOOPBACK: Final = "lo"
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
# Passes what goes to port 53 by TCP or UDP; each instruction with its jumps if true and if false.
_TO_A_RESOLVER: Final = (
    (0x30, 0, 0, 0), (0x54, 0, 0, 0xF0), (0x15, 4, 0, 0x60),  # the version: IPv6?
    (0x30, 0, 0, 9), (0x15, 7, 0, 1), (0x28, 0, 0, 22), (0x05, 0, 0, 3),  # IPv4: the protocol, no ICMP; the port
    (0x30, 0, 0, 6), (0x15, 3, 0, 58), (0x28, 0, 0, 42),  # the same of IPv6
    (0x15, 0, 1, 53), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0),
)  # fmt: skip
_FOUR, _SIX = 0x0800, 0x86DD
# The bytes of a packet with its protocol and the address of its receiver.
_PLACES: Final = {_FOUR: (9, slice(16, 20)), _SIX: (6, slice(24, 40))}


class Sent(NamedTuple):
    """A packet for another machine or a resolver: the address, and the number of its protocol (6 is TCP, 17 UDP)."""

    to: str
    protocol: int


@contextmanager
def own_network() -> Iterator[Callable[[], list[Sent]]]:
    """Put this thread, and the processes and threads that it starts, into a network without other machines.

    Where `why_no_network` says nothing against it.

    Yields:
        What was sent to other machines, and to resolvers on this one, since the last call.

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
        with closing(_listening(_WAY_OUT)) as out, closing(_listening(_LOOPBACK, _TO_A_RESOLVER)) as asked:
            yield lambda: [*_sent(out), *_sent(asked)]
    finally:
        back = libc.setns(before, _NEW_NETWORK)
        os.close(before)
        if back:
            raise OSError(ctypes.get_errno(), "no way back: every later test is in the empty network")


def ways_seen(sent: Callable[[], list[Sent]]) -> int:
    """Ask others in each of `WAYS`, and count those that are seen."""
    seen = 0
    for ask in WAYS:
        ask()
        seen += bool(sent())
    return seen


def _send(kind: socket.SocketKind, place: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, kind) as outward, suppress(BlockingIOError):
        outward.setblocking(False)
        outward.connect(place)
        outward.send(b"is anybody there?")


def _look_up() -> None:
    command = ("env", "RES_OPTIONS=timeout:1 attempts:1", "getent", "ahosts", "nobody.invalid.")
    subprocess.run(command, capture_output=True, check=False)


# A connection, a datagram, a question to a resolver on loopback, and a look-up by name wherever this machine sends it.
WAYS: Final = (
    partial(_send, socket.SOCK_STREAM, ("192.0.2.1", 80)),
    partial(_send, socket.SOCK_DGRAM, ("192.0.2.1", 80)),
    partial(_send, socket.SOCK_DGRAM, ("127.0.0.53", 53)),
    _look_up,
)


def _listening(interface: str, instructions: Sequence[tuple[int, int, int, int]] = ()) -> socket.socket:
    """A socket that gets the packets of an interface, or those that a filter passes."""
    listening = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)  # which hears nothing before it is bound
    if instructions:
        program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in instructions))
        described = struct.pack("HP", len(instructions), ctypes.addressof(program))
        listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, described)
    listening.bind((interface, _EVERY_PROTOCOL))
    listening.setblocking(False)
    return listening


def _sent(listening: socket.socket) -> Iterator[Sent]:
    with suppress(BlockingIOError):
        while True:
            packet, (_, protocol, direction, *_) = listening.recvfrom(128)
            if direction == _OUTGOING and protocol in _PLACES:
                carried, to = _PLACES[protocol]
                yield Sent(str(ip_address(packet[to])), packet[carried])
