"""A ledger or a store that fails once, then works."""

from typing import Any

from models.errors import PipelineError
from pipeline.ledger.repositories.base import Repository


class Failing:
    """Its n-th call fails: before it has an effect, or after it, so that only the answer is lost.

    `turn` holds n; objects that count together share it. It continues to count below zero.
    """

    def __init__(self, held: Any, *, turn: list[int], error: type[PipelineError], done: bool) -> None:
        self._held, self._turn, self._error, self._done = held, turn, error, done

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._held, name)
        if name == "close":
            return method
        if isinstance(method, Repository):
            return Failing(method, turn=self._turn, error=self._error, done=self._done)

        def call(*args: Any, **named: Any) -> Any:
            self._turn[0] -= 1
            if self._turn[0] != 0:
                return method(*args, **named)
            if self._done:
                method(*args, **named)
            raise self._error("made to fail")

        return call
