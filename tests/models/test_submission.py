import json
from datetime import date
from typing import Final

import pytest

from models.errors import BadManifestError, ExitCode
from models.published import Refusal
from models.submission import Submission, parse_manifest
from tests.support.schemas import assert_fits, misfits

SECRET = "欧阳靖萱"
MANIFEST = {
    "schema": "child-intake/submission@1",
    "submission_id": "20261120-000123",
    "submitted_at": "2026-11-20T09:30:00+08:00",
    "child": {
        "name": SECRET,
        "sex": "女",
        "birth_date": "2019-11-23",
        "id_type": "household_register",
        "id_number": "110199201911230020",
        "birth_certificate_number": "T110000000",
    },
    "guardian": {"name": "欧阳明", "relation": "father", "id_number": "110199198801010014", "phone": "13800000000"},
    "files": [{"path": "id-portrait.jpg", "kind": "id_card"}, {"path": "scans/birth.jpg"}],
}
ABSENT = object()

REFUSED: Final = [
    pytest.param({"schema": "child-intake/submission@2"}, "schema", id="another schema"),
    pytest.param({"schema": ABSENT}, "schema", id="no schema"),
    pytest.param({"submission_id": ""}, "submission_id", id="an empty id"),
    pytest.param({"submission_id": "x" * 65}, "submission_id", id="an id of 65 characters"),
    pytest.param({"submission_id": "a/b"}, "submission_id", id="an id with a slash"),
    pytest.param({"submission_id": "a\n"}, "submission_id", id="an id with a line end"),
    pytest.param({"submission_id": "孩子"}, "submission_id", id="an id in Chinese"),
    pytest.param({"submission_id": 7}, "submission_id", id="an id that is a number"),
    pytest.param({"submitted_at": "2026-11-20T09:30:00"}, "submitted_at", id="a time without a zone"),
    pytest.param({"submitted_at": "yesterday"}, "submitted_at", id="a time in words"),
    pytest.param({"submitted_at": 1790000000}, "submitted_at", id="a time in seconds since 1970"),
    pytest.param({"submitted_at": "1790000000"}, "submitted_at", id="the same as a text"),
    pytest.param({"child": ABSENT}, "child", id="no child"),
    pytest.param({"child.name": ""}, "child.name", id="an empty name"),
    pytest.param({"child.name": "字" * 51}, "child.name", id="a name of 51 characters"),
    *(
        pytest.param({key: f"欧阳{char}靖"}, key, id=f"{key} with U+{ord(char):04X}")
        for key in ("child.name", "guardian.name")
        for char in "\t\n\x7f\x85\xad\u061c\u200e\u200f\u2028\u202a\u202e\u2066\u2069\ufff9"
    ),
    pytest.param({"child.name": "欧阳靖\n"}, "child.name", id="a name with a line end behind it"),
    pytest.param({"child.name": "欧\0阳"}, "child.name", id="a name with a NUL"),
    pytest.param({"child.name": "\ud800"}, "child.name", id="a name with half a character"),
    pytest.param({"child.name": None}, "child.name", id="a name of null"),
    pytest.param({"child.sex": "female"}, "child.sex", id="a sex in English"),
    pytest.param({"child.birth_date": "2019-02-29"}, "child.birth_date", id="a day that never was"),
    pytest.param({"child.birth_date": "2019-11-23T00:00:00Z"}, "child.birth_date", id="a day with a zone"),
    pytest.param({"child.birth_date": "2019年11月23日"}, "child.birth_date", id="a day as it is printed"),
    pytest.param({"child.birth_date": "1574467200"}, "child.birth_date", id="a day in seconds since 1970"),
    pytest.param({"child.birth_date": 1574467200}, "child.birth_date", id="the same as a number"),
    pytest.param({"child.id_type": "passport"}, "child.id_type", id="an unknown kind of document"),
    *(
        pytest.param({key: number}, key, id=f"{key} of {number!r}")
        for key in ("child.id_number", "child.birth_certificate_number", "guardian.id_number", "guardian.phone")
        for number in (
            "1.10199E+17",
            "'1.10199201911230E+17",
            "1,1e17",
            "110199201911230020.0",
            110199201911230020,
            1.1e17,
        )
        if (key, number) != ("guardian.phone", "110199201911230020.0")  # people write dots in telephone numbers
    ),
    pytest.param({"child.name": " \u3000\u200b"}, "child.name", id="a blank name"),
    *(pytest.param({"submission_id": dots}, "submission_id", id=f"an id of {dots}") for dots in (".", "..", "." * 64)),
    pytest.param({"child.id_number": "1" * 41}, "child.id_number", id="an endless number"),
    pytest.param({"child.nickname": "萱萱"}, "child.nickname", id="a key that nobody knows"),
    pytest.param({"guardian.name": ABSENT}, "guardian.name", id="a guardian without a name"),
    pytest.param({"guardian.relation": "uncle"}, "guardian.relation", id="an unknown relation"),
    pytest.param({"files": []}, "files", id="no files"),
    pytest.param({"files": [{"path": f"{n}.jpg"} for n in range(101)]}, "files", id="more than 100 files"),
    pytest.param({"files": [{"path": "a.jpg"}, {"path": "a.jpg"}]}, "files", id="the same path twice"),
    pytest.param({"files.1.kind": "passport"}, "files.1.kind", id="an unknown hint"),
    pytest.param({"files.1.path": ABSENT}, "files.1.path", id="a file without a path"),
]
REFUSED_PATHS: Final = [
    pytest.param("", id="is empty"),
    pytest.param("/etc/passwd", id="is absolute"),
    pytest.param("../other/scan.jpg", id="leaves the folder at its start"),
    pytest.param("a/../../scan.jpg", id="leaves the folder on its way"),
    pytest.param("a/..", id="leads back"),
    pytest.param(".", id="is the folder itself"),
    pytest.param("./a.jpg", id="has an idle step"),
    pytest.param("a//b.jpg", id="has a step without a name"),
    pytest.param("a/", id="ends in a slash"),
    pytest.param("..\\scan.jpg", id="leaves the folder as on Windows"),
    pytest.param("a\0.jpg", id="holds a NUL"),
    pytest.param("a\n.jpg", id="holds a line end"),
    pytest.param("a\x85.jpg", id="holds a control character beyond ASCII"),
    pytest.param("a" * 301, id="has 301 characters"),
    pytest.param("证" * 81, id="has a step of 243 bytes"),
]
NO_MANIFESTS: Final = [
    pytest.param(b"", id="empty"),
    pytest.param(b"{", id="cut short"),
    pytest.param(b"{'schema': 1}", id="no JSON"),
    pytest.param(b"\xff\xfe\x00", id="no text"),
    pytest.param(b"[" * 100_000, id="nested without end"),
    pytest.param(b'{"schema":' + b"1" * 5000 + b"}", id="a number of 5000 digits"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"null", id="null"),
]


def manifest(change: dict[str, object]) -> bytes:
    """The manifest with values at dotted keys replaced, or taken out."""
    content = json.loads(json.dumps(MANIFEST))
    for key, value in change.items():
        *way, last = key.split(".")
        place = content
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if value is ABSENT:
            del place[last]
        else:
            place[last] = value
    return json.dumps(content).encode()


def refused(data: bytes) -> BadManifestError:
    with pytest.raises(BadManifestError) as caught:
        parse_manifest(data)
    report = Refusal(
        key="inbox/x/submission.json", problems=tuple(f"{key}: {why}" for key, why in caught.value.problems)
    )
    assert_fits("refusal", report.model_dump_json(by_alias=True))
    return caught.value


def is_refused_by_the_schema(data: bytes) -> bool:
    return misfits("submission", json.loads(data)) != []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="with every key"),
        pytest.param({"guardian": ABSENT}, id="without a guardian"),
        pytest.param({"guardian": None}, id="with a guardian of null"),
        pytest.param({"guardian": {"name": "欧阳明"}}, id="with a guardian of whom only the name is known"),
        pytest.param({"child.id_number": ABSENT}, id="of a newborn without a number"),
        pytest.param({"child.id_number": None, "child.birth_certificate_number": None}, id="with numbers of null"),
        *(
            pytest.param({"child.name": f"葛{char}飞"}, id=f"with U+{ord(char):04X} in a name")
            for char in "\u200b\u200c\u200d\u2060\ufeff\ufe00\U000e0100 \u3000"
        ),
        *(
            pytest.param({key: ""}, id=f"with an empty {key}")
            for key in ("child.id_number", "guardian.phone", "guardian.relation", "files.1.kind")
        ),
        *(
            pytest.param({"guardian.phone": phone}, id=f"with a telephone number as {phone}")
            for phone in ("+86.13812345678", "010.65123456", "010-65123456", "+86 138 1234 5678")
        ),
        pytest.param({"submission_id": ".a"}, id="with an id that begins with a dot"),
        pytest.param({"child.name": "字"}, id="with a name of a single character"),
        pytest.param({"child.name": "字" * 50}, id="with a name of 50 characters"),
        pytest.param({"child.name": "𠀋" * 50}, id="with a name of 50 characters beyond the first plane"),
        pytest.param({"submission_id": "x" * 64}, id="with an id of 64 characters"),
        pytest.param({"submitted_at": "2026-11-20T01:30:00Z"}, id="with a time in UTC"),
        pytest.param({"guardian.relation": "other"}, id="of a guardian who is no parent"),
        pytest.param({"child.id_type": "birth_certificate", "child.sex": "男"}, id="of the other kind and sex"),
        pytest.param({"files": [{"path": "身份证 正面(1).jpg"}]}, id="with a file name that phones make up"),
        pytest.param({"files": [{"path": "a/b/..c.jpg"}]}, id="with a dotted file name that stays inside"),
        pytest.param({"files": [{"path": "<script>.jpg"}]}, id="with a file name that is only text"),
    ],
)
def test_a_manifest_is_taken(change: dict[str, object]) -> None:
    assert parse_manifest(manifest(change)).version == "child-intake/submission@1"
    assert not is_refused_by_the_schema(manifest(change))


@pytest.mark.parametrize(("change", "key"), REFUSED)
def test_a_manifest_is_refused_and_the_key_is_named(change: dict[str, object], key: str) -> None:
    assert [problem.key for problem in refused(manifest(change)).problems] == [key]
    beyond = change.get("child.name") == "\ud800"  # half a character: JSON Schema has no word for it
    assert is_refused_by_the_schema(manifest(change)) is not beyond


@pytest.mark.parametrize("path", REFUSED_PATHS)
def test_a_path_is_refused_that(path: str) -> None:
    assert [problem.key for problem in refused(manifest({"files.0.path": path})).problems] == ["files.0.path"]
    beyond = path == "证" * 81  # JSON Schema counts characters, not bytes
    assert is_refused_by_the_schema(manifest({"files.0.path": path})) is not beyond


@pytest.mark.parametrize("data", NO_MANIFESTS)
def test_bytes_that_are_no_manifest_are_refused_as_a_whole(data: bytes) -> None:
    assert [problem.key for problem in refused(data).problems] == ["$"]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        *(pytest.param(absent, None, id=f"{absent!r} is none") for absent in ("", " ", "无", "-", "\u200b")),
        pytest.param("'110199201911230020", "110199201911230020", id="an apostrophe of a spreadsheet"),
        pytest.param("\ufeff110199201911230020\u200b", "110199201911230020", id="zero-width characters"),
        pytest.param(
            "１１０１９９２０１９１１２３００２０", "１１０１９９２０１９１１２３００２０", id="full-width digits stay"
        ),
        pytest.param("138****0000", "138****0000", id="a masked one stays"),
    ],
)
def test_a_number_is_taken_without_what_stands_around_it(typed: str, taken: str | None) -> None:
    assert parse_manifest(manifest({"child.id_number": typed})).child.id_number == taken


def test_a_stored_manifest_of_before_keeps_loading() -> None:
    stored = json.loads(manifest({"submission_id": "..", "child.id_number": "1.10199E+17"}))
    assert Submission.model_validate(stored).child.id_number == "1.10199E+17"


def test_every_wrong_key_is_named_at_once() -> None:
    error = refused(manifest({"child.sex": "?", "submitted_at": "later", "files.1.path": "../x"}))
    assert {problem.key for problem in error.problems} == {"child.sex", "submitted_at", "files.1.path"}
    assert error.exit_code is ExitCode.BAD_MANIFEST


@pytest.mark.parametrize(
    "key",
    ["schema", "submission_id", "submitted_at", "child.sex", "child.birth_date", "child.id_type", "guardian.relation"],
)
def test_a_wrong_value_is_never_quoted(key: str) -> None:
    assert SECRET not in str(refused(manifest({key: SECRET})))


def test_a_birth_date_is_a_day_of_the_calendar_whatever_the_zone() -> None:
    for zone in ("+14:00", "-11:00", "Z"):
        taken = parse_manifest(manifest({"submitted_at": f"2026-11-20T09:30:00{zone}"}))
        assert taken.child.birth_date == date(2019, 11, 23)


def test_a_manifest_reads_the_same_after_it_was_written() -> None:
    taken = parse_manifest(manifest({}))
    assert parse_manifest(taken.model_dump_json(by_alias=True).encode()) == taken
