"""Where a command works: settings from the environment, `--workspace` on top."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flows.resources import Resources
from flows.settings import Settings
from pipeline.desk import Desk
from pipeline.ledger.base import Ledger
from pipeline.ledger.opening import open_ledger


class Place:
    """What the options in front of a command say."""

    def __init__(self, workspace: Path | None) -> None:
        self._workspace = workspace

    def settings(self, **changed: object) -> Settings:
        """The settings in force; raises pydantic's ValidationError, which `main` tells."""
        chosen = {"workspace": self._workspace} if self._workspace else {}
        return Settings().model_copy(update={**chosen, **changed})

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger alone, for commands that read no page."""
        settings = self.settings()
        settings.workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(open_ledger(settings.ledger_at)) as ledger:
            yield ledger

    @contextmanager
    def desk(self, settings: Settings | None = None) -> Iterator[Desk]:
        """Ledger, store and reading processes, let go of at the end."""
        resources = Resources(settings or self.settings())
        try:
            yield resources.desk()
        finally:
            resources.close()
