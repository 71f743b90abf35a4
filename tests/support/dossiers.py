"""Dossiers made of pages; all people are synthetic."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from models.case import Case, FailedPage, FileReading, ReadPage, StoredFile
from models.documents import DocumentKind
from models.policy import Policy
from models.reading import PageReading
from models.submission import EnteredChild, Guardian, GuardianRelation, IdType, Sex, Submission, SubmittedFile
from pipeline.extract.extraction import extract_files
from pipeline.judge.dossier import Dossier, open_dossier
from pipeline.judge.name_match import NameContext
from tests.support.cards import CHILD_NUMBER, FATHER_NUMBER, emblem, father, home, member, portrait


class Sent(NamedTuple):
    """A file of a case: its reading, the parent's hint, and its other properties."""

    readings: Sequence[PageReading] = ()
    hint: DocumentKind | None = None
    failed: FailedPage | None = None
    failure: Any = None


FAMILY: Final = (portrait(), emblem(), home(), father(), member())
CHILD: Final = EnteredChild(
    name="欧阳靖萱",
    sex=Sex.FEMALE,
    birth_date=date(2019, 11, 23),
    id_type=IdType.HOUSEHOLD_REGISTER,
    id_number=CHILD_NUMBER,
)
GUARDIAN: Final = Guardian(name="欧阳明", relation=GuardianRelation.FATHER, id_number=FATHER_NUMBER)

# Every character of the basic block: an alphabet that covers all common names.
READER: Final = NameContext(frozenset(map(chr, range(0x4E00, 0x9FA6))), Policy())


def dossier(
    *files: Sent | PageReading,
    child: Mapping[str, object] | None = None,
    guardian: Guardian | None = GUARDIAN,
    submitted_at: str = "2026-11-20T09:30:00+08:00",
) -> Dossier:
    """A case with these files, where a reading stands for a file of one page; `child` changes the entered data."""
    sent = [file if isinstance(file, Sent) else Sent((file,)) for file in files]
    read = tuple(_file(number, file) for number, file in enumerate(sent, start=1))
    submission = Submission(
        schema="child-intake/submission@1",
        submission_id="case-1",
        submitted_at=datetime.fromisoformat(submitted_at),
        child=CHILD.model_copy(update=dict(child or {})),
        guardian=guardian,
        files=tuple(SubmittedFile(path=file.file.path, kind=file.file.hint) for file in read),
    )
    case = Case(
        submission=submission,
        revision=1,
        files=tuple(file.file for file in read),
        input_digest="0" * 64,
        arrived_at=submission.submitted_at,
    )
    return open_dossier(case, extract_files(read), READER)


def _file(number: int, sent: Sent) -> FileReading:
    stored = StoredFile(path=f"{number}.jpg", hint=sent.hint, digest=f"{number:064}", size=1000)
    pages: list[ReadPage | FailedPage] = [
        ReadPage(page_no=page_no, readings=(reading.model_copy(update={"page_no": page_no}),))
        for page_no, reading in enumerate(sent.readings, start=1)
    ]
    return FileReading(file=stored, pages=(*pages, *((sent.failed,) if sent.failed else ())), failure=sent.failure)
