"""A complete case of one family, whose pages or entered data a bench can replace; judged from stored readings."""

from collections.abc import Collection
from typing import Final

from bench.readings import Scan
from bench.synthetic_cases import synthetic_case
from fixtures.people.families import families
from fixtures.people.family import Family
from fixtures.pictures.files import FileSpec, content
from fixtures.pictures.picture import Leaf, PictureSpec
from fixtures.specimens.application import application, typed_child, typed_guardian
from fixtures.specimens.scenario import CARD
from fixtures.truth import PictureStyle, Split
from models.case import FailedPage, FileReading, ReadPage, StoredFile
from models.content import FileContent
from models.documents import DocumentKind, Person
from models.findings import Code
from models.register import KnownChild
from models.result import Judgement
from models.submission import EnteredChild, Submission
from pipeline.extract.extraction import extract_files
from pipeline.judge.case import judge, register_query
from pipeline.judge.dossier import open_dossier
from pipeline.judge.name_match import NameContext

GATE: Final = frozenset({Code.REGISTER_ILLEGIBLE, Code.ILLEGIBLE})  # findings of an unreadable page
_NOBODY: Final = "ouyang"  # of the committed samples; belongs to no split


def judged(
    submission: Submission, files: tuple[FileReading, ...], reader: NameContext, known: Collection[KnownChild] = ()
) -> Judgement:
    """Judge a submission.

    Args:
        submission: The data that the parent entered.
        files: The readings of its files.
        reader: The engine's alphabet and the hospital's rules.
        known: Registered children; judging gets those that match the register query.
    """
    return judged_content(submission, tuple(file.file for file in files), extract_files(files), reader, known)


def judged_content(
    submission: Submission,
    files: tuple[StoredFile, ...],
    contents: tuple[FileContent, ...],
    reader: NameContext,
    known: Collection[KnownChild] = (),
) -> Judgement:
    """Judge a submission from the content of its files."""
    dossier = open_dossier(synthetic_case(submission, files, contents).case, contents, reader)
    wanted = register_query(dossier)
    births = {(birth.name, birth.birth_date) for birth in wanted.births}
    deliveries = {(delivery.mother_id_number, delivery.birth_date) for delivery in wanted.deliveries}
    near = tuple(
        child
        for child in known
        if child.id_number in wanted.id_numbers
        or child.birth_certificate_number in wanted.birth_certificate_numbers
        or (child.name, child.birth_date) in births
        or (child.mother_id_number, child.birth_date) in deliveries
    )
    return judge(dossier, near, reader)


def judged_alone(path: str, page: ReadPage | FailedPage, reader: NameContext) -> Judgement:
    """Judge one page alone; the entered data belong to a child that the page does not show."""
    nobody = families()[_NOBODY]
    typed = application("alone", typed_child(nobody), typed_guardian(nobody), (FileSpec(path=path, hint=None),))
    stored = StoredFile(path=path, hint=None, digest="0" * 64, size=1)
    return judged(typed, (FileReading(file=stored, pages=(page,)),), reader)


def leaves(family: Family) -> tuple[Leaf, ...]:
    """The pages that the family must send, and no others."""
    people = {resident.person for resident in family.members}
    grown = (leaf for leaf in (Leaf.HEAD, Leaf.FATHER, Leaf.MOTHER) if Person(leaf.value) in people)
    return (*CARD, Leaf.HOME, *grown, Leaf.CHILD, *((Leaf.CERTIFICATE,) if family.birth else ()))


def page_of(family: Family, leaf: Leaf, number: int, split: Split = Split.TEST) -> PictureSpec:
    """A picture of a page; even numbers give scans, odd ones photos."""
    style = PictureStyle.PHONE if number % 2 else PictureStyle.FLATBED
    return PictureSpec(family=family, leaf=leaf, style=style, seed=number, split=split)


def whole(family: Family, number: int, split: Split = Split.TEST) -> tuple[Scan, ...]:
    """All pages of a family, each in a file named after the page."""
    return tuple(scan(page_of(family, leaf, number, split)) for leaf in leaves(family))


def scan(page: PictureSpec) -> Scan:
    """A page in a JPEG file."""
    file = _file(page.leaf).model_copy(update={"pages": (page,)})
    return Scan(file.path, file.hint, content(file))


def submission(family: Family, name: str, child: EnteredChild | None = None) -> Submission:
    """The family's submission with correctly entered data, or with this child instead."""
    files = tuple(_file(leaf) for leaf in leaves(family))
    return application(name, child or typed_child(family), typed_guardian(family), files)


def replaced(files: tuple[FileReading, ...], read: FileReading) -> tuple[FileReading, ...]:
    """The files of a case, one of them replaced."""
    return tuple(read if file.file.path == read.file.path else file for file in files)


def _file(leaf: Leaf) -> FileSpec:
    return FileSpec(path=f"{leaf}.jpg", hint=hint_of(leaf))


def hint_of(leaf: Leaf) -> DocumentKind:
    """The document that a page belongs to."""
    if leaf in CARD:
        return DocumentKind.ID_CARD
    return DocumentKind.BIRTH_CERTIFICATE if leaf is Leaf.CERTIFICATE else DocumentKind.HOUSEHOLD_REGISTER
