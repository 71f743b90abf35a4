"""Faults below the interpreter: a preloaded library that breaks the n-th writing call below a folder.

SQLite's and Python's calls both go through it, so it sees every durable step of the embedded store and ledger.
"""

import ctypes
import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_name("faults.c")
_BUILD: Final = Path("build/faults")


class Mode(IntEnum):
    """How to break a call; the numbers are those of faults.c."""

    KILL_BEFORE = 0
    KILL_AFTER = 1
    KILL_TORN = 2  # writes only half of the data
    FAIL_ONCE = 3
    FAIL_FROM_THEN_ON = 4


ERRORS: Final[Mapping[str, int]] = {name: getattr(errno, name) for name in ("EIO", "ENOSPC", "EMFILE", "EROFS")}


def library() -> Path:
    """The compiled library; compiled if there is none for this source."""
    made = _BUILD / f"faults-{hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:12]}.so"
    if not made.exists():
        _BUILD.mkdir(parents=True, exist_ok=True)
        part = made.with_suffix(f".{os.getpid()}")
        words = ["gcc", "-O1", "-Wall", "-shared", "-fPIC", "-o", str(part), str(_SOURCE), "-ldl"]
        subprocess.run(words, check=True, capture_output=True)
        part.replace(made)
    return made.absolute()


def preloaded(module: str, *words: str) -> list[str]:
    """The command that runs one of our modules with the library preloaded."""
    return ["env", f"LD_PRELOAD={library()}", sys.executable, "-m", module, *words]


def arm(folder: Path, at: int, mode: Mode, error: int = 0) -> None:
    """Break the `at`-th writing call below a folder from now on; 0 breaks none and only counts."""
    _loaded().fault_arm(str(folder).encode(), ctypes.c_long(at), int(mode), error)


def disarm() -> int:
    """Let all calls pass again; gives their number."""
    return int(_loaded().fault_disarm())


def _loaded() -> ctypes.CDLL:
    here = ctypes.CDLL(None)
    here.fault_disarm.restype = ctypes.c_long
    return here
