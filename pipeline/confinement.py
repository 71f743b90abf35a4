"""What a reading process may not do: take the machine's memory, leave children's data in a core, outlive its parent."""

import ctypes
import os
import resource
import signal
from typing import Final

_MEGABYTE = 1024 * 1024
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def confine(memory_limit_mb: int | None, parent: int) -> None:
    """Confine this process; called once, before it reads anything. Linux only.

    Args:
        memory_limit_mb: What it may hold. Counted as private writable memory, since the engine's libraries reserve
            far more addresses than they use.
        parent: The process that asked for it; when that is gone, or the thread of it that started this one, so is
            this one.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_limit_mb is not None:
        limit = memory_limit_mb * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # The kernel sees to it: a thread of ours would never run while native code holds the interpreter's lock.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before we asked
        os._exit(1)
