"""The worker's tasks: what one of them raises ends its turn, and nothing else."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

import httpx
import pytest
from prefect.exceptions import PrefectException

from flows.worker_process import _PeriodicTask, _run_until_stopped
from models.errors import LedgerError

REQUEST = httpx.Request("GET", "http://p.example/api")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(lambda: LedgerError("It is broken", hint="mend it."), "It is broken", id="ours"),
        pytest.param(lambda: PrefectException("no"), "PrefectException", id="Prefect's"),
        pytest.param(
            lambda: httpx.HTTPStatusError("no", request=REQUEST, response=httpx.Response(401)),
            "HTTPStatusError 401",
            id="a refusal",
        ),
        pytest.param(lambda: KeyError("欧阳靖萱"), "KeyError", id="one that nobody foresaw, without its text"),
        pytest.param(lambda: RuntimeError("Event loop is closed"), "RuntimeError", id="another one"),
        pytest.param(lambda: ExceptionGroup("some", [ValueError()]), "ExceptionGroup", id="several at once"),
    ],
)
def test_an_error_ends_the_turn_of_its_task_alone(
    caplog: pytest.LogCaptureFixture, error: Callable[[], Exception], told: str
) -> None:
    turns = {"broken": 0, "sound": 0}

    async def work(name: str) -> None:
        turns[name] += 1
        if name == "broken":
            raise error()

    class Stop:
        def is_set(self) -> bool:
            return min(turns.values()) >= 3

    tasks = tuple(_PeriodicTask(name, partial(work, name), 0.01) for name in turns)
    with caplog.at_level(logging.WARNING):
        asyncio.run(asyncio.wait_for(_run_until_stopped(tasks, Stop()), 10))  # type: ignore[arg-type]
    fields = [str(vars(record)) for record in caplog.records]
    assert any(told in one for one in fields)
    assert not any("欧阳靖萱" in one for one in fields)
