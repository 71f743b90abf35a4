"""Names with characters that the engine does not read: what is asked of the readers, and what becomes of the case."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.content import Resemblance
from models.errors import EngineError, FileRejectedError, PipelineError
from models.findings import Code, Reason
from models.result import Decision, Result
from pipeline.cases.conclude import conclusions
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.names.characters import stretches
from pipeline.stores.folder import FolderStore
from tests.support.cards import certificate, member
from tests.support.dossiers import CHILD
from tests.support.uploads import FILES, opened_desk, scripted, upload

SIXTH = b"6.jpg"
CLEAR = Resemblance("㙘", 0.83, "㙔", 0.8)
NOTED = [(Code.NAME_IN_DOUBT, Reason.OUT_OF_CHARSET)] * 2


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PipelineContext]:
    with opened_desk(tmp_path) as held:
        yield held


def processed(desk: PipelineContext, folder: Path, name: str) -> Result:
    """The family's pages and a certificate, with this name typed in."""
    source = FolderStore(folder / "uploads")
    scripted(desk).script[SIXTH] = certificate()
    source.put("case-1/6.jpg", SIXTH, content_type="image/jpeg")
    child = CHILD.model_dump(mode="json") | {"name": name}
    upload(source, child=child, files=[{"path": file.decode()} for file in (*FILES, SIXTH)])
    return process(source, "case-1", desk)


def told(result: Result) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in result.findings]


def test_both_pages_of_the_child_are_asked_and_the_case_passes_with_notes(
    desk: PipelineContext, tmp_path: Path
) -> None:
    scripted(desk).resemblances = {"㙘": CLEAR}
    result = processed(desk, tmp_path, "欧阳靖㙘")
    assert [(one.page_no, one.character, one.rivals) for one in scripted(desk).questions] == [(1, "㙘", ("萱",))] * 2
    assert (result.decision, told(result)) == (Decision.ACCEPTED, NOTED)
    assert {finding.next_step for finding in result.findings} == {"您无需操作，这一项不影响审核结果。"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="no face here holds it"),
        pytest.param(Resemblance("㙘", 0.8, "㙔", 0.83), id="it is more like another one"),
        pytest.param(EngineError("a reading process died"), id="the comparing process died"),
        pytest.param(FileRejectedError(Reason.DAMAGED), id="the file does not open any more"),
    ],
)
def test_without_such_an_answer_a_person_looks(
    desk: PipelineContext, tmp_path: Path, answer: Resemblance | PipelineError | None
) -> None:
    scripted(desk).resemblances = {"㙘": answer}
    result = processed(desk, tmp_path, "欧阳靖㙘")
    assert (result.decision, told(result)) == (Decision.REVIEW, NOTED)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("欧阳靖萱", id="nothing rare"),
        pytest.param("欧阳静㙘", id="something else differs too"),
        pytest.param("㙘㬎䃅㑇㓥", id="nothing but rare characters"),
        pytest.param("欧阳靖\ue000", id="a character of a private font"),
    ],
)
def test_nothing_is_asked_where_no_answer_would_help(desk: PipelineContext, tmp_path: Path, name: str) -> None:
    processed(desk, tmp_path, name)
    assert scripted(desk).questions == []


def test_answers_are_kept_and_judged_again_without_pictures(desk: PipelineContext, tmp_path: Path) -> None:
    scripted(desk).resemblances = {"㙘": CLEAR}
    before = processed(desk, tmp_path, "欧阳靖㙘")
    scripted(desk).resemblances = {}
    (again,) = conclusions(desk.ledger.cases.load(["case-1"], CONTENT_VERSION), desk.ledger, desk.reader)
    assert again.result.findings == before.findings


@pytest.mark.parametrize(
    ("name", "read", "places"),
    [
        pytest.param("王㙘", "王萱", {1: (1, 2)}, id="at the end"),
        pytest.param("㙘明", "萱明", {0: (0, 1)}, id="at the front"),
        pytest.param("王㙘明", "王土要明", {1: (1, 3)}, id="read as two"),
        pytest.param("王㙘", "王土要", {1: (1, 3)}, id="read as two at the end"),
        pytest.param("王㙘㙘", "王土要", {1: (1, 2), 2: (2, 3)}, id="two that were read as one each"),
        pytest.param("王㙘", "王", {}, id="not read at all"),
        pytest.param("王㙘", "王土要女", {}, id="read as three"),
        pytest.param("王㙘", "玉萱", {}, id="another character differs"),
        pytest.param("王", "王", {}, id="nothing rare"),
        pytest.param("阿㙘·买", "阿萱·买", {1: (1, 2)}, id="beside a dot"),
        pytest.param("阿㙘·买", "阿萱.买", {}, id="beside another dot"),
    ],
)
def test_where_rare_characters_stand(name: str, read: str, places: dict[int, tuple[int, int]]) -> None:
    assert stretches(name, read, frozenset("㙘")) == places


def test_a_place_reaches_over_all_that_was_read_for_the_character(desk: PipelineContext, tmp_path: Path) -> None:
    scripted(desk).script[FILES[-1]] = member({"姓名": "欧阳靖土要"})
    processed(desk, tmp_path, "欧阳靖㙘")
    question, _ = scripted(desk).questions
    assert question.rivals == ("土", "要")
    assert question.place.box.width > 1.5 * question.place.box.height
