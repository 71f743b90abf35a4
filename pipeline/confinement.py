"""What a reading process may not do: take the machine's memory, leave children's data in a core, outlive its parent."""

import os
import resource
import threading
import time

_MEGABYTE = 1024 * 1024
_BETWEEN_LOOKS = 1.0  # seconds


def confine(memory_limit_mb: int | None, parent: int) -> None:
    """Confine this process; called once, before it reads anything.

    Args:
        memory_limit_mb: What it may hold. Counted as private writable memory, since the engine's libraries reserve
            far more addresses than they use.
        parent: The process that asked for it; when that is gone, so is this one.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_limit_mb is not None:
        limit = memory_limit_mb * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """A process whose parent was killed is handed to another one; nobody waits for its answers any more."""
    while os.getppid() == parent:
        time.sleep(_BETWEEN_LOOKS)
    os._exit(1)
