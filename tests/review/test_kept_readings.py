"""A case whose content is of another version: what its pages say comes from kept readings, or is not known."""

from collections.abc import Sequence
from typing import Final

import pytest

from models.case import FailedPage, ReadPage
from models.content import Content
from models.documents import Field
from models.findings import Code, Reason
from models.policy import Limits
from models.reading import PageReading
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.repositories.readings import reading_key
from pipeline.review.deciding import registered
from tests.support.cards import CHILD_NUMBER, MOTHER_NUMBER, id_number, member, mother
from tests.support.dossiers import FAMILY, Sent, dossier
from tests.support.lines import ENGINE
from tests.support.reviewing import CASE, DOUBTED, OLD, Sending, judged, looked, opened_again, row_of

OTHERWISE: Final = id_number("20191123", 4)
BROKEN: Final = FailedPage(page_no=1, code=Code.BAD_FILE, reason=Reason.DAMAGED)


def keep(ledger: Ledger, readings: Sequence[PageReading], engine: str = ENGINE) -> None:
    """Keep what was read of the first files of a case."""
    for number, reading in enumerate(readings, start=1):
        key = reading_key(f"{number:064}", 1, f"{engine}/{Limits().pdf_dpi}dpi")
        ledger.readings.keep(key, ReadPage(page_no=1, readings=(reading,)))


def test_what_was_read_is_taken_apart_once_more(ledger: Ledger) -> None:
    keep(ledger, DOUBTED)
    judged(ledger, *DOUBTED, sending=Sending(version=OLD))
    found = opened_again(ledger)
    assert found.laid_out.content is None
    row = row_of(found.sheet, Field.NAME)
    assert [crop.at for crop in row.crops] == [3, None]


@pytest.mark.parametrize(
    ("kept", "engine"),
    [
        pytest.param(DOUBTED[:-1], ENGINE, id="of all pages but one"),
        pytest.param(DOUBTED, "scripted-2/none/0000/0", id="of another engine"),
        pytest.param((), ENGINE, id="of none"),
    ],
)
def test_readings_of_a_part_are_none(ledger: Ledger, kept: Sequence[PageReading], engine: str) -> None:
    keep(ledger, kept, engine)
    judged(ledger, *DOUBTED, sending=Sending(version=OLD))
    assert opened_again(ledger).dossier is None


def test_there_are_no_readings_of_what_failed(ledger: Ledger) -> None:
    keep(ledger, FAMILY)
    files = (*FAMILY, Sent(failed=BROKEN), Sent(failure=(Code.BAD_FILE, Reason.EMPTY)))
    judged(ledger, *files, sending=Sending(version=OLD))
    found = opened_again(ledger)
    assert found.dossier is not None
    assert len(found.dossier.pages) == len(FAMILY)
    assert [page.size is None for page in found.sheet.pages] == [*[False] * len(FAMILY), True]


@pytest.mark.parametrize(
    ("typed", "read", "registers"),
    [
        pytest.param(CHILD_NUMBER, CHILD_NUMBER, (CHILD_NUMBER, MOTHER_NUMBER), id="as before"),
        pytest.param(CHILD_NUMBER, OTHERWISE, (CHILD_NUMBER, None), id="otherwise: what was typed in was shown too"),
        pytest.param(None, CHILD_NUMBER, (CHILD_NUMBER, MOTHER_NUMBER), id="as before, and not typed in"),
        pytest.param(None, OTHERWISE, (None, MOTHER_NUMBER), id="otherwise, and not typed in"),
    ],
)
def test_no_number_is_registered_that_the_result_does_not_show(
    ledger: Ledger, typed: str | None, read: str, registers: tuple[str | None, str | None]
) -> None:
    pages = (*DOUBTED, mother())
    now = member({"姓名": "欧阳靖宣", "公民身份证件编号": read})
    keep(ledger, (*DOUBTED[:-1], now, mother()))
    judged(ledger, *pages, sending=Sending(version=OLD, child={"id_number": typed}))
    found = opened_again(ledger)
    child, numbers = registered(found, ())
    assert (child.id_number, child.mother_id_number) == registers
    assert OTHERWISE not in numbers.id_numbers
    seen, _ = registered(found, (looked(row_of(found.sheet, Field.ID_NUMBER), OTHERWISE),))
    assert seen.id_number == OTHERWISE, "a person saw it"


@pytest.mark.parametrize("typed", [CHILD_NUMBER, None])
def test_nor_where_content_was_kept_after_the_result_was_recorded(ledger: Ledger, typed: str | None) -> None:
    """As when a decided case is sent again after an upgrade, or a batch is rolled back: the earlier result stands."""
    judged(ledger, *DOUBTED, mother(), sending=Sending(version=OLD, child={"id_number": typed}))
    now = member({"姓名": "欧阳靖宣", "公民身份证件编号": OTHERWISE})
    files = dossier(*DOUBTED[:-1], now, mother(), child={"id_number": typed}).files
    case = ledger.reviews.case_for_review(CASE, None).case
    ledger.cases.keep_content(case, Content(ENGINE, CONTENT_VERSION, tuple(file.content for file in files)))
    found = opened_again(ledger)
    assert found.laid_out.content is not None
    child, numbers = registered(found, ())
    assert (child.id_number, child.mother_id_number) == (typed, MOTHER_NUMBER if typed is None else None)
    assert OTHERWISE not in numbers.id_numbers
