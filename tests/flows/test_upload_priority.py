"""Uploads come first: nothing else is begun while one is being read."""

import threading
from concurrent.futures import ThreadPoolExecutor

from flows.upload_priority import UploadPriority


def test_what_is_run_again_waits_for_every_upload_and_for_a_stop() -> None:
    turns, stop = UploadPriority(), threading.Event()
    turns.wait(stop)
    with ThreadPoolExecutor(1) as pool:
        with turns.upload():
            with turns.upload():
                waiting = pool.submit(turns.wait, stop)
            assert not waiting.done()
        assert waiting.result(timeout=5) is None
        with turns.upload():
            waiting = pool.submit(turns.wait, stop)
            stop.set()
            assert waiting.result(timeout=5) is None
