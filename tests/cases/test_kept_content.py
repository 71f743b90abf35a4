"""What pages say, as it is kept: it comes back as it was, is judged alike, and has one number for what made it."""

from pathlib import Path

import pytest

from fixtures import golden as written
from fixtures.golden import COMMAND, RAISE, changed, content_of_samples, golden
from fixtures.readings import digest_of, kept_readings
from fixtures.truth import FOLDER, SAMPLES
from models.case import FailedPage, FileReading
from models.content import FileContent
from models.findings import Code, Reason
from models.submission import MANIFEST_NAME
from pipeline.extract.extraction import CONTENT_VERSION, extract_files
from pipeline.judge.case import judge
from pipeline.judge.dossier import open_dossier
from pipeline.ledger.repositories.readings import packed, unpacked
from tests.support.cards import certificate, changes_page, unreadable
from tests.support.dossiers import FAMILY, READER, Sent, dossier

PAGES = (*FAMILY, certificate(barcodes=["T110000000"]), changes_page("2020年1月1日"), unreadable())
VERSION, FILES = golden()


def test_content_comes_back_as_it_was_kept_and_is_judged_alike() -> None:
    failed = FailedPage(page_no=9, code=Code.BAD_FILE, reason=Reason.DAMAGED)
    held = dossier(*PAGES, Sent(failed=failed), Sent(failure=(Code.BAD_FILE, Reason.EMPTY)))
    contents = tuple(file.content for file in held.files)
    assert unpacked("x", packed(contents)) == contents
    again = open_dossier(held.case, unpacked("x", packed(contents)), READER)
    assert judge(again, (), READER).model_dump_json() == judge(held, (), READER).model_dump_json()


def test_content_holds_a_lattice_where_a_name_stands_and_nowhere_else() -> None:
    files = [FileReading(file=file.file) for file in dossier(*PAGES).files]
    assert extract_files(files) == tuple(type(view)() for view in extract_files(files))
    fields = [field for page in dossier(*PAGES).pages for field in page.content.fields.values()]
    assert {field.field.value for field in fields if field.pieces} == {"name"}


def test_what_was_read_of_every_file_of_the_samples_is_kept() -> None:
    paths = [path for path in SAMPLES.glob("*/*") if path.name != MANIFEST_NAME]
    unread = [str(path) for path in paths if digest_of(path) not in kept_readings()]
    assert not unread, f"Samples were drawn anew: run `python -m fixtures.readings`, then `{COMMAND}`."


@pytest.mark.parametrize("path", FILES)
def test_a_file_of_the_samples_says_what_it_said_under_the_same_version(path: str) -> None:
    now = content_of_samples()
    advice = RAISE if CONTENT_VERSION == VERSION and path in changed(FILES, now) else f"Run `{COMMAND}`."
    assert now.get(path) == FILES[path], advice


def test_the_golden_file_is_of_these_samples_and_of_this_version() -> None:
    assert (CONTENT_VERSION, list(content_of_samples())) == (VERSION, list(FILES)), f"Run `{COMMAND}`."


def without_a_field(files: tuple[FileReading, ...]) -> tuple[FileContent, ...]:
    """A change of the sources that costs every page its last field."""
    said = extract_files(files)
    return tuple(
        file._replace(pages=tuple(page._replace(fields=dict([*page.fields.items()][:-1])) for page in file.pages))
        for file in said
    )


@pytest.mark.parametrize("raised", [False, True])
def test_changed_content_is_written_only_under_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: bool
) -> None:
    monkeypatch.setattr(written, "GOLDEN", tmp_path / "golden.json")
    written.main()
    before = written.GOLDEN.read_bytes()
    assert before == (FOLDER / "kept" / "content.json").read_bytes()
    monkeypatch.setattr(written, "extract_files", without_a_field)
    monkeypatch.setattr(written, "CONTENT_VERSION", VERSION + raised)
    content_of_samples.cache_clear()
    try:
        if raised:
            written.main()
        else:
            with pytest.raises(SystemExit, match="Raise CONTENT_VERSION"):
                written.main()
        assert len(changed(FILES, content_of_samples())) > 30
        assert (written.GOLDEN.read_bytes() != before) is raised
    finally:
        content_of_samples.cache_clear()
        written.GOLDEN.unlink()  # it names people of the tests
