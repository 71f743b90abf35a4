"""Small complete values for tests in which their content does not matter; all people are synthetic."""

from datetime import UTC, date, datetime

from models.case import Case, ReadPage, StoredFile
from models.findings import Code, Reason, found
from models.geometry import Box, Quad
from models.reading import BLANK, Alternative, Lattice, Line, LineMeasures, PageMeasures, PageReading, Surface, Tile
from models.register import KnownChild
from models.result import Provenance, Result, decide
from models.submission import EnteredChild, IdType, Sex, Submission, SubmittedFile

FILES = (StoredFile(path="hukou.pdf", hint=None, digest="ab" * 32, size=1000),)
SECRET = bytes(range(32))
BORN = date(2019, 11, 23)


def submission(submission_id: str, name: str = "欧阳靖萱") -> Submission:
    """An application for a child of this name."""
    return Submission(
        schema="child-intake/submission@1",
        submission_id=submission_id,
        submitted_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        child=EnteredChild(name=name, sex=Sex.FEMALE, birth_date=BORN, id_type=IdType.HOUSEHOLD_REGISTER),
        files=tuple(SubmittedFile(path=file.path) for file in FILES),
    )


def case_of(sent: Submission) -> Case:
    """The first revision of a submission, which arrived when it was sent."""
    return Case(submission=sent, revision=1, files=FILES, input_digest="0" * 64, arrived_at=sent.submitted_at)


def result(case: Case, *codes: tuple[Code, Reason], version: str = "0.1.0", seconds: float = 1.0) -> Result:
    """A result of a case with these findings."""
    findings = tuple(found(code, reason) for code, reason in codes)
    digest = case.input_digest
    return Result(
        submission_id=case.submission.submission_id,
        revision=case.revision,
        decision=decide(findings),
        findings=findings,
        fields=(),
        pages=(),
        provenance=Provenance(
            version=version, engine="e", models="m", policy="p", input_digest=digest, seconds=seconds
        ),
    )


def child(
    id_number: str | None = None,
    certificate: str | None = None,
    *,
    name: str = "欧阳靖萱",
    mother: str | None = None,
    withdrawn: bool = False,
) -> KnownChild:
    """A child with these numbers."""
    return KnownChild(
        name=name,
        sex=Sex.FEMALE,
        birth_date=BORN,
        id_number=id_number,
        birth_certificate_number=certificate,
        mother_id_number=mother,
        withdrawn=withdrawn,
    )


def read_page(text: str = "姓名欧阳靖萱", page_no: int = 1) -> ReadPage:
    """A page with one line of text, as an engine would read it."""
    box = Box(10, 20, 110, 40)
    steps = tuple((Alternative(char, 0.99), Alternative(BLANK, 0.01)) for char in text)
    line = Line(
        text=text,
        confidence=0.99,
        quad=Quad.of_box(box),
        upright=box,
        lattice=Lattice(steps=steps, span=1 / len(text)),
        measures=LineMeasures.model_validate(dict.fromkeys(LineMeasures.model_fields, 0.5)),
    )
    reading = PageReading(
        engine="test@1",
        page_no=page_no,
        width=1000,
        height=700,
        upright_width=1000,
        upright_height=700,
        rotation=0,
        quad=Quad.of_box(Box(0, 0, 1000, 700)),
        lines=(line,),
        measures=PageMeasures(
            brightness=0.9,
            sharpness=300.0,
            colourfulness=0.2,
            surface=Surface(columns=1, rows=1, tiles=(Tile(230, 30, 40),)),
        ),
    )
    return ReadPage(page_no=page_no, readings=(reading,))
