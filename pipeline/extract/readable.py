"""Whether a person could read a page: its print reads with certainty and is crisp."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from models.reading import Line
from pipeline.extract.labels import printed

_MARK: Final = "样本"
_SURE: Final = 0.85  # least confidence of a line
_MOST: Final = 0.85  # share of the characters that stand in such lines
_BLURRED: Final = 0.12  # edge width as a share of the height
_FAINT: Final = 0.3  # contrast
_SMALL: Final = 11.0  # pixels


def is_readable(lines: Sequence[Line]) -> bool:
    """Whether a person could read the print of a page; False for a page without any but 样本."""
    print_ = [line for line in printed(lines) if line.text.strip() != _MARK]
    return _reads(print_) and _is_crisp(print_)


def _reads(lines: Sequence[Line]) -> bool:
    known = sum(len(line.text) for line in lines)
    return sum(len(line.text) for line in lines if line.confidence >= _SURE) > _MOST * known


def _is_crisp(lines: Sequence[Line]) -> bool:
    measures = [line.measures for line in lines]
    return (
        median(one.edge_width for one in measures) <= _BLURRED
        and median(one.contrast for one in measures) >= _FAINT
        and median(one.height for one in measures) >= _SMALL
    )
