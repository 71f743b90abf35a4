"""SIGINT and SIGTERM as a request to stop."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def on_stop_signal(act: Callable[[], object]) -> Iterator[None]:
    """Call `act` at every SIGINT and SIGTERM while the block lasts; enter it in the main thread."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        act()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
