from models.geometry import Box
from models.policy import LegibilityLimits
from pipeline.extract.extraction import extract_page
from pipeline.judge.rules.reasons import page_reason, reason_at
from tests.support.cards import unreadable


def test_a_page_of_a_few_lines_does_not_tell_where_a_place_lies_and_the_whole_page_tells_why() -> None:
    page, limits = extract_page(unreadable()), LegibilityLimits()
    assert reason_at(page, Box(100, 100, 200, 130), (), limits) is page_reason(page, limits)
