"""Synthetic copies of a case that was read, each with another child: other birth date and numbers, the same pages."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from models.case import Case, StoredFile
from models.content import FieldContent, FileContent, PageContent
from models.id_number import check_digit, parse_id_number
from models.submission import Submission

_FIRST: Final = date(2019, 1, 1)
DAYS: Final = 2200  # number of birth dates; further children share a date and have other numbers
_SEQUENCES: Final = 500  # children of one sex on one day
_CHILDREN: Final = 2  # children of one mother on one day


class SyntheticCase(NamedTuple):
    """A case and the content of its files; `mother` is the mother's ID number, if they show it."""

    case: Case
    contents: tuple[FileContent, ...]
    mother: str | None = None


def clone(one: SyntheticCase, number: int, submission_id: str) -> SyntheticCase:
    """A copy of the case with the child of this number; the same number gives the same child.

    Children whose numbers are `DAYS` apart share birth date and sex, with consecutive ID numbers; every second one
    begins another family.

    Raises:
        ValueError: The case's child has no ID number.
    """
    child = one.case.submission.child
    number_parts = parse_id_number(child.id_number or "")
    if number_parts is None:
        raise ValueError("Only a child with an ID number can become another.")
    born = _FIRST + timedelta(days=number % DAYS)
    digits = f"{number_parts.text[:6]}{born:%Y%m%d}{_sequence(number // DAYS, int(number_parts.text[16]) % 2):03}"
    words = {number_parts.text: digits + check_digit(digits), child.birth_date.isoformat(): born.isoformat()}
    if one.mother:
        first = f"{one.mother[:14]}{_sequence(number // DAYS // _CHILDREN, int(one.mother[16]) % 2):03}"
        words[one.mother] = first + check_digit(first)
    if child.birth_certificate_number:
        words[child.birth_certificate_number] = f"{child.birth_certificate_number[:3]}{number % 10**7:07}"
    submission = _typed(one.case.submission, words, submission_id)
    contents = tuple(_file(file, words) for file in one.contents)
    case = one.case.model_copy(update={"submission": submission, "input_digest": submission_id})
    return SyntheticCase(case, contents, words.get(one.mother or ""))


def synthetic_case(
    submission: Submission, files: tuple[StoredFile, ...], contents: tuple[FileContent, ...]
) -> SyntheticCase:
    """Open a case that was read, with its content."""
    case = Case(
        submission=submission,
        revision=1,
        files=files,
        input_digest="0" * 64,
        arrived_at=submission.submitted_at,
    )
    return SyntheticCase(case, contents)


def _sequence(turn: int, odd: int) -> int:
    return 2 * (turn % _SEQUENCES) + odd


def _typed(submission: Submission, words: Mapping[str, str], submission_id: str) -> Submission:
    child = submission.child
    number, certificate = child.id_number, child.birth_certificate_number
    entered = child.model_copy(
        update={
            "birth_date": date.fromisoformat(words[child.birth_date.isoformat()]),
            "id_number": words[number] if number else None,
            "birth_certificate_number": words[certificate] if certificate else None,
        }
    )
    guardian = submission.guardian
    if guardian and guardian.id_number and guardian.id_number in words:
        guardian = guardian.model_copy(update={"id_number": words[guardian.id_number]})
    return submission.model_copy(update={"child": entered, "guardian": guardian, "submission_id": submission_id})


def _file(file: FileContent, words: Mapping[str, str]) -> FileContent:
    return file._replace(pages=tuple(_page(page, words) for page in file.pages))


def _page(page: PageContent, words: Mapping[str, str]) -> PageContent:
    return page._replace(fields={slot: _field(field, words) for slot, field in page.fields.items()})


def _field(field: FieldContent, words: Mapping[str, str]) -> FieldContent:
    text = field.value or ""
    value = next((text.replace(old, new) for old, new in words.items() if old in text), None)
    return field._replace(value=value, text=value) if value else field
