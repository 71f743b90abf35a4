"""Templates: everything that is put in is escaped, and what is misspelt stops the page instead of staying empty."""

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES: Final = Path(__file__).parent / "templates"
_UNSAFE: Final = ("safe", "tojson", "urlize", "xmlattr", "forceescape")  # hand on what is not escaped any more


@cache
def environment() -> Environment:
    """How templates are read."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in _UNSAFE:
        del made.filters[name]
    return made


def rendered(template: str, **values: object) -> str:
    """A template with its values."""
    return environment().get_template(template).render(**values)
