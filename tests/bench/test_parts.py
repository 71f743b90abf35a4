from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.baselines import lattice_of, lines_of_table
from bench.endurance import slope
from bench.fairness import stands_in
from bench.glyphs import COMMON, nearest, nearest_impostor
from bench.harmed_pages import plan
from bench.names import Said, said_of
from bench.quality import Ending, brought, ending
from bench.readings import ahead, source_digest
from fixtures.truth import Extent, Harm, Legibility
from models.findings import Code, Finding, Location, Reason, found
from models.result import Decision, Judgement, decide
from pipeline.perceive.ocr.lattice import text_of
from tests.support.fonts import needs_fonts

WORDS = """level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t900\t600\t-1\t
5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t91.5\t姓
5\t1\t1\t1\t1\t2\t50\t21\t30\t12\t64\t名
5\t1\t1\t1\t2\t1\t10\t60\t30\t12\t88\t"男
5\t1\t1\t1\t3\t1\t10\t90\t30\t12\t10\t\x20
"""


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        pytest.param((5.0, 5.0, 5.0), 0.0, id="flat"),
        pytest.param((1.0, 3.0, 5.0), 2.0, id="rising"),
        pytest.param((5.0, 3.0, 1.0), -2.0, id="falling"),
        pytest.param((0.0, 10.0, 0.0), 0.0, id="up and down again"),
    ],
)
def test_the_slope(values: tuple[float, ...], wanted: float) -> None:
    assert slope(values) == pytest.approx(wanted)


@given(st.floats(-50, 50), st.floats(-50, 50), st.integers(2, 40))
def test_the_slope_of_a_line_is_its_own(rise: float, start: float, count: int) -> None:
    assert slope(tuple(start + rise * n for n in range(count))) == pytest.approx(rise, abs=1e-6)


def test_words_of_tesseract_become_lines() -> None:
    first, second = lines_of_table(WORDS)
    assert (first.text, second.text) == ("姓名", '"男')
    assert first.confidence == pytest.approx(0.64)
    assert first.quad.box == (10, 20, 80, 33)


@pytest.mark.parametrize("text", ["欧阳靖萱", "110199", "一一", ""])
def test_a_lattice_without_alternatives_reads_as_its_text(text: str) -> None:
    assert text_of(lattice_of(text, 0.9)) == text


@pytest.mark.parametrize(
    ("printed", "text", "found_there"),
    [
        pytest.param("汉族", "民 族 汉族", True, id="as printed"),
        pytest.param("阿里木·买买提", "阿里木•买买提", True, id="another dot"),
        pytest.param("汉族", "汉 族", True, id="set wide"),
        pytest.param("欧阳靖萱", "欧阳靖宣", False, id="another character"),
        pytest.param("2019年1月3日", "2019年1月8日", False, id="another digit"),
    ],
)
def test_a_value_stands_in_a_text(printed: str, text: str, found_there: bool) -> None:
    assert stands_in(printed, text) is found_there


@needs_fonts
@pytest.mark.parametrize(("character", "other"), [("己", "已"), ("未", "末"), ("明", "阴")])
def test_the_nearest_glyph_looks_alike(character: str, other: str) -> None:
    assert nearest(character) == other


@needs_fonts
@pytest.mark.parametrize("name", ["欧阳靖萱", "阿里木·买买提", "王㼆"])
def test_an_impostor_differs_in_one_common_character(name: str) -> None:
    other = nearest_impostor(name)
    changed = [(a, b) for a, b in zip(name, other, strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0][1] in COMMON


@pytest.mark.parametrize(
    ("legibility", "said", "gate", "wanted"),
    [
        pytest.param(Legibility.LEGIBLE, Decision.ACCEPTED, False, Ending.RIGHT, id="legible and passed"),
        pytest.param(Legibility.LEGIBLE, Decision.RETURNED, True, Ending.BLOCKED, id="legible and blocked"),
        pytest.param(Legibility.LEGIBLE, Decision.REVIEW, False, Ending.DOUBTED, id="legible and asked about"),
        pytest.param(Legibility.ILLEGIBLE, Decision.RETURNED, True, Ending.RIGHT, id="illegible and blocked"),
        pytest.param(Legibility.ILLEGIBLE, Decision.ACCEPTED, False, Ending.PASSED, id="illegible and passed"),
        pytest.param(Legibility.ILLEGIBLE, Decision.RETURNED, False, Ending.ACCUSED, id="illegible and accused"),
        pytest.param(Legibility.ILLEGIBLE, Decision.REVIEW, False, Ending.ASKED, id="illegible and asked about"),
        pytest.param(Legibility.DOUBTFUL, Decision.RETURNED, True, Ending.ARGUABLE, id="nobody is wrong"),
    ],
)
def test_endings(legibility: Legibility, said: Decision, gate: bool, wanted: Ending) -> None:
    assert ending(legibility, said, gate=gate) is wanted


def judgement(*findings: Finding) -> Judgement:
    return Judgement(decision=decide(findings), notice="", findings=findings, fields=(), pages=())


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        pytest.param((), Said.NOTHING, id="nothing"),
        pytest.param((found(Code.NAME_DIFFERS, Reason.DIFFERENT),), Said.DIFFERS, id="a difference"),
        pytest.param((found(Code.NAME_IN_DOUBT, Reason.UNCERTAIN),), Said.DOUBT, id="a doubt"),
        pytest.param(
            (found(Code.NAME_IN_DOUBT, Reason.UNCERTAIN), found(Code.NAME_DIFFERS, Reason.DIFFERENT)),
            Said.DIFFERS,
            id="the graver one",
        ),
        pytest.param(
            (found(Code.REGISTER_ILLEGIBLE, Reason.BLUR, Location(file="child.jpg")),), Said.ILLEGIBLE, id="of the card"
        ),
        pytest.param(
            (found(Code.REGISTER_ILLEGIBLE, Reason.BLUR, Location(file="home.jpg")),),
            Said.NOTHING,
            id="of another page",
        ),
        pytest.param((found(Code.PAGE_MISSING, Reason.CHILD_PAGE),), Said.ELSE, id="the card was not seen"),
    ],
)
def test_what_is_said_of_a_name(findings: tuple[Finding, ...], said: Said) -> None:
    assert said_of(judgement(*findings)) is said


def test_only_what_a_harm_brought_is_its_fault() -> None:
    old = found(Code.REGISTER_ILLEGIBLE, Reason.BLUR, Location(file="child.jpg"))
    new = found(Code.ILLEGIBLE, Reason.GLARE, Location(file="id_portrait.jpg"))
    assert brought((old,), (old, new)) == (new,)


@needs_fonts
def test_the_first_pages_to_harm_cover_every_harm_and_extent() -> None:
    first = [harmed.damage for harmed in plan(len(Harm) * len(Extent))]
    assert {(one.harm, one.extent) for one in first} == {(harm, extent) for harm in Harm for extent in Extent}


def test_what_is_begun_ahead_comes_in_order() -> None:
    begun: list[int] = []

    def begin() -> "list[int]":
        begun.append(len(begun))
        return [begun[-1]]

    first = next(iter(taken := ahead((begin() for _ in range(5)), 2)))
    assert (first, len(begun)) == ([0], 3)
    assert [one[0] for one in taken] == [1, 2, 3, 4]


def test_a_changed_source_is_another_library(tmp_path: Path) -> None:
    rooms = (f"pipeline/perceive/{room}/code.py" for room in ("decode", "scene", "ocr"))
    files = ("page", "quality", "rereading", "stamps")
    models = ("models/reading.py", "models/geometry.py")
    for name in (*rooms, *(f"pipeline/perceive/{file}.py" for file in files), *models):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one = 1\n")
    before = source_digest(tmp_path)
    assert source_digest(tmp_path) == before
    (tmp_path / "pipeline/perceive/ocr/code.py").write_text("one = 2\n")
    assert source_digest(tmp_path) != before
