"""What every ledger must do with the register of known children."""

import pytest

from models.case import Conclusion
from models.id_number import modern_number
from models.register import Birth, Delivery, KnownChild, RegisterQuery
from models.submission import Sex
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Forgotten, ImportCounts, Imported
from tests.support.values import BORN, FILES, child, result, submission

ID, OTHER_ID, CERTIFICATE = "11019920191123002X", "110199201911230046", "T110000000"
MOTHER = "11019919900202004X"


def seek(**change: object) -> RegisterQuery:
    return RegisterQuery.model_validate({"submission_id": "me", **change})


@pytest.mark.parametrize(
    ("sought", "hits"),
    [
        pytest.param(seek(id_numbers=[ID]), 1, id="the ID number"),
        pytest.param(seek(id_numbers=[ID.lower()]), 1, id="the ID number in lower case"),
        pytest.param(seek(id_numbers=["1", f" {ID[:6]} {ID[6:]}"]), 1, id="one of several, with spaces"),
        pytest.param(seek(id_numbers=[OTHER_ID]), 0, id="another ID number"),
        pytest.param(seek(id_numbers=[CERTIFICATE]), 0, id="a certificate number is no ID number"),
        pytest.param(seek(birth_certificate_numbers=[CERTIFICATE]), 1, id="the certificate number"),
        pytest.param(seek(birth_certificate_numbers=["T110000001"]), 0, id="a twin's certificate number"),
        pytest.param(seek(births=[Birth("阿依古丽·买买提", Sex.FEMALE, BORN)]), 1, id="name, sex and birth date"),
        pytest.param(seek(births=[Birth("阿依古丽• 买买提", Sex.FEMALE, BORN)]), 1, id="another separator"),
        pytest.param(seek(births=[Birth("阿依古丽买买提\ufe00", Sex.FEMALE, BORN)]), 1, id="none, and a selector"),
        pytest.param(seek(births=[Birth("阿依古丽·买买题", Sex.FEMALE, BORN)]), 0, id="another name"),
        pytest.param(seek(births=[Birth("阿依古丽·买买提", Sex.MALE, BORN)]), 0, id="another sex"),
        pytest.param(seek(births=[Birth("阿依古丽·买买提", Sex.FEMALE, BORN.replace(day=24))]), 0, id="another day"),
        pytest.param(seek(id_numbers=[ID], birth_certificate_numbers=[CERTIFICATE]), 1, id="twice is one record"),
        pytest.param(seek(deliveries=[Delivery(MOTHER, BORN)]), 1, id="the mother and the day"),
        pytest.param(seek(deliveries=[Delivery(f" {MOTHER} ", BORN)]), 1, id="the mother's number with spaces"),
        pytest.param(seek(deliveries=[Delivery(MOTHER, BORN.replace(day=24))]), 0, id="the mother and another day"),
        pytest.param(seek(deliveries=[Delivery(ID, BORN)]), 0, id="another mother"),
        pytest.param(seek(deliveries=[Delivery("", BORN)]), 0, id="no mother at all"),
        pytest.param(seek(), 0, id="nothing"),
        pytest.param(seek(id_numbers=["", " "]), 0, id="empty numbers"),
    ],
)
def test_looking_for_a_child(ledger: Ledger, sought: RegisterQuery, hits: int) -> None:
    ledger.children.add([child(ID, CERTIFICATE, name="阿依古丽·买买提", mother=MOTHER), child(name="没有号码")])
    (known,) = ledger.children.known(sought)
    assert len(known) == hits


@pytest.mark.parametrize("name", ["𠮷\ue863", "□□", "龘\U000323b0"])
def test_rare_characters_are_part_of_a_name(ledger: Ledger, name: str) -> None:
    ledger.children.add([child(name=name), child(name="另一个")])
    births = (Birth(name, Sex.FEMALE, BORN),)
    ((known,),) = ledger.children.known(seek(births=births))
    assert known.name == name


def test_a_case_does_not_meet_what_it_registered_itself(ledger: Ledger) -> None:
    case = ledger.cases.open(submission("me"), FILES, "d1")
    ledger.cases.conclude(Conclusion(case, result(case), child(ID)))
    sought = seek(id_numbers=[ID])
    mine, (known,) = ledger.children.known(sought, sought.model_copy(update={"submission_id": "another"}))
    assert mine == ()
    assert known == child(ID).model_copy(update={"submission_id": "me"})


@pytest.mark.parametrize(
    ("records", "counts"),
    [
        pytest.param([], (0, 0, 0), id="nothing"),
        pytest.param([child(OTHER_ID)], (1, 0, 0), id="a new one"),
        pytest.param([child(ID, CERTIFICATE)], (0, 1, 0), id="the same again"),
        pytest.param([child(ID.lower(), CERTIFICATE)], (0, 1, 0), id="the same in lower case"),
        pytest.param([child(ID, CERTIFICATE, name="别名")], (0, 0, 1), id="a known number with another name"),
        pytest.param([child(ID)], (0, 0, 1), id="a known number without the other one"),
        pytest.param([child(OTHER_ID, CERTIFICATE)], (0, 0, 1), id="a known certificate of another child"),
        pytest.param([child(ID, CERTIFICATE, withdrawn=True)], (0, 0, 1), id="a known child that left"),
        pytest.param([child(mother="1"), child(mother="1")], (1, 1, 0), id="the same without a number, twice"),
        pytest.param([child(mother="1"), child(mother="2")], (2, 0, 0), id="two mothers"),
        pytest.param([child("1"), child("1"), child("1", "T1")], (1, 1, 1), id="one after the other"),
    ],
)
def test_importing_children(ledger: Ledger, records: list[KnownChild], counts: tuple[int, int, int]) -> None:
    ledger.children.add([child(ID, CERTIFICATE)])
    assert ledger.children.add(records).counts == ImportCounts(*counts)
    assert next(ledger.children.export()) == child(ID, CERTIFICATE)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        pytest.param(
            child(ID, CERTIFICATE, name="别名"), "id_number: the register has it with another name", id="a name"
        ),
        pytest.param(
            child(OTHER_ID, CERTIFICATE),
            "birth_certificate_number: the register has it with another id_number",
            id="a twin",
        ),
        pytest.param(child("T3"), "it was erased from the register", id="an erased child"),
    ],
)
def test_a_record_that_is_left_out_has_its_place_and_a_reason(ledger: Ledger, record: KnownChild, why: str) -> None:
    ledger.children.add([child(ID, CERTIFICATE), child("T3")])
    ledger.erasures.forget_child(["T3"])
    fill = [child(f"{number}") for number in range(2100)]  # more than one transaction takes
    done = ledger.children.add([*fill, record, child(f"{1}")])
    assert list(done.left_out) == [2100]
    assert done.left_out[2100].startswith(why)


def test_what_was_exported_imports_as_known(ledger: Ledger) -> None:
    records = [child(str(number), mother="9" if number % 2 else None) for number in range(4101)]
    assert ledger.children.add(records) == Imported(ImportCounts(4101, 0, 0), {})
    exported = tuple(ledger.children.export())
    assert exported == tuple(records)
    assert ledger.children.add(exported).counts == ImportCounts(0, 4101, 0)


@pytest.mark.parametrize(
    ("number", "forgotten"),
    [
        pytest.param(ID, 1, id="by ID number"),
        pytest.param(ID.lower(), 1, id="in lower case"),
        pytest.param(CERTIFICATE, 1, id="by certificate number"),
        pytest.param("T999999999", 0, id="unknown"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_forgetting_a_child(ledger: Ledger, number: str, forgotten: int) -> None:
    ledger.children.add([child(ID, CERTIFICATE), child(OTHER_ID), child()])
    assert ledger.erasures.forget_child([number]) == Forgotten(forgotten, 0, 0)
    assert len(tuple(ledger.children.export())) == 3 - forgotten


def test_a_forgotten_child_can_be_registered_by_another_case(ledger: Ledger) -> None:
    ledger.children.add([child(ID)])
    ledger.erasures.forget_child([ID])
    case = ledger.cases.open(submission("me"), FILES, "d1")
    assert ledger.cases.conclude(Conclusion(case, result(case), child(ID))) == (1,)


def test_numbers_of_fifteen_digits_are_kept_and_sought_in_todays_form(ledger: Ledger) -> None:
    old, new = "110199900202004", modern_number("110199900202004")
    ledger.children.add([child("110199191123002", mother=old)])
    (known,) = ledger.children.export()
    assert (known.id_number, known.mother_id_number) == (modern_number("110199191123002"), new)
    for number in (old, new):
        ((found,),) = ledger.children.known(seek(deliveries=[Delivery(number, BORN)]))
        assert found == known
