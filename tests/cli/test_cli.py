"""The command line as a script sees it: stdout, stderr, exit codes (docs/contract.md, section 2)."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from models.errors import ExitCode
from pipeline.stores.folder import FolderStore
from pipeline.workers.process_identity import operator
from service.drawn_secrets import prefect_auth
from service.resources import register_secret
from service.settings import Settings

pytestmark = pytest.mark.slow

SAMPLES = Path("fixtures/samples").absolute()
KNOWN = Path("fixtures/known_children.csv").absolute()


def intake(workspace: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "--workspace", workspace, *arguments]
    chosen = {**os.environ, "COLUMNS": "400", **environment}  # sentences stay on one line
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, env=chosen, timeout=280, check=False)


def altered(folder: Path, **changes: object) -> Path:
    """The accepted sample with other keys in its manifest."""
    shutil.copytree(SAMPLES / "accepted-flatbed", folder)
    manifest = folder / "submission.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | changes))
    return folder


def test_a_manifest_with_three_wrong_keys_names_all_of_them_and_no_value(tmp_path: Path) -> None:
    folder = altered(tmp_path / "s", submission_id="李雷/7", submitted_at="yesterday", files=[])
    done = intake(tmp_path / "w", "process", folder)
    assert done.returncode == ExitCode.BAD_MANIFEST
    assert all(f"  {key}: " in done.stderr for key in ("submission_id", "submitted_at", "files"))
    assert "李雷" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["process", "nowhere"], ExitCode.BAD_MANIFEST, "is not a folder", id="no such folder"),
        pytest.param(["process", "."], ExitCode.BAD_MANIFEST, "no submission.json", id="a folder that is none"),
        pytest.param(["process"], ExitCode.USAGE, "PATH", id="no path"),
        pytest.param(["proces"], ExitCode.USAGE, "No such command", id="a command misspelt"),
        pytest.param(["show", "unknown-1"], ExitCode.USAGE, "unknown-1", id="an unknown case"),
        pytest.param(["reprocess"], ExitCode.USAGE, "--all", id="reprocess without saying which"),
        pytest.param(["reprocess", "--version", " "], ExitCode.USAGE, "--all", id="reprocess a blank version"),
        pytest.param(["reprocess", "--list", "/dev/null"], ExitCode.USAGE, "--all", id="reprocess a list without ids"),
        pytest.param(
            ["reprocess", "--all", "--code", "3002"], ExitCode.USAGE, "leave out", id="reprocess all and some"
        ),
        pytest.param(["children", "import", "nowhere.csv"], ExitCode.USAGE, "cannot be read", id="no such register"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_an_exit_code(
    tmp_path: Path, arguments: list[str], code: ExitCode, words: str
) -> None:
    done = intake(tmp_path / "w", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "target"),
    [
        pytest.param("id-portrait.jpg", "/etc/passwd", id="a page"),
        pytest.param("submission.json", SAMPLES / "accepted-flatbed" / "submission.json", id="the manifest"),
        pytest.param("id-portrait.jpg", "id-portrait.jpg", id="a page that is a link to itself"),
    ],
)
def test_a_folder_that_leads_outward_is_named_and_those_behind_it_have_their_turn(
    tmp_path: Path, name: str, target: Path | str
) -> None:
    first = altered(tmp_path / "first")
    (first / name).unlink()
    (first / name).symlink_to(target)
    done = intake(tmp_path / "w", "process", first, tmp_path / "second")
    assert (done.returncode, done.stdout) == (ExitCode.BAD_MANIFEST, "")
    for folder in ("first", "second"):
        assert f"{tmp_path / folder} is refused as a whole" in done.stderr


def test_settings_that_cannot_be_used_are_all_listed_before_anything_starts(tmp_path: Path) -> None:
    done = intake(tmp_path / "w", "settings", INTAKE_LIMITS__BYTES="many", INTAKE_READERS__PROCESSES="two")
    assert done.returncode == ExitCode.USAGE
    assert "INTAKE_LIMITS__BYTES" in done.stderr
    assert "INTAKE_READERS__PROCESSES" in done.stderr


@pytest.mark.parametrize("shown", [True, False])
def test_secrets_that_the_first_start_drew_are_shown_on_request_alone(tmp_path: Path, shown: bool) -> None:
    settings = Settings(workspace=tmp_path)
    drawn = [str(prefect_auth(settings)), register_secret(settings).hex()]
    flags = ["--show-secrets"] if shown else []
    done = intake(tmp_path, "settings", *flags, INTAKE_STORE__SECRET_KEY="[canary]")
    assert [secret in done.stdout for secret in (*drawn, "[canary]")] == [shown] * 3


def test_settings_draw_no_secret(tmp_path: Path) -> None:
    done = intake(tmp_path / "w", "settings", "--show-secrets")
    assert (done.returncode, (tmp_path / "w").exists()) == (ExitCode.ACCEPTED, False)


def test_settings_in_force_hide_secrets(tmp_path: Path) -> None:
    done = intake(tmp_path / "w", "settings", INTAKE_STORE__SECRET_KEY="tell-nobody")
    assert done.returncode == ExitCode.ACCEPTED
    assert "INTAKE_STORE__SECRET_KEY" in done.stdout
    assert "tell-nobody" not in done.stdout


@pytest.mark.parametrize(
    ("models", "words"),
    [
        pytest.param("empty", "inference.onnx is missing", id="missing"),
        pytest.param("altered", "is altered", id="altered"),
    ],
)
def test_a_model_that_is_not_right_stops_the_start_by_name(tmp_path: Path, models: str, words: str) -> None:
    folder = tmp_path / models
    for part in ("det", "rec") if models == "altered" else ():
        (folder / part).mkdir(parents=True)
        for name in ("inference.onnx", "inference.yml"):
            (folder / part / name).write_text("not what it was")
        (folder / "manifest.json").write_text(json.dumps({"det/inference.onnx": "0" * 64}))
    done = intake(tmp_path / "w", "process", SAMPLES / "accepted-flatbed", INTAKE_MODELS=str(folder))
    assert done.returncode == ExitCode.ENGINE
    assert words in done.stderr
    assert str(folder / "det") in done.stderr


def test_the_register_of_children_goes_in_and_out(tmp_path: Path) -> None:
    first, again = (intake(tmp_path / "w", "children", "import", KNOWN) for _ in range(2))
    rows = KNOWN.read_text("utf-8").splitlines()
    assert first.stdout == f"{len(rows) - 1} added, 0 unchanged, 0 conflicting, 0 forgotten\n"
    assert again.stdout == f"0 added, {len(rows) - 1} unchanged, 0 conflicting, 0 forgotten\n"
    assert intake(tmp_path / "w", "children", "export").stdout.splitlines() == rows
    sheet = intake(tmp_path / "w", "children", "export", "--excel").stdout
    assert sheet.startswith("\ufeffname,sex,birth_date")
    assert f'"=""{rows[1].split(",")[3]}"""' in sheet
    (tmp_path / "sheet.csv").write_text(sheet, "utf-8")
    assert intake(tmp_path / "v", "children", "import", tmp_path / "sheet.csv").stdout == first.stdout
    number = rows[1].split(",")[3]
    forgotten = intake(tmp_path / "w", "children", "forget", f"'{number}\u200b").stdout.splitlines()
    assert forgotten[0] == "1 records, 0 cases, 0 objects forgotten"
    assert forgotten[1].startswith("0 objects still to be erased; the audit chain has it up to record ")
    assert number not in intake(tmp_path / "w", "children", "export").stdout
    back = intake(tmp_path / "w", "children", "import", KNOWN)
    assert (back.returncode, "row 2: it was erased" in back.stderr) == (ExitCode.BAD_MANIFEST, True)
    assert back.stdout == f"0 added, {len(rows) - 2} unchanged, 0 conflicting, 1 forgotten\n"


def test_objects_are_sealed_again_where_a_key_is_set_and_only_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FolderStore(tmp_path / "w" / "store").put("objects/ab/x", b"plain", content_type="image/jpeg")
    assert intake(tmp_path / "w", "reseal").returncode == ExitCode.STORE
    monkeypatch.setenv("INTAKE_STORE__SEALING__KEYRING", "0123456789abcdef" * 4)
    told = [intake(tmp_path / "w", "reseal").stdout for _ in range(2)]
    assert told == ["1 objects sealed again\n", "0 objects sealed again\n"]
    assert b"plain" not in (tmp_path / "w" / "store" / "objects" / "ab" / "x").read_bytes()


def test_the_audit_chain_is_verified_and_shown(tmp_path: Path) -> None:
    intake(tmp_path / "w", "children", "import", KNOWN)
    good = intake(tmp_path / "w", "audit", "verify")
    assert (good.returncode, good.stdout) == (ExitCode.ACCEPTED, "1 records.\nNothing was changed.\n")
    with closing(sqlite3.connect(tmp_path / "w" / "ledger.db")) as database, database:
        database.execute("UPDATE audit SET details = '{}'")
    bad = intake(tmp_path / "w", "audit", "verify", "--json")
    assert (bad.returncode, json.loads(bad.stdout)["problems"]) == (ExitCode.STORE, ["Record 1 was changed."])
    assert intake(tmp_path / "w", "audit", "show", "nobody").returncode == ExitCode.ACCEPTED


def test_retention_wants_to_be_told_for_how_long(tmp_path: Path) -> None:
    assert intake(tmp_path / "w", "retention", "run").returncode == ExitCode.USAGE
    assert intake(tmp_path / "w", "retention", "run", "--days", "1", "--dry-run").stdout.startswith("0 cases")
    assert intake(tmp_path / "w", "retention", "run", "--days", "1").stdout == "0 cases, 0 objects erased\n"


def test_a_name_that_a_spreadsheet_would_take_for_a_formula_goes_out_as_text_and_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "children.csv"
    file.write_text("name,sex,birth_date\n-李雷,女,2020-01-01\n", "utf-8")
    intake(tmp_path / "w", "children", "import", file)
    told = intake(tmp_path / "w", "children", "export").stdout
    assert told.splitlines()[1].startswith("'-李雷,")
    file.write_text(told, "utf-8")
    assert intake(tmp_path / "w", "children", "import", file).stdout.startswith("0 added, 1 unchanged")


SHEET = """姓名,性别,出生日期,身份证号码,备注
欧阳靖萱,女,2019/11/23,110199201911230020,
韩梅梅,女,2020年1月1日,1.10199E+17,"两行
备注"

李雷,男,20200101,'110199202001010015,
"""


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_every_row_that_is_not_taken_is_named_without_its_values(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "children.csv"
    file.write_text(SHEET, encoding)
    tried = intake(tmp_path / "w", "children", "import", file, "--check")
    assert (tried.returncode, tried.stdout) == (ExitCode.BAD_MANIFEST, "")
    assert "2 rows can be taken" in tried.stderr
    done = intake(tmp_path / "w", "children", "import", file)
    assert (done.returncode, done.stdout) == (
        ExitCode.BAD_MANIFEST,
        "2 added, 0 unchanged, 0 conflicting, 0 forgotten\n",
    )
    assert "1 rows were not taken:\n  row 3: id_number: a spreadsheet destroyed it" in done.stderr
    assert "韩" not in tried.stderr + done.stderr
    file.write_text(SHEET.replace("李雷", "李磊").replace("欧阳靖萱", "欧阳靖宣"), encoding)
    again = intake(tmp_path / "w", "children", "import", file)
    assert again.stdout == "0 added, 0 unchanged, 2 conflicting, 0 forgotten\n"
    for row in (2, 5):
        assert f"row {row}: id_number: the register has it with another name" in again.stderr


def test_a_table_that_cannot_be_taken_as_a_whole_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "children.csv"
    file.write_text(SHEET.replace("欧阳靖萱", '"欧阳靖萱'), "utf-8")
    done = intake(tmp_path / "w", "children", "import", file)
    assert (done.returncode, done.stdout) == (ExitCode.BAD_MANIFEST, "")
    assert done.stderr.startswith('Row 2: a quote (") is opened')


def test_the_audit_chain_names_who_moved_the_register(tmp_path: Path) -> None:
    for arguments in (("import", KNOWN), ("export",), ("forget", "330199202108080428")):
        assert intake(tmp_path, "children", *arguments).returncode == ExitCode.ACCEPTED
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        found = database.execute("SELECT kind, details FROM audit ORDER BY seq").fetchall()
    named = {kind: json.loads(details)["account"] for kind, details in found}
    assert named == dict.fromkeys(("imported", "exported", "forgotten"), operator())


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        pytest.param("1.10199E+17", ExitCode.USAGE, "Number 1 cannot be one", id="a destroyed number"),
        pytest.param("无", ExitCode.USAGE, "is empty", id="none"),
        pytest.param("330199202108080428", ExitCode.ACCEPTED, "Nothing is known", id="one that nobody knows"),
    ],
)
def test_a_number_that_erases_nothing_says_so(tmp_path: Path, number: str, code: ExitCode, words: str) -> None:
    done = intake(tmp_path / "w", "children", "forget", number)
    assert (done.returncode, words in done.stderr) == (code, True)


def test_names_of_a_system_of_the_gbk_era_are_imported_in_todays_codes(tmp_path: Path) -> None:
    file = tmp_path / "children.csv"
    file.write_text("name,sex,birth_date,id_number\n欧阳\ue863,女,2020-01-01,\n", "utf-8")
    assert intake(tmp_path / "w", "children", "import", file, "--legacy-gbk").stdout.startswith("1 added")
    assert "欧阳䶮" in intake(tmp_path / "w", "children", "export").stdout


def test_the_catalogue_is_json_on_demand(tmp_path: Path) -> None:
    rows = json.loads(intake(tmp_path / "w", "codes", "--json").stdout)
    assert list(rows[0]) == ["code", "title", "short", "reason", "severity", "message", "next_step"]
    english = json.loads(intake(tmp_path / "w", "codes", "--json", "--language", "en").stdout)
    assert [row["code"] for row in english] == [row["code"] for row in rows]
    assert english[0]["message"] == "{spot} is blurred."


@pytest.mark.ocr
@pytest.mark.timeout(300)
def test_cases_are_processed_shown_and_run_again(tmp_path: Path) -> None:
    folders = [SAMPLES / name for name in ("accepted-flatbed", "returned-missing-emblem", "returned-bad-files")]
    done = intake(tmp_path / "w", "process", *folders, "--json", "--jobs", "2")
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == ExitCode.RETURNED
    assert [row["submission_id"] for row in results] == [f"sample-{folder.name}" for folder in folders]
    assert [row["decision"] for row in results] == ["accepted", "returned", "returned"]
    assert {row["schema"] for row in results} == {"child-intake/result@1"}
    assert "Traceback" not in done.stderr

    again = intake(tmp_path / "w", "process", folders[0], "--json")
    assert again.returncode == ExitCode.ACCEPTED
    same = json.loads(again.stdout)
    for row in (same, results[0]):
        row["provenance"].pop("seconds")
    assert same == results[0]  # the same input is the same revision and the same result

    shown = intake(tmp_path / "w", "show", "sample-returned-missing-emblem", "--json")
    assert json.loads(shown.stdout) == results[1]
    assert shown.returncode == ExitCode.RETURNED

    unchanged = intake(tmp_path / "w", "reprocess", "--all", "--from-readings")
    assert (unchanged.returncode, unchanged.stdout) == (ExitCode.ACCEPTED, "")
