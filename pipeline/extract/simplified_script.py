"""These documents are printed in simplified characters; recognisers see traditional ones in them all the same.

Words of the form and of closed lists can be folded, since they mean nothing else. Names and addresses never are: there
the lattice is weighed, so that where the engine saw both forms the simplified one is likelier from the start, and where
it is certain of the traditional one, that is what the page says.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

from models.reading import Alternative, Lattice, Line
from pipeline.perceive.ocr.lattice import text_of

_FILE: Final = "traditional.txt"
_PRIOR: Final = 10.0  # times as likely as traditional print on such a document: a judgement, not a count


@cache
def simplified_forms() -> Mapping[str, str]:
    """Traditional characters with one simplified form each, and that form."""
    text = resources.files("pipeline.extract").joinpath(_FILE).read_text("utf-8")
    pairs = (pair for row in text.splitlines() if not row.startswith("#") for pair in row.split())
    return {pair[0]: pair[1] for pair in pairs}


def folded(text: str) -> str:
    """A text in simplified characters; for words that can mean nothing else."""
    return text.translate(_translation())


def prefer_simplified(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with lattices in which simplified characters count for more than traditional ones seen beside them."""
    return tuple(_weighed_line(line) for line in lines)


@cache
def _translation() -> Mapping[int, str]:
    return str.maketrans(dict(simplified_forms()))


def _weighed_line(line: Line) -> Line:
    forms = simplified_forms()
    if not any(char in forms for step in line.lattice.steps for char, _ in step):
        return line
    steps = tuple(_weighed_step(step, forms) for step in line.lattice.steps)
    lattice = Lattice(steps=steps, span=line.lattice.span)
    return line.model_copy(update={"lattice": lattice, "text": text_of(lattice)})


def _weighed_step(step: tuple[Alternative, ...], forms: Mapping[str, str]) -> tuple[Alternative, ...]:
    """A step with the probability of each pair of forms divided anew between the two."""
    seen = dict(step)
    pairs = [(char, forms[char]) for char in seen if forms.get(char) in seen]
    for traditional, simplified in pairs:
        both = seen[traditional] + seen[simplified]
        seen[simplified] = both * _PRIOR * seen[simplified] / (_PRIOR * seen[simplified] + seen[traditional])
        seen[traditional] = both - seen[simplified]
    if not pairs:
        return step
    ranked = sorted(seen.items(), key=lambda row: -row[1])
    return tuple(Alternative(char, round(probability, 5)) for char, probability in ranked)
