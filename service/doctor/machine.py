"""Checks of the machine: disks, memory, cores, and modes of files."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from service.doctor.check import Check, CheckState, wrong
from service.settings import Settings, secret_files

_GB: Final = 1 << 30
_MB: Final = 1 << 20
_LEAST_FREE, _AMPLE_FREE = 2 * _GB, 10 * _GB
_OTHERS = 0o077


def disks(settings: Settings) -> Iterator[Check]:
    """Check free space on the disk of the workspace, and on that of the ledger if it is another one."""
    places = {"the workspace": settings.workspace.absolute()}
    ledger = ledger_file(settings)
    if ledger is not None:
        places["the ledger"] = ledger
    seen: set[int] = set()
    for title, place in places.items():
        there = nearest(place)
        device = there.stat().st_dev
        if device not in seen:
            yield disk_check(title, shutil.disk_usage(there).free)
        seen.add(device)


def disk_check(title: str, free: int) -> Check:
    """The outcome for so many free bytes."""
    found = f"The disk of {title} has {free / _GB:.1f} GB free."
    if free < _LEAST_FREE:
        return wrong("disk", found, f"Free {_AMPLE_FREE // _GB} GB at least: a full disk stops everything.")
    if free < _AMPLE_FREE:
        return Check(
            "disk", CheckState.WARNING, found, f"Free some: below {_LEAST_FREE // _GB} GB the service is at risk."
        )
    return Check("disk", CheckState.OK, found)


def memory(settings: Settings) -> Iterator[Check]:
    """Check that the reading processes fit into memory."""
    available, needed = psutil.virtual_memory().available, settings.readers.processes * settings.readers.memory_mb * _MB
    found = f"{available / _GB:.1f} GB of memory are free, and the reading processes may take {needed / _GB:.1f} GB."
    if available < needed:
        yield Check(
            "memory", CheckState.WARNING, found, "Lower INTAKE_READERS__PROCESSES, or give the machine more memory."
        )
    else:
        yield Check("memory", CheckState.OK, found)


def cores(settings: Settings) -> Iterator[Check]:
    """Check that there is a core for each thread of the reading processes."""
    there, wanted = len(os.sched_getaffinity(0)), settings.readers.processes * settings.ocr.threads
    found = f"{there} cores are there, and the reading processes use {wanted}."
    if there < wanted:
        yield Check("cores", CheckState.WARNING, found, "Lower INTAKE_READERS__PROCESSES or INTAKE_OCR__THREADS.")
    else:
        yield Check("cores", CheckState.OK, found)


def modes(settings: Settings) -> Iterator[Check]:
    """Check that only their owner can read files with secrets and children's data."""
    files = {
        "the register's secret": settings.secret_file,
        "Prefect's password": settings.prefect_secret_file,
        "the ledger": ledger_file(settings),
    }
    there = [(title, file) for title, file in files.items() if file is not None and file.exists()]
    for title, file in (*there, *(("a secret", file) for file in secret_files() if file.exists())):
        if file.stat().st_mode & _OTHERS:
            yield wrong("modes", f"The file of {title} can be read by other users.", "Run chmod 600 on it.")
        else:
            yield Check("modes", CheckState.OK, f"The file of {title} is its owner's alone.")


def ledger_file(settings: Settings) -> Path | None:
    """The file of the ledger, if it is a file."""
    scheme, _, place = settings.ledger_at.partition(":///")
    return Path(place).absolute() if scheme.startswith("sqlite") and place else None


def nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(one for one in (path, *path.parents) if one.exists())
