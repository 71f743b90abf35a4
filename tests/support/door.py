"""A real port, which an application answers in a thread of the test's process."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from web.server import uvicorn_config

TOKEN: Final = "first-" + "a" * 32
SECOND: Final = "second-" + "b" * 32


@contextmanager
def answering(app: Starlette, port: int = 0) -> Iterator[int]:
    """Listen on a port, by default a free one, while the block runs; yields the port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", port))
        server = uvicorn.Server(uvicorn_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
