"""Which process works, and for which user of the machine."""

import os
import pwd
import socket

import psutil


def process_identity() -> str:
    """This process: host, number and start time, so that it differs from all others that ever had the number."""
    me = psutil.Process()
    return f"{socket.gethostname()}/{me.pid}/{me.create_time():.2f}"


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


def account_name() -> str:
    """The user of the machine on whose account this process works; the user's number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name[:64]
    except KeyError:
        return str(os.getuid())
