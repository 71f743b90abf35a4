"""What is shown on Prefect's pages never decides anything: it is tried again, and given up with a warning."""

import asyncio
import logging

import pytest

from flows.artifacts import publish


class Part:
    """Is shown after it failed so many times."""

    def __init__(self, name: str, failures: int, shown: list[str]) -> None:
        self._name, self._failures, self._shown = name, failures, shown

    async def __call__(self) -> None:
        if self._failures:
            self._failures -= 1
            raise RuntimeError("Prefect is down")
        self._shown.append(self._name)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "_PAUSES", (0.0, 0.0))


@pytest.mark.parametrize(
    ("failures", "shown", "warnings"),
    [
        pytest.param((0, 0, 0), ["first", "second", "third"], 0, id="in their order"),
        pytest.param((0, 1, 0), ["first", "third", "second"], 1, id="what failed once is shown after the rest"),
        pytest.param((0, 2, 1), ["first", "third", "second"], 3, id="twice is enough"),
        pytest.param((9, 0, 0), ["second", "third"], 3, id="what keeps failing is given up"),
    ],
)
def test_parts_are_shown(
    failures: tuple[int, ...], shown: list[str], warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    parts = [Part(name, count, done) for name, count in zip(("first", "second", "third"), failures, strict=True)]
    with caplog.at_level(logging.WARNING):
        asyncio.run(publish.show("item-1", *parts))
    assert (done, len(caplog.records)) == (shown, warnings)
    assert "Prefect is down" not in caplog.text
