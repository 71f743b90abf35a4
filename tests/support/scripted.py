"""An OCR pool with scripted readings, for tests in which reading does not matter."""

from collections.abc import Mapping
from typing import NamedTuple

from models.content import Resemblance
from models.errors import PipelineError
from models.policy import Limits
from models.reading import PageReading
from pipeline.glyphs.compare import GlyphQuery
from pipeline.workers.ocr_pool import Pending
from tests.support.lines import ENGINE

Said = PageReading | PipelineError


class _Known(NamedTuple):
    said: Said

    def result(self) -> tuple[PageReading, ...]:
        if isinstance(self.said, PipelineError):
            raise self.said
        return (self.said,)


class ScriptedReaders:
    """Says of each file, told by its bytes, what it was given; `asked` are the files whose pages were begun."""

    def __init__(self, script: Mapping[bytes, Said], refused: Mapping[bytes, PipelineError] | None = None) -> None:
        self.engine = ENGINE
        self.alphabet = frozenset(map(chr, range(0x4E00, 0x9FA6)))
        self.script = dict(script)
        self.refused = dict(refused or {})
        self.asked: list[bytes] = []
        self.questions: list[GlyphQuery] = []
        self.resemblances: dict[str, Resemblance | PipelineError | None] = {}

    def count(self, data: bytes, limits: Limits) -> int:
        """One page, unless the file is to be refused."""
        if data in self.refused:
            raise self.refused[data]
        return 1

    def start(self, data: bytes, page_no: int, limits: Limits) -> Pending:
        """Begin to read."""
        self.asked.append(data)
        return _Known(self.script[data])

    def compare(self, data: bytes, queries: tuple[GlyphQuery, ...], limits: Limits) -> tuple[Resemblance | None, ...]:
        """What the script has for each character, whatever the picture."""
        self.questions.extend(queries)
        return tuple(self._resemblance(question.character) for question in queries)

    def _resemblance(self, character: str) -> Resemblance | None:
        answer = self.resemblances.get(character)
        if isinstance(answer, PipelineError):
            raise answer
        return answer
