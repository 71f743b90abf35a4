"""Values that show by themselves what they are: a lawful ID number, its birth date, its sex, an entry of a closed list.

On a pale copy the labels may be lost while the values read well. Where such values stand as a printed form has them,
the page is that form, and the form tells where the other values stand.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from models.documents import Field
from models.geometry import Point, Quad
from models.id_number import IdNumber, iso_date, parse_id_number
from models.submission import Sex
from pipeline.extract.form_templates import FormTemplate, Pin
from pipeline.extract.runs import SPACES, Run
from pipeline.extract.values import LEXICON, of_list

_DATE: Final = re.compile(r"\D{0,2}\d{4}\D{1,3}\d{1,2}\D{1,3}\d{1,2}\D{0,2}")
_PARTS: Final = 3  # of a date
_SURE: Final = 0.9  # of the number's weakest digit: all rests on it
_LISTED: Final = (Field.MARITAL_STATUS, Field.MILITARY_SERVICE, Field.EDUCATION)  # lists that share no entry


def shaped_values(runs: Sequence[Run]) -> Mapping[Field, Run]:
    """The runs that tell by their shape which field they are; none without a lawful ID number and its birth date."""
    numbers = [(run, number) for run in runs if (number := _number(run))]
    if len({number.text for _, number in numbers}) != 1:
        return {}
    run, number = numbers[0]
    dates = [pieces[0] for pieces in _neighbours(runs) if _is_date(" ".join(piece.text for piece in pieces), number)]
    if not dates:
        return {}
    return {Field.ID_NUMBER: run, Field.BIRTH_DATE: dates[0], **dict(_listed(runs, number))}


def value_pins(layout: FormTemplate, values: Mapping[Field, Run], quad: Callable[[Run], Quad]) -> tuple[Pin, ...]:
    """Where such values start on the form, and where they were found; the number pins its end as well."""
    pins = [
        Pin(Point(cell.value, cell.y), _middle(quad(values[field]).top_left, quad(values[field]).bottom_left))
        for field, cell in layout.cells.items()
        if field in values
    ]
    if Field.ID_NUMBER in values:
        cell, found = layout.cells[Field.ID_NUMBER], quad(values[Field.ID_NUMBER])
        pins.append(Pin(Point(cell.value + cell.usual, cell.y), _middle(found.top_right, found.bottom_right)))
    return tuple(pins)


def _is_date(text: str, number: IdNumber) -> bool:
    return bool(_DATE.fullmatch(text)) and iso_date(text) == number.birth_date


def _neighbours(runs: Sequence[Run]) -> Iterator[Sequence[Run]]:
    """Every run, alone and with those behind it in its row: a date whose 年, 月, 日 are too pale is three numbers."""
    for run in runs:
        box = run.upright
        row = [other for other in runs if box.top < other.upright.centre.y < box.bottom]
        behind = sorted((other for other in row if other.upright.left >= box.left), key=lambda one: one.upright.left)
        yield from (behind[:count] for count in range(1, min(_PARTS, len(behind)) + 1))


def _number(run: Run) -> IdNumber | None:
    number = parse_id_number(run.text) if run.confidence >= _SURE else None
    return number if number and number.check_digit_right and number.province_known else None


def _listed(runs: Sequence[Run], number: IdNumber) -> Iterator[tuple[Field, Run]]:
    """The number's sex, a nationality beside it, and entries of lists."""
    sexes = [piece for run in runs if (piece := _sex(run, number.sex)) is not None]
    if len(sexes) == 1:
        yield Field.SEX, sexes[0]
    rest = [piece for run in runs if (piece := _behind_sex(run)) is not None]
    for field, pieces in [(Field.ETHNICITY, [*runs, *rest]), *((field, runs) for field in _LISTED)]:
        found = [run for run in pieces if of_list(field, run.text) in LEXICON[field]]
        if len(found) == 1:
            yield field, found[0]


def _sex(run: Run, sex: Sex) -> Run | None:
    """The sex alone, or in front of the nationality in the same line, as ID cards have them."""
    alone = run.text == sex.value
    return run if alone else _first(run) if run.text[:1] == sex.value and _behind_sex(run) else None


def _behind_sex(run: Run) -> Run | None:
    shown = [run.first + at for at, glyph in enumerate(run.glyphs) if glyph.char not in SPACES]
    if run.text[:1] not in {sex.value for sex in Sex} or run.text[1:] not in LEXICON[Field.ETHNICITY]:
        return None
    return run._replace(first=shown[1])


def _first(run: Run) -> Run:
    return run._replace(end=run.first + 1)


def _middle(top: Point, bottom: Point) -> Point:
    return Point((top.x + bottom.x) / 2, (top.y + bottom.y) / 2)
