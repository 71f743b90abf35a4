"""What somebody chose stays what they saw, whatever others say of the case while they think."""

from models.documents import Field
from models.review import ReviewOutcome
from pipeline.ledger.ledger import Ledger
from pipeline.review.deciding import decide_case
from tests.support.cards import certificate
from tests.support.reviewing import (
    DOUBTED,
    intent,
    looked,
    opened,
    opened_again,
    row_of,
    verdict,
)


def test_the_number_of_a_choice_means_the_same_after_somebody_said_something_else(ledger: Ledger) -> None:
    before = opened(ledger, *DOUBTED, certificate({"新生儿姓名": "欧阳靖轩"}))
    name = row_of(before.sheet, Field.NAME)
    handed_on = verdict(before, ReviewOutcome.ESCALATE, looked(name, "欧阳靖瑄"))
    decide_case(before, intent(before, handed_on), ledger)
    after = opened_again(ledger)
    assert after.laid_out.run == before.laid_out.run
    assert name.options == ("欧阳靖宣", "欧阳靖萱", "欧阳靖轩")
    assert row_of(after.sheet, Field.NAME).options == (*name.options, "欧阳靖瑄")
