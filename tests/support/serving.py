"""Run the service during a visit."""

import threading
from collections.abc import Callable
from typing import TypeVar

from models.errors import ExitCode
from service.service import serve
from service.settings import Settings

Found = TypeVar("Found")


def while_serving(settings: Settings, visit: Callable[[], Found]) -> Found:
    """Serve in this thread during a visit in another one; returns the visit's result, or raises its error."""
    done, found, failures = threading.Event(), list[Found](), list[BaseException]()

    def visitor() -> None:
        try:
            found.append(visit())
        except BaseException as failure:  # noqa: BLE001 - raised again by the main thread
            failures.append(failure)
        finally:
            done.set()

    visiting = threading.Thread(target=visitor)
    visiting.start()
    assert serve(settings, stop=done) is ExitCode.ACCEPTED
    visiting.join()
    if failures:
        raise failures[0]
    return found[0]
