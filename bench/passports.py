"""What is read of passports, at several sizes and grades of picture: `python -m bench.passports [--full]`.

Data pages of invented people, every second one Chinese, on grounds of fine lines; the real engine reads each page. A
value counts as confirmed where the check digits of the machine-readable zone agree: no other passes without a person.
"""

import io
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from PIL import Image
from pydantic import JsonValue
from rich.progress import track

from bench.metrics import Figure, share
from bench.readings import Library, Scan, ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.documents.passports import Passport, any_passport
from fixtures.grounds.ground import any_ground, grounded
from fixtures.pictures.styles import taken
from fixtures.stocks import passports_test, passports_train
from fixtures.truth import PictureStyle, Split
from models.content import FieldContent, FileContent
from models.documents import Field
from models.latin_names import same_latin_name
from models.policy import LegibilityLimits
from pipeline.extract.extraction import extract_files
from pipeline.judge.field_legibility import certain

SEED: Final = 31
BENCH: Final = Bench("passports", __doc__, SEED, "passports", small=60, full=1000)
_WIDTH: Final = 125.0  # millimetres of a data page
_QUALITY: Final = 80  # of a JPEG
_LIMITS: Final = LegibilityLimits()
_FIELDS: Final = (Field.ID_NUMBER, Field.BIRTH_DATE, Field.VALID_UNTIL)


class Grade(StrEnum):
    """How the picture was taken, and dots per inch of what was made of it."""

    SCAN = "scan at 200 dpi"
    PHOTO = "phone photo"
    STEEP = "photo from aside"
    MESSENGER = "photo through a messenger"
    SMALL = "scan at 100 dpi"
    TINY = "scan at 60 dpi"


_STYLES: Final[Mapping[Grade, PictureStyle]] = {
    Grade.PHOTO: PictureStyle.PHONE,
    Grade.STEEP: PictureStyle.PHONE_STEEP,
    Grade.MESSENGER: PictureStyle.MESSENGER,
}
_SHRUNK: Final[Mapping[Grade, float]] = {Grade.SMALL: 100 / 200, Grade.TINY: 60 / 200}


class Answer(NamedTuple):
    """What was read of one passport; None for a field that was not found."""

    number: int
    grade: Grade
    passport: Passport
    read: Mapping[Field, FieldContent]

    @property
    def wrong(self) -> tuple[Field, ...]:
        """The fields whose value is another one than the printed."""
        return tuple(field for field in _FIELDS if self._value(field) not in (None, _printed(self.passport, field)))

    @property
    def confirmed(self) -> tuple[Field, ...]:
        """The fields that check digits confirm."""
        return tuple(field for field in _FIELDS if certain(self.read.get(field), _LIMITS))

    @property
    def right(self) -> bool:
        """Whether every field has the printed value."""
        return all(self._value(field) == _printed(self.passport, field) for field in _FIELDS)

    def _value(self, field: Field) -> str | None:
        read = self.read.get(field)
        return read.value if read else None


def measure(count: int) -> Measured:
    """Draw, read and compare `count` passports, as many of each grade."""
    with library() as read:
        answers = tuple(_answers(count, read))
    return Measured(tuple(_figures(answers)), {"not confirmed": tuple(map(_row, answers_in_doubt(answers)))})


def answers_in_doubt(answers: tuple[Answer, ...]) -> Iterator[Answer]:
    """Those of which not all fields are confirmed."""
    return (one for one in answers if set(one.confirmed) != set(_FIELDS))


def _answers(count: int, read: Library) -> Iterator[Answer]:
    started = (read.start((_scan(number),))[0] for number in track(range(count), "passports", console=errors))
    for number, file in enumerate(ahead(started)):
        (content,) = extract_files((file.finish(),))
        yield Answer(number, _grade(number), any_passport(number), dict(_fields(content)))


def _fields(content: FileContent) -> Iterator[tuple[Field, FieldContent]]:
    for page in content.pages:
        yield from ((slot.field, field) for slot, field in page.fields.items())


def _grade(number: int) -> Grade:
    return tuple(Grade)[number // 2 % len(Grade)]


def _scan(number: int) -> Scan:
    """A passport's page as a file; both splits take turns, since no limit was chosen on either."""
    grade, rng = _grade(number), np.random.default_rng((SEED, number))
    split, press = ((Split.TRAIN, passports_train), (Split.TEST, passports_test))[number // (2 * len(Grade)) % 2]
    page = grounded(press.page(any_passport(number)), any_ground(split, rng))
    picture = taken(
        (page,), _STYLES.get(grade, PictureStyle.FLATBED), rng, split=split, angle=float(rng.normal(0, 1.2))
    )
    image = Image.fromarray(picture.image)
    if shrunk := _SHRUNK.get(grade):
        image = image.resize((round(image.width * shrunk), round(image.height * shrunk)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return Scan(f"passport-{number}.jpg", None, out.getvalue())


def _printed(passport: Passport, field: Field) -> str:
    days = {Field.BIRTH_DATE: passport.birth_date, Field.VALID_UNTIL: passport.expiry}
    return days[field].isoformat() if field in days else passport.number


def _figures(answers: tuple[Answer, ...]) -> Iterator[Figure]:
    total = len(answers)
    confirmed = [one for one in answers if set(one.confirmed) == set(_FIELDS)]
    false = sum(bool(set(one.wrong) & set(one.confirmed)) for one in answers)
    yield Figure(name="wrong values that check digits confirm", value=false, unit="count")
    yield share("number, birth and expiry right, or left to a person", total - false, total)
    yield share("confirmed by check digits: number, birth and expiry", len(confirmed), total)
    yield share("number, birth and expiry right", sum(one.right for one in answers), total)
    named = [one for one in answers if (latin := one.read.get(Field.LATIN_NAME)) and latin.value]
    alike = sum(_is_named(one) for one in named)
    yield share("name in Latin letters right, of those read", alike, len(named))
    for grade in Grade:
        group = [one for one in answers if one.grade is grade]
        sure = sum(set(one.confirmed) == set(_FIELDS) for one in group)
        yield share(f"{grade}: confirmed", sure, len(group))
        yield share(f"{grade}: right", sum(one.right for one in group), len(group))


def _is_named(answer: Answer) -> bool:
    read = answer.read[Field.LATIN_NAME].value or ""
    return same_latin_name(answer.passport.names.replace("<", " "), read)


def _row(answer: Answer) -> Mapping[str, JsonValue]:
    read = {field: one.value for field, one in answer.read.items() if field in _FIELDS}
    return {
        "passport": answer.number,
        "grade": answer.grade,
        "number": answer.passport.number,
        "read": read.get(Field.ID_NUMBER),
        "confirmed": ", ".join(answer.confirmed),
        "wrong": ", ".join(answer.wrong),
    }


def main() -> None:
    """Run the bench."""
    run_bench(BENCH, measure)


if __name__ == "__main__":
    main()
