"""Which process works, and for which user of the machine."""

import os
import pwd
import socket
from typing import Final

import psutil

_LONGEST_NAME: Final = 56  # characters: with console: as long as a column for accounts


def process_identity() -> str:
    """This process: host, number and start time, so that it differs from all others that ever had the number."""
    me = psutil.Process()
    return f"{socket.gethostname()}/{me.pid}/{me.create_time():.2f}"


def machine_of(identity: str) -> str:
    """The host of a process's identity."""
    return identity.partition("/")[0]


def is_dead(infrastructure: str) -> bool:
    """Whether the process of this identity is gone; False for other hosts, whose processes we cannot see."""
    host, number, started = infrastructure.split("/")[:3]
    if host != socket.gethostname():
        return False
    try:
        process = psutil.Process(int(number))
        return process.status() == psutil.STATUS_ZOMBIE or f"{process.create_time():.2f}" != started
    except psutil.NoSuchProcess:
        return True


def operator() -> str:
    """The author of what this process does, for the audit chain and batches: console: and the user of this machine.

    No account of the review desk has such a name. A user without a name in the system's list goes by its number.
    """
    try:
        return f"console:{pwd.getpwuid(os.getuid()).pw_name[:_LONGEST_NAME]}"
    except KeyError:
        return f"console:{os.getuid()}"
