"""The forms whose cells are known: 首页 and 常住人口登记卡 (143 x 105 mm), 人像面 of an ID card (85.6 x 54 mm).

The order of cells is domain.md's, sections 1.1 and 1.2; the millimetres are those that our specimens are drawn with.
Offices' stock differs by some of them, and no real form was measured: these are where to look, and what a box for the
eye is drawn by. Nothing is accepted or accused because of them.
"""

from types import MappingProxyType
from typing import Final

from models.documents import Field
from pipeline.extract.template_alignment import AlignedTemplate, Cell

_TOP, _ROW = 14.0, 7.7


def _card(row: int, start: float, middle: float, usual: float, wide: float = 12.0) -> Cell:
    """A cell of the card's grid: its label stands between `start` and `middle`."""
    return Cell((start + middle) / 2, _TOP + _ROW * (row + 0.5), wide, middle + 1.5, usual)


MEMBER: Final = AlignedTemplate(
    MappingProxyType(
        {
            Field.NAME: _card(0, 6, 25, 11.1),
            Field.RELATION: _card(0, 73, 95, 7.4),
            Field.SEX: _card(1, 73, 95, 3.7),
            Field.BIRTH_PLACE: _card(2, 6, 25, 33),
            Field.ETHNICITY: _card(2, 73, 95, 7.4),
            Field.NATIVE_PLACE: _card(3, 6, 25, 22),
            Field.BIRTH_DATE: _card(3, 73, 95, 26),
            Field.RELIGION: _card(4, 73, 95, 7.4),
            Field.ID_NUMBER: _card(5, 6, 25, 34),
            Field.HEIGHT: _card(5, 73, 86, 13, wide=9),
            Field.BLOOD_TYPE: _card(5, 104, 117, 3, wide=9),
            Field.EDUCATION: _card(6, 6, 25, 14.8),
            Field.MARITAL_STATUS: _card(6, 52, 69, 7.4),
            Field.MILITARY_SERVICE: _card(6, 94, 111, 14.8),
            Field.EMPLOYER: _card(7, 6, 25, 18.5),
            Field.OCCUPATION: _card(7, 73, 95, 7.4),
            Field.MOVED_TO_CITY: _card(8, 6, 36, 7.4, wide=18),
            Field.MOVED_TO_ADDRESS: _card(9, 6, 36, 70, wide=15),
            Field.REGISTRATION_DATE: Cell(84, 97.5, 12, 95, 26),
        }
    ),
    label=4.0,
    value=4.2,
)
HOME: Final = AlignedTemplate(
    MappingProxyType(
        {
            Field.HOUSEHOLD_TYPE: Cell(16, 14.5, 12, 28, 20),
            Field.HEAD_NAME: Cell(65, 14.5, 12, 75, 11.1),
            Field.HOUSEHOLD_NUMBER: Cell(16, 25.5, 12, 28, 17),
            Field.ADDRESS: Cell(65, 25.5, 12, 75, 56),
            Field.ISSUE_DATE: Cell(94, 63.2, 12, 104.5, 26),
        }
    ),
    label=4.0,
    value=4.2,
)
PORTRAIT: Final = AlignedTemplate(
    MappingProxyType(
        {
            Field.NAME: Cell(9.2, 9.7, 8, 16, 11.6),
            Field.SEX: Cell(9.2, 16.6, 8, 16, 3.2),
            Field.ETHNICITY: Cell(30.4, 16.6, 8, 36, 3.2),
            Field.BIRTH_DATE: Cell(9.2, 23, 8, 16, 32),
            Field.ADDRESS: Cell(9.2, 29.4, 8, 16, 35),
            Field.ID_NUMBER: Cell(13.2, 45.9, 16, 29.6, 45),
        }
    ),
    label=3.2,
    value=3.8,
)
