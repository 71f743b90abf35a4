"""A blind look is told by nothing what the machine made of the case: neither by an offer nor by an order."""

from collections.abc import Sequence

import pytest

from models.codes import Code, Reason
from models.policy import ReviewSampling
from models.review import WaitReason
from pipeline.ledger.ledger import Ledger
from pipeline.review.return_reasons import offered_reasons
from tests.support.dossiers import FAMILY, Sent
from tests.support.reviewing import Sending, opened
from tests.support.values import BORN

DRAWN = ReviewSampling(share=1)
DAMAGED = Sent(failure=(Code.BAD_FILE, Reason.DAMAGED))
OTHERS = Sending(child={"birth_date": BORN.replace(day=1)}, looks=DRAWN)


@pytest.mark.parametrize(
    ("files", "sending"),
    [
        pytest.param(FAMILY, OTHERS, id="another day of birth was typed in"),
        pytest.param(FAMILY[1:], Sending(looks=DRAWN), id="a page is missing"),
        pytest.param((*FAMILY, DAMAGED), Sending(looks=DRAWN), id="a file does not open"),
    ],
)
def test_what_was_returned_offers_the_same_reasons_in_the_same_order_as_what_was_accepted(
    ledger: Ledger, files: Sequence[Sent], sending: Sending
) -> None:
    found = opened(ledger, *files, sending=sending)
    assert found.laid_out.result.findings
    assert found.laid_out.waiting is not None
    assert found.laid_out.waiting.why is WaitReason.SECOND_LOOK
    assert found.sheet.blockers == ()
    assert not any(row.findings for row in found.sheet.rows)  # by which the blamed page would come first
    assert [(one.code, one.reason) for one in offered_reasons(found)][:2] == [
        (Code.REGISTER_ILLEGIBLE, Reason.BLUR),
        (Code.REGISTER_ILLEGIBLE, Reason.GLARE),
    ]
    assert not {Code.BAD_FILE, Code.UPLOAD_BROKEN} & {one.code for one in offered_reasons(found)}
