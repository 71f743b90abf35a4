"""Blocking work beside an event loop."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import anyio.to_thread

Value = TypeVar("Value")


async def run_in_thread(work: Callable[..., Value], *args: object, **named: object) -> Value:
    """Do blocking work beside the event loop; cancelling waits for it."""
    return await anyio.to_thread.run_sync(partial(work, *args, **named))
