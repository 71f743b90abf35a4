"""Servers that tests start themselves: on free ports, and ended with the test session even if it is killed."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

READY_SECONDS = 30.0


def free_port() -> int:
    """A free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether a server listens on a port of the loopback interface."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def server(command: Sequence[str], log: Path, *, user: str | None = None) -> Iterator[None]:
    """Run a server in a child process that dies with this one."""
    with log.open("wb") as output:
        child = subprocess.Popen([*as_user(user), *command], stdout=output, stderr=output)
    try:
        yield
    finally:
        child.kill()
        child.wait()


def run(command: Sequence[str], *, user: str | None = None) -> None:
    """Run a command to its end; its output is part of the failure."""
    done = subprocess.run(
        [*as_user(user), *command], capture_output=True, text=True, timeout=READY_SECONDS, check=False
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}"


def environment(**settings: str) -> dict[str, str]:
    """Our environment for a child, with settings of its own."""
    return {**os.environ, **{f"INTAKE_{name}": value for name, value in settings.items()}}


def wait_until(ready: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"{what} did not come within {seconds} seconds."
        time.sleep(0.05)


def leave(well: Iterator[bool]) -> NoReturn:
    """End a forked child without the clean-up that belongs to its parent; 0 if all went well."""
    ending = 1
    try:
        ending = 0 if all(well) else 1
    finally:
        os._exit(ending)


def demand(programs: Sequence[str], variable: str, packages: str) -> None:
    """Skip where programs are missing; fail where the variable says that they must be there."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and is_required(variable):
        pytest.fail(f"{variable}=1, but {', '.join(missing)} is missing: install {packages}.")
    if missing:
        pytest.skip(f"{', '.join(missing)} is missing: install {packages}.")


def is_required(variable: str) -> bool:
    """Whether a lane must run whole, as `.ci/run` asks."""
    return os.environ.get(variable) == "1"


def as_user(user: str | None) -> list[str]:
    """The words before a command that end it with us, and run it as another user where we are root."""
    words = ["setpriv", "--pdeathsig", "KILL"]
    if user is None or os.geteuid() != 0:
        return words
    return [*words, "--reuid", user, "--regid", user, "--clear-groups"]
