"""What every ledger must do with encrypted values, also with those of an older schema."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from models.case import Case, Conclusion, FailedPage, StoredFile
from models.content import Content, FileContent
from models.errors import LedgerError
from models.findings import Code, Reason
from models.overview import DayDecisions, PageFailure, VersionCount
from models.register import ChildNumbers
from models.result import Decision, Result
from pipeline.ledger.database import Database
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.repositories.readings import packed
from pipeline.ledger.schema import alembic_config
from pipeline.ledger.value_encryption import Kind, Seal
from pipeline.ledger.values import Selection
from pipeline.stores.content import content_key
from tests.support.values import SECRET, read_page, result, submission

NAME, NUMBER = "欧阳靖萱", "11019920191123002X"
OPENED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
COUNT = 450  # more than two batches of the migration
SHARED = "ab" * 32
SAID = (FileContent(failed=(FailedPage(page_no=1, code=Code.BAD_FILE, reason=Reason.DAMAGED),)),)
PAGE = zlib.compress(read_page(NAME).model_dump_json().encode())


def case_of(number: int) -> Case:
    """A case with a file that all have, one of its own, and one that never arrived."""
    paths = (("户口本.pdf", SHARED), (f"{NAME}-{number}.jpg", digest_of(number)), ("户口本 2.jpg", None))
    files = tuple(StoredFile(path=path, hint=None, digest=digest, size=1) for path, digest in paths)
    sent = submission(f"s-{number:04}")
    return Case(submission=sent, revision=1, files=files, input_digest=f"d{number}", arrived_at=OPENED)


def digest_of(number: int) -> str:
    return f"{number:064x}"


def result_of(number: int) -> Result:
    return result(case_of(number), (Code.REGISTER_ILLEGIBLE, Reason.BLUR), seconds=number)


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    database = Database(url, patience=5)
    with database.writing() as connection:
        yield connection
    database.close()


INSERTS = (
    "INSERT INTO cases VALUES (:id, :submission_id, 1, :input_digest, :manifest, :files, '2026-11-23 09:30:00.000000')",
    "INSERT INTO runs VALUES (:id, :id, 1, 'returned', '0.1.0', :result, '2026-11-23 09:30:00.000000')",
    "INSERT INTO contents VALUES (:id, 'e', '7', :content, '2026-11-23 09:30:00.000000')",
    "INSERT INTO readings VALUES (:key, :page, '2026-11-23 09:30:00.000000')",
)


def plain_row(number: int) -> dict[str, object]:
    case = case_of(number)
    files = ", ".join(file.model_dump_json() for file in case.files)
    return {
        "id": number,
        "submission_id": case.submission.submission_id,
        "input_digest": case.input_digest,
        "manifest": case.submission.model_dump_json(by_alias=True),
        "files": f"[{files}]",
        "result": result_of(number).to_json(),
        "content": packed(SAID),
        "key": f"{digest_of(number)}/1/e",
        "page": PAGE,
    }


@pytest.fixture
def third(url: str) -> str:
    """A ledger of many cases with all that hangs on them, in plain, as the program before left it."""
    with writing(url) as connection:
        command.upgrade(alembic_config(connection, Seal(SECRET)), "0003")
        connection.execute(text("INSERT INTO register_check VALUES (:key)"), {"key": Seal(SECRET).key(Kind.CHECK, "")})
        for statement in INSERTS:
            connection.execute(text(statement), [plain_row(number) for number in range(1, COUNT + 1)])
        if connection.dialect.name == "postgresql":  # which has not numbered these rows itself
            for table in ("cases", "runs"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', {COUNT})"))
    return url


def raw(url: str) -> bytes:
    """Every byte that the database has on disk of its tables."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    files = "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't', 'i') AND relname !~ '^pg_[^t]'"
    with writing(url) as connection:
        connection.execute(text("CHECKPOINT"))
        paths = connection.scalars(text(f"SELECT pg_read_binary_file(path) FROM ({files}) AS held (path)"))
        return b"".join(map(bytes, paths))


def test_an_older_ledger_says_the_same_once_its_values_are_sealed(third: str) -> None:
    assert NAME.encode() in raw(third)
    ledger = open_ledger(third, SECRET)
    ids = list(ledger.cases.select(Selection()))
    assert ids == [f"s-{number:04}" for number in range(1, COUNT + 1)]
    for number in (1, 200, 201, COUNT):
        submission_id = f"s-{number:04}"
        assert ledger.cases.get(submission_id) == case_of(number)
        assert ledger.cases.results(submission_id) == (result_of(number),)
        assert ledger.readings.get(f"{digest_of(number)}/1/e") == read_page(NAME)
    stored = ledger.cases.load(ids, 7)
    assert [(one.case, one.result) for one in stored] == [(case_of(n), result_of(n)) for n in range(1, COUNT + 1)]
    assert {one.content for one in stored} == {Content("e", 7, SAID)}
    ledger.close()


def test_what_an_older_ledger_found_and_decided_is_counted(third: str) -> None:
    ledger = open_ledger(third, SECRET)
    day = date(2026, 11, 23)
    told = ledger.operations.overview(day, day)
    assert told.decisions == (DayDecisions(day, Decision.RETURNED, COUNT, 0),)
    assert told.pages == (PageFailure(None, Code.REGISTER_ILLEGIBLE, Reason.BLUR, COUNT),)
    assert told.versions == (VersionCount("0.1.0", COUNT),)
    ledger.close()


def test_nothing_plain_is_left_on_disk_of_an_older_ledger(third: str) -> None:
    words = (NAME.encode(), "户口本".encode(), PAGE[:40], packed(SAID)[:40], b"child-intake/", b'"severity"')
    assert [word in raw(third) for word in words] == [True] * len(words)
    open_ledger(third, SECRET).close()
    assert [word in raw(third) for word in words] == [False] * len(words)


def test_a_case_of_an_older_ledger_is_forgotten_with_what_nobody_else_sent(third: str) -> None:
    ledger = open_ledger(third, SECRET)
    ledger.cases.conclude(Conclusion(case_of(7), result_of(7), numbers=ChildNumbers((NUMBER,))))
    assert ledger.erasures.forget_child([NUMBER]).cases == 1
    assert [erasure.key for erasure in ledger.erasures.pending()] == [
        content_key(digest_of(7)),
        "pictures/d7/",
        "results/case-s-0007/",
    ]
    assert ledger.readings.get(f"{digest_of(7)}/1/e") is None
    assert ledger.readings.get(f"{digest_of(8)}/1/e") == read_page(NAME)
    ledger.close()


def test_a_digest_inside_another_value_keeps_no_bytes(ledger: Ledger) -> None:
    one, other = case_of(1), case_of(2)
    ledger.cases.open(one.submission, one.files[1:2], "d1")
    told = StoredFile(path=f"{digest_of(1)}.jpg", hint=None, digest=digest_of(2), size=1)
    ledger.cases.open(other.submission, (told,), "d2")
    ledger.cases.conclude(Conclusion(one, result_of(1), numbers=ChildNumbers((NUMBER,))))
    ledger.erasures.forget_child([NUMBER])
    assert content_key(digest_of(1)) in [erasure.key for erasure in ledger.erasures.pending()]


@pytest.mark.parametrize(
    ("statement", "use"),
    [
        pytest.param(
            "UPDATE cases SET manifest = (SELECT manifest FROM cases WHERE id = 2) WHERE id = 1",
            "case",
            id="a manifest",
        ),
        pytest.param(
            "UPDATE cases SET files = (SELECT files FROM cases WHERE id = 2) WHERE id = 1", "case", id="files"
        ),
        pytest.param("UPDATE cases SET manifest = files", "case", id="one column in the place of another"),
        pytest.param(
            "UPDATE runs SET result = (SELECT result FROM runs WHERE id = 2) WHERE id = 1", "result", id="a result"
        ),
        pytest.param("UPDATE runs SET ordinal = 7 WHERE id = 1", "result", id="the number of a run"),
        pytest.param("UPDATE cases SET revision = 7 WHERE id = 1", "case", id="the number of a revision"),
        pytest.param(
            "UPDATE contents SET payload = (SELECT payload FROM contents WHERE case_id = 2) WHERE case_id = 1",
            "content",
            id="content",
        ),
        pytest.param("UPDATE contents SET version = '8' WHERE case_id = 1", "content", id="the version of content"),
        pytest.param(
            "UPDATE readings SET payload = (SELECT payload FROM readings WHERE key = 'k2') WHERE key = 'k1'",
            "reading",
            id="a reading",
        ),
    ],
)
def test_a_value_in_the_place_of_another_does_not_open(ledger: Ledger, url: str, statement: str, use: str) -> None:
    for number in (1, 2):
        case = ledger.cases.open(case_of(number).submission, case_of(number).files, f"d{number}")
        ledger.cases.conclude(Conclusion(case, result_of(number)))
        ledger.cases.keep_content(case, Content("e", 7, SAID))
        ledger.readings.keep(f"k{number}", read_page(NAME))
    with writing(url) as connection:
        connection.execute(text(statement))
    uses: dict[str, Callable[[], object]] = {
        "case": lambda: ledger.cases.get("s-0001"),
        "result": lambda: ledger.cases.latest_result("s-0001"),
        "content": lambda: (*ledger.cases.load(["s-0001"], 7), *ledger.cases.load(["s-0001"], 8)),
        "reading": lambda: ledger.readings.get("k1"),
    }
    with pytest.raises(LedgerError, match="damaged"):
        uses[use]()


@pytest.mark.parametrize(
    ("version", "asked", "used"),
    [
        pytest.param("7", 7, True, id="of the version asked for"),
        pytest.param("6", 7, False, id="of an older release"),
        pytest.param("8", 7, False, id="of a newer release, which was taken back"),
        pytest.param("7b1f0c53e9a4d2f8", 7, False, id="of a release whose versions were digests"),
        pytest.param("7", None, False, id="not asked for"),
    ],
)
def test_which_content_is_used(ledger: Ledger, url: str, version: str, asked: int | None, used: bool) -> None:
    case = ledger.cases.open(case_of(1).submission, case_of(1).files, "d1")
    ledger.cases.conclude(Conclusion(case, result_of(1)))
    ledger.cases.keep_content(case, Content("e", 7, SAID))
    with writing(url) as connection:
        connection.execute(text("UPDATE contents SET version = :version"), {"version": version})
    expected = Content("e", 7, SAID) if used else None
    assert ledger.reviews.case_for_review("s-0001", asked).content == expected
    assert [one.content for one in ledger.cases.load(["s-0001"], asked)] == [expected]
