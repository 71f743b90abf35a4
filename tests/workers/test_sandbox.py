"""What a reading process may not do is refused by the kernel, in every thread of it."""

import ctypes
import resource
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.workers.process_pool import WorkerProcesses


@pytest.fixture(scope="module")
def process() -> Iterator[WorkerProcesses]:
    made = WorkerProcesses(ReaderOptions(processes=1))
    yield made
    made.close()


def opened(family: int) -> str:
    """Open a socket, and say what came of it."""
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except OSError as error:
        return type(error).__name__
    return "opened"


def opened_in_a_thread(family: int) -> str:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(opened, family).result()


def looked_up(_family: int) -> str:
    """Ask for the address of a name, as an address or a script in a file would."""
    try:
        return str(socket.getaddrinfo("name.invalid", 80))
    except OSError as error:
        return type(error).__name__


def set_up_a_ring(_family: int) -> str:
    """The other way to a socket."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(425, 1, ctypes.create_string_buffer(256))
    return "PermissionError" if ctypes.get_errno() == 13 else f"errno {ctypes.get_errno()}"


def read_a_number(_family: int) -> str:
    return str(resource.getrlimit(resource.RLIMIT_CORE)[1])


@pytest.mark.parametrize(
    ("task", "family", "said"),
    [
        pytest.param(opened, socket.AF_INET, "PermissionError", id="a socket to anywhere"),
        pytest.param(opened, socket.AF_INET6, "PermissionError", id="the same by IPv6"),
        pytest.param(opened, socket.AF_NETLINK, "PermissionError", id="a socket to the kernel"),
        pytest.param(opened_in_a_thread, socket.AF_INET, "PermissionError", id="in a thread of its own"),
        pytest.param(looked_up, 0, "gaierror", id="the address of a name"),
        pytest.param(set_up_a_ring, 0, "PermissionError", id="a ring of calls"),
        pytest.param(opened, socket.AF_UNIX, "opened", id="a socket within the machine"),
        pytest.param(read_a_number, 0, "0", id="it leaves no core"),
    ],
)
def test_what_a_reading_process_may_do(
    process: WorkerProcesses, task: Callable[[int], str], family: int, said: str
) -> None:
    assert process.begin(task, int(family), seconds=20).result() == said


def test_we_ourselves_are_not_cut_off() -> None:
    assert opened(socket.AF_INET) == "opened"
