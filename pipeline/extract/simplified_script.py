"""Prefer simplified characters: these documents are printed in them, and recognisers still read traditional ones.

Words of the form and of closed lists are folded, since they mean nothing else. Names and addresses never are: there the
lattice is reweighed. Where the engine saw both forms, the simplified one gets the higher prior; where it is certain of
the traditional one, that is what the page says.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from models.reading import Alternative, Lattice, Line
from pipeline.names.characters import table_rows
from pipeline.perceive.ocr.lattice import text_of

_FILE: Final = "traditional.txt"
_PRIOR: Final = 10.0  # times as likely as traditional print on such a document: a judgement, not a count


@cache
def simplified_forms() -> Mapping[str, str]:
    """Traditional characters with one simplified form each, and that form."""
    return {pair[0]: pair[1] for row in table_rows("pipeline.extract", _FILE) for pair in row.split()}


def folded(text: str) -> str:
    """A text in simplified characters; for words that can mean nothing else."""
    return text.translate(_translation())


def prefer_simplified(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with lattices in which simplified characters outweigh traditional ones seen at the same step."""
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
    """A step in which each pair of forms shares its probability by the prior."""
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
