"""What is read of passports, at several sizes and grades of picture: `python -m bench.passports [--full]`.

The real engine reads data pages of invented people, every second one Chinese, on grounds of fine lines: one page in
sixteen whole, of the others the head, with the number, and the machine-readable zone. A value counts as confirmed where
all check digits of the zone agree, a number also with the print: no other passes without a person.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.metrics import Figure, share
from bench.passport_pictures import SEED, STYLES, Grade, grade_of, scan_of
from bench.readings import Library, ahead, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.documents.passports import Passport, any_passport
from models.content import FieldContent, FileContent
from models.documents import Field
from models.latin_names import same_latin_name
from models.policy import LegibilityLimits
from pipeline.extract.extraction import extract_files
from pipeline.judge.field_legibility import certain

BENCH: Final = Bench("passports", __doc__, SEED, "passports", small=60, full=1000)
_LIMITS: Final = LegibilityLimits()
_FIELDS: Final = (Field.ID_NUMBER, Field.BIRTH_DATE, Field.VALID_UNTIL)


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
    def is_confirmed(self) -> bool:
        """Whether all fields are."""
        return set(self.confirmed) == set(_FIELDS)

    @property
    def is_false(self) -> bool:
        """Whether a wrong value is confirmed."""
        return bool(set(self.wrong) & set(self.confirmed))

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
    tables = {
        "wrong and confirmed": tuple(_row(one) for one in answers if one.is_false),
        "not confirmed": tuple(_row(one) for one in answers if not one.is_confirmed),
    }
    return Measured(tuple(_figures(answers)), tables)


def _answers(count: int, read: Library) -> Iterator[Answer]:
    started = (read.start((scan_of(number),))[0] for number in track(range(count), "passports", console=errors))
    for number, file in enumerate(ahead(started)):
        (content,) = extract_files((file.finish(),))
        yield Answer(number, grade_of(number), any_passport(number), dict(_fields(content)))


def _fields(content: FileContent) -> Iterator[tuple[Field, FieldContent]]:
    for page in content.pages:
        yield from ((slot.field, field) for slot, field in page.fields.items())


def _printed(passport: Passport, field: Field) -> str:
    days = {Field.BIRTH_DATE: passport.birth_date, Field.VALID_UNTIL: passport.expiry}
    return days[field].isoformat() if field in days else passport.number


def _figures(answers: tuple[Answer, ...]) -> Iterator[Figure]:
    total, whole = len(answers), [one for one in answers if one.grade in STYLES]
    confirmed = [one for one in answers if one.is_confirmed]
    false = sum(one.is_false for one in answers)
    yield Figure(name="wrong values that check digits confirm", value=false, unit="count")
    yield share("number, birth and expiry right, or left to a person", total - false, total)
    yield share("confirmed by check digits: number, birth and expiry", len(confirmed), total)
    yield share("number, birth and expiry right", sum(one.right for one in answers), total)
    yield share("the same, whole pages", sum(one.right for one in whole), len(whole))
    yield share("whole pages: confirmed", sum(one.is_confirmed for one in whole), len(whole))
    named = [one for one in answers if (latin := one.read.get(Field.LATIN_NAME)) and latin.value]
    alike = sum(_is_named(one) for one in named)
    yield share("name in Latin letters right, of those read", alike, len(named))
    for grade in Grade:
        group = [one for one in answers if one.grade is grade]
        sure = sum(one.is_confirmed for one in group)
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
