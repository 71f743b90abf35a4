"""The pages of a case, each with every document on it."""

from typing import NamedTuple

from models.case import Case
from models.result import PageOutcome, Result
from pipeline.judge.dossier import Dossier


class SheetPage(NamedTuple):
    """One page of a file, with every document on it.

    Attributes:
        number: In the case, from 0.
        file_no: Of the file in the manifest, from 1: parents name files after children.
        size: Width and height in pixels, of the page before straightening; None where nothing was read of it.
    """

    number: int
    file: str
    file_no: int
    page_no: int
    outcomes: tuple[PageOutcome, ...]
    size: tuple[int, int] | None

    @property
    def rotation(self) -> int:
        """Degrees, clockwise, by which it is turned to stand upright."""
        return self.outcomes[0].rotation


def pages_of(case: Case, result: Result, dossier: Dossier | None) -> tuple[SheetPage, ...]:
    """Every page of every file that was opened, in the order of the result."""
    sizes = {
        (view.file.path, view.content.page_no): (view.content.width, view.content.height)
        for view in (dossier.pages if dossier else ())
    }
    files = [file.path for file in case.files]
    found: dict[tuple[str, int], list[PageOutcome]] = {}
    for outcome in result.pages:
        found.setdefault((outcome.file, outcome.page_no), []).append(outcome)
    return tuple(
        SheetPage(number, file, files.index(file) + 1, page_no, tuple(outcomes), sizes.get((file, page_no)))
        for number, ((file, page_no), outcomes) in enumerate(found.items())
    )
