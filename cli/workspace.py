"""Where a command works: settings from the environment, `--workspace` on top.

Imports stand in the methods, since commands such as `intake codes` need none of them.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

    from pipeline.ledger.ledger import Ledger
    from pipeline.stores.base import Store
    from service.resources import Resources
    from service.settings import Settings


class CliContext:
    """What a command needs: settings, and what they name. Every method raises SettingsError where they are wrong."""

    def __init__(self, workspace: Path | None) -> None:
        self._workspace = workspace

    def settings(self) -> "Settings":
        """The settings in force.

        Raises:
            SettingsError: Some cannot be used; the text lists all of them.
        """
        from pydantic import ValidationError

        from service.settings import Settings, SettingsError

        chosen = {"workspace": self._workspace} if self._workspace else {}
        try:
            return Settings().model_copy(update=chosen)
        except ValidationError as error:
            raise SettingsError("\n".join(_wrong_settings(error))) from None

    def ledger(self) -> "closing[Ledger]":
        """The ledger alone, for commands that read no page; closed at the end of the block."""
        from pipeline.ledger.ledger import open_ledger
        from service.resources import register_secret

        settings = self.settings()
        return closing(open_ledger(settings.ledger_at, register_secret(settings)))

    def store(self) -> "Store":
        """The store alone."""
        from pipeline.stores.opening import open_store

        settings = self.settings()
        return open_store(settings.store_at, settings.store)

    def resources(self, jobs: int | None) -> "closing[Resources]":
        """Ledger, store and so many reading processes, or as the settings say; closed at the end of the block."""
        from service.resources import Resources

        settings = self.settings()
        if jobs is not None:
            settings = settings.model_copy(update={"readers": settings.readers.model_copy(update={"processes": jobs})})
        return closing(Resources(settings))


def _wrong_settings(error: "ValidationError") -> Iterator[str]:
    """Every setting that is wrong, by the variable that sets it; values are not repeated."""
    yield "These settings cannot be used; correct them and start again:"
    for found in error.errors(include_input=False, include_url=False):
        yield f"  INTAKE_{'__'.join(str(part).upper() for part in found['loc'])}: {found['msg']}"
