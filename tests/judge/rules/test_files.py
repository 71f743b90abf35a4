import pytest

from models.case import FailedPage
from models.documents import DocumentKind
from models.findings import Code, Reason, Severity
from pipeline.judge.dossier import Dossier
from pipeline.judge.rules.files import broken
from tests.support.cards import emblem
from tests.support.dossiers import Sent, dossier

CARD = DocumentKind.ID_CARD


def _of(sent: Sent) -> Dossier:
    return dossier(sent)


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param((Code.BAD_FILE, Reason.EMPTY), id="an empty file"),
        pytest.param((Code.BAD_FILE, Reason.TYPE), id="no picture"),
        pytest.param((Code.BAD_FILE, Reason.TRUNCATED), id="cut short"),
        pytest.param((Code.BAD_FILE, Reason.PASSWORD), id="locked"),
        pytest.param((Code.BAD_FILE, Reason.TOO_LARGE), id="too large"),
        pytest.param((Code.BAD_FILE, Reason.TOO_MANY_PAGES), id="too many pages"),
        pytest.param((Code.BAD_FILE, Reason.HEIC), id="of an iPhone"),
        pytest.param((Code.BAD_FILE, Reason.AVIF), id="of another phone"),
        pytest.param((Code.BAD_FILE, Reason.JXL), id="of a camera"),
        pytest.param((Code.BAD_FILE, Reason.OFD), id="of an authority"),
        pytest.param((Code.BAD_FILE, Reason.PORTFOLIO), id="full of files"),
        pytest.param((Code.BAD_FILE, Reason.XFA), id="a form that builds itself"),
        pytest.param((Code.BAD_FILE, Reason.FONT), id="without its font"),
        pytest.param((Code.BAD_FILE, Reason.DAMAGED), id="damaged"),
        pytest.param((Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE), id="never arrived"),
        pytest.param((Code.OUR_FAULT, Reason.ENGINE_CRASH), id="killed our process"),
        pytest.param((Code.OUR_FAULT, Reason.ENGINE_TIMEOUT), id="took us too long"),
    ],
)
@pytest.mark.parametrize("whole", [pytest.param(True, id="a file"), pytest.param(False, id="one page of a file")])
def test_what_did_not_open_is_found(ending: tuple[Code, Reason], whole: bool) -> None:
    page = FailedPage(page_no=2, code=ending[0], reason=ending[1])
    sent = Sent(hint=CARD, failure=ending) if whole else Sent((emblem(),), hint=CARD, failed=page)
    (finding,) = broken(_of(sent))
    assert (finding.code, finding.reason) == ending
    assert finding.document is CARD
    assert (finding.file, finding.page_no) == ("1.jpg", None if whole else 2)
    ours = ending[0] is Code.OUR_FAULT
    assert finding.severity is (Severity.REVIEW if ours else Severity.REJECT)


def test_a_file_that_opened_is_not_spoken_of() -> None:
    assert not list(broken(dossier(Sent((emblem(),), hint=CARD))))
