"""An object with some of its attributes replaced."""

from typing import Any


class Altered:
    """Behaves as `held`, except for the replaced attributes."""

    def __init__(self, held: object, **instead: object) -> None:
        self._held = held
        self.__dict__.update(instead)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._held, name)
