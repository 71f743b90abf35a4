"""What pages say, as it is kept: it comes back as it was, and is judged alike."""

import pkgutil
import subprocess
import sys

import pipeline.glyphs
from models.case import FailedPage, FileReading
from models.findings import Code, Reason
from pipeline.documents.dossier import open_dossier
from pipeline.documents.view import SOURCES, view_files
from pipeline.judge import judge
from pipeline.ledger.contents import packed, unpacked
from tests.support.cards import certificate, changes_page, unreadable
from tests.support.dossiers import FAMILY, READER, Sent, dossier

PAGES = (*FAMILY, certificate(barcodes=["T110000000"]), changes_page("2020年1月1日"), unreadable())


def test_content_comes_back_as_it_was_kept_and_is_judged_alike() -> None:
    failed = FailedPage(page_no=9, code=Code.BAD_FILE, reason=Reason.DAMAGED)
    held = dossier(*PAGES, Sent(failed=failed), Sent(failure=(Code.BAD_FILE, Reason.EMPTY)))
    contents = tuple(file.content for file in held.files)
    assert unpacked("x", packed(contents)) == contents
    again = open_dossier(held.case, unpacked("x", packed(contents)), READER)
    assert judge(again, (), READER).model_dump_json() == judge(held, (), READER).model_dump_json()


def test_the_version_of_content_is_of_all_that_makes_it_and_of_nothing_else() -> None:
    program = "import sys, pipeline.documents.view; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.startswith(("models.", "pipeline."))}
    packages = {"pipeline.documents", "pipeline.names", "pipeline.ocr"}
    compared = {f"pipeline.glyphs.{module.name}" for module in pkgutil.iter_modules(pipeline.glyphs.__path__)}
    asked = {"pipeline.names.rare", "pipeline.rare_names"}
    assert (ours - packages) | compared | asked == set(SOURCES)


def test_content_holds_a_lattice_where_a_name_stands_and_nowhere_else() -> None:
    files = [FileReading(file=file.file) for file in dossier(*PAGES).files]
    assert view_files(files) == tuple(type(view)() for view in view_files(files))
    fields = [field for page in dossier(*PAGES).pages for field in page.content.fields.values()]
    assert {field.field.value for field in fields if field.pieces} == {"name"}
