"""Every problem that a manifest can have is said in Chinese; the English original stands beside it."""

from typing import cast

import pytest

from flows.artifacts.refusals import problem_words
from flows.intake import GONE
from models.errors import BadManifestError, ManifestProblem
from models.submission import parse_manifest
from tests.models.test_submission import NO_MANIFESTS, REFUSED, REFUSED_PATHS, manifest

BROKEN = [
    *(pytest.param(manifest(cast("dict[str, object]", row.values[0])), id=row.id) for row in REFUSED),
    *(pytest.param(manifest({"files.0.path": row.values[0]}), id=f"a path that {row.id}") for row in REFUSED_PATHS),
    pytest.param(manifest({"files.0.path": "a.jpg.part"}), id="a path of a file on its way"),
    *NO_MANIFESTS,
]


def problems(data: bytes) -> tuple[ManifestProblem, ...]:
    with pytest.raises(BadManifestError) as caught:
        parse_manifest(data)
    return caught.value.problems


@pytest.mark.parametrize("data", BROKEN)
def test_a_problem_has_its_chinese(data: bytes) -> None:
    for problem in problems(data):
        words = problem_words(problem)
        assert not words.startswith("不能识别"), problem
        assert words.endswith(f"（{problem.problem}）")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        pytest.param("Field required", "缺少此项", id="a key is missing"),
        pytest.param("Value error, must be a day, for example 2019-11-23", "日期格式应为2019-11-23", id="a day"),
        pytest.param("Input should be 'a', 'b' or 'c'", "只能是'a'、'b'或'c'", id="one of several"),
        pytest.param("is larger than 65536 bytes", "清单太大，最多65536字节", id="too large"),
        pytest.param("something new", "不能识别", id="what nobody foresaw"),
    ],
)
def test_what_a_problem_says(problem: str, words: str) -> None:
    assert problem_words(ManifestProblem("child.sex", problem)) == f"{words}（{problem}）"


def test_a_manifest_that_is_gone_is_to_be_sent_again() -> None:
    assert [problem_words(problem).partition("（")[0] for problem in GONE] == ["清单已不存在，请重新上传"]
