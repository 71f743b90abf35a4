import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.documents import DocumentKind, Field
from models.findings import (
    CATALOGUE,
    TITLES,
    Code,
    Evidence,
    Finding,
    Location,
    Reason,
    Severity,
    Stated,
    disagreement,
    found,
)
from models.geometry import Box

_ROW = re.compile(r"^\| (`[^|]+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)


def _contract() -> dict[tuple[Code, Reason], set[str]]:
    """Code and reason with the severities of the code, by the table of docs/contract.md, section 4."""
    section = Path("docs/contract.md").read_text("utf-8").split("\n## ")[4]
    return {
        (Code(code), Reason(reason)): set(re.findall("reject|review|warning", severities))
        for codes, severities, reasons in _ROW.findall(section)
        for code in re.findall(r"`([^`]+)`", codes)
        for reason in reasons.strip("` ").split()
    }


CONTRACT = _contract()

# What the catalogue promises and no rule yields yet, by the work that brings it.
NOT_YET_RAISED: dict[str, set[tuple[Code, Reason]]] = {
    "a store that is down is waited for before a case is judged": {(Code.OUR_FAULT, Reason.STORE)},
}


def test_the_catalogue_is_the_contracts_table() -> None:
    assert set(CATALOGUE) == set(CONTRACT)
    for code in Code:
        (promised,) = {frozenset(severities) for (listed, _), severities in CONTRACT.items() if listed is code}
        entries = [severities for (listed, _), severities in CATALOGUE.items() if listed is code]
        assert promised == {severity.value for severities in entries for severity in severities}, code
    assert {code for code, _ in CATALOGUE} == set(Code)
    assert {reason for _, reason in CATALOGUE} == set(Reason)


def test_our_fault_and_doubts_never_reject() -> None:
    gentle = {
        Code.OUR_FAULT,
        Code.NAME_IN_DOUBT,
        Code.MAYBE_DUPLICATE,
        Code.CONTRADICTION,
        Code.COPY,
        Code.ELECTRONIC,
        Code.GUARDIANSHIP,
    }
    for (code, _), severities in CATALOGUE.items():
        assert (Severity.REJECT in severities) is (code not in gentle)


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (Code.REGISTER_ILLEGIBLE, "户口本信息模糊"),
        (Code.CHILD_EXISTS, "儿童信息已存在"),
        (Code.UPLOAD_BROKEN, "网络中断"),
    ],
)
def test_a_code_that_is_a_number_has_a_title(code: Code, title: str) -> None:
    assert code.value.isdigit()
    assert TITLES[code] == title


def test_no_other_code_is_a_number() -> None:
    assert {code for code in Code if code.value.isdigit()} == set(TITLES)


def test_a_finding_has_no_words_until_its_case_is_concluded() -> None:
    place = Location(document=DocumentKind.HOUSEHOLD_REGISTER, page_no=5, field=Field.NAME)
    finding = found(Code.REGISTER_ILLEGIBLE, Reason.BLUR, place, Evidence(measured=0.31, limit=0.5))
    assert (finding.message, finding.next_step) == ("", "")
    assert (finding.measured, finding.limit, finding.severity) == (0.31, 0.5, Severity.REJECT)


def test_a_location_that_an_earlier_version_stored_loads_without_its_words() -> None:
    stored = {"document": "household_register", "file": "a.jpg", "page_no": 5, "role": "孩子本人页"}
    assert Location.model_validate(stored) == Location(
        document=DocumentKind.HOUSEHOLD_REGISTER, file="a.jpg", page_no=5
    )


@pytest.mark.parametrize(
    ("code", "reason", "severity"),
    [
        pytest.param(Code.REGISTER_ILLEGIBLE, Reason.HOME, Severity.REJECT, id="a reason of another code"),
        pytest.param(Code.OUR_FAULT, Reason.ENGINE_CRASH, Severity.REJECT, id="our fault as the parent's"),
        pytest.param(Code.PAGE_MISSING, Reason.HOME, Severity.WARNING, id="a missing page as a warning"),
    ],
)
def test_a_finding_outside_the_catalogue_cannot_be_built(code: Code, reason: Reason, severity: Severity) -> None:
    with pytest.raises(ValidationError, match="is not in the catalogue"):
        Finding(code=code, reason=reason, severity=severity, message="。", next_step="。")
    with pytest.raises((KeyError, ValidationError)):
        found(code, reason, severity=severity)


def test_a_finding_reads_the_same_after_it_was_written() -> None:
    place = Location(document=DocumentKind.ID_CARD, file="a.jpg", page_no=1, field=Field.NAME, box=Box(1, 2, 3, 4))
    finding = found(Code.ILLEGIBLE, Reason.GLARE, place, Evidence(measured=0.1, limit=0.5))
    assert Finding.model_validate_json(finding.model_dump_json()) == finding


def test_every_reason_is_raised() -> None:
    """Rows of tests/rules name what their case must yield; an entry that no row names is raised by nothing."""
    waiting = set[tuple[Code, Reason]]().union(*NOT_YET_RAISED.values())
    assert set(_raised()) == set(CATALOGUE) - waiting


def _raised() -> Iterator[tuple[Code, Reason]]:
    for path in (Path(__file__).parents[1] / "judge" / "rules").glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Tuple(
                    elts=[
                        ast.Attribute(value=ast.Name(id="Code"), attr=code),
                        ast.Attribute(value=ast.Name(id="Reason"), attr=reason),
                        *_,
                    ]
                ):
                    yield Code[code], Reason[reason]
                case _:
                    continue


def test_a_disagreement_is_found_at_both_places_and_each_tells_the_other() -> None:
    card = Stated(Location(file="1.jpg", page_no=1, field=Field.SEX, box=Box(0, 0, 9, 9)), "女", 0.99)
    paper = Stated(Location(file="2.jpg", page_no=3, field=Field.SEX, box=Box(1, 1, 8, 8)), "男")
    one, other = disagreement(Code.SEX_DIFFERS, Reason.CROSS_DOCUMENT, card, paper, severity=Severity.REVIEW)
    assert (one.file, one.read, one.entered, one.measured) == ("1.jpg", "女", "男", 0.99)
    assert (other.file, other.page_no, other.read, other.entered) == ("2.jpg", 3, "男", "女")
    assert {one.severity, other.severity} == {Severity.REVIEW}
