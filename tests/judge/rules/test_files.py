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
    ("ending", "message"),
    [
        pytest.param((Code.BAD_FILE, Reason.EMPTY), "文件第1个（身份证）是空的。", id="an empty file"),
        pytest.param((Code.BAD_FILE, Reason.TYPE), "文件第1个（身份证）不是可以识别的图片或PDF。", id="no picture"),
        pytest.param((Code.BAD_FILE, Reason.TRUNCATED), "文件第1个（身份证）不完整。", id="cut short"),
        pytest.param((Code.BAD_FILE, Reason.PASSWORD), "文件第1个（身份证）设有打开密码。", id="locked"),
        pytest.param((Code.BAD_FILE, Reason.TOO_LARGE), "文件第1个（身份证）太大。", id="too large"),
        pytest.param((Code.BAD_FILE, Reason.TOO_MANY_PAGES), "文件第1个（身份证）页数太多。", id="too many pages"),
        pytest.param((Code.BAD_FILE, Reason.HEIC), "文件第1个（身份证）是HEIC格式，暂不支持。", id="of an iPhone"),
        pytest.param((Code.BAD_FILE, Reason.DAMAGED), "文件第1个（身份证）已损坏，无法打开。", id="damaged"),
        pytest.param(
            (Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE), "文件第1个（身份证）没有上传完成。", id="never arrived"
        ),
        pytest.param(
            (Code.OUR_FAULT, Reason.ENGINE_CRASH), "系统暂时无法识别这一页，已转人工处理。", id="killed our process"
        ),
        pytest.param(
            (Code.OUR_FAULT, Reason.ENGINE_TIMEOUT), "系统识别这一页超时，已转人工处理。", id="took us too long"
        ),
    ],
)
@pytest.mark.parametrize("whole", [pytest.param(True, id="a file"), pytest.param(False, id="one page of a file")])
def test_what_did_not_open_is_told(ending: tuple[Code, Reason], message: str, whole: bool) -> None:
    page = FailedPage(page_no=2, code=ending[0], reason=ending[1])
    sent = Sent(hint=CARD, failure=ending) if whole else Sent((emblem(),), hint=CARD, failed=page)
    (finding,) = broken(_of(sent))
    assert (finding.code, finding.reason) == ending
    assert finding.message == message
    assert (finding.file, finding.page_no) == ("1.jpg", None if whole else 2)
    ours = ending[0] is Code.OUR_FAULT
    assert finding.severity is (Severity.REVIEW if ours else Severity.REJECT)


def test_a_file_without_a_hint_is_named_by_its_number_and_never_by_its_name() -> None:
    finding = next(broken(dossier(emblem(), Sent(failure=(Code.BAD_FILE, Reason.EMPTY)))))
    assert finding.message == "文件第2个是空的。"


def test_a_file_that_opened_is_not_spoken_of() -> None:
    assert not list(broken(dossier(Sent((emblem(),), hint=CARD))))
