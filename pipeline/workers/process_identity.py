"""Which process it was: told apart from every other one that ever had its number."""

import socket

import psutil


def process_identity() -> str:
    """This process, told apart from every other one that ever had its number: host, number, start time."""
    me = psutil.Process()
    return f"{socket.gethostname()}/{me.pid}/{me.create_time():.2f}"


def is_dead(infrastructure: str) -> bool:
    """Whether the process that a run was in is gone; False for runs of other hosts, of which we cannot know."""
    host, number, started = infrastructure.split("/")[:3]
    if host != socket.gethostname():
        return False
    try:
        process = psutil.Process(int(number))
        return process.status() == psutil.STATUS_ZOMBIE or f"{process.create_time():.2f}" != started
    except psutil.NoSuchProcess:
        return True
