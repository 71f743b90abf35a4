"""JSON Schemas of what goes in and what comes out, generated from the models; `make docs` writes them to docs/schema.

The manifest's schema is closed: an unknown key is an error. The others are open: later versions may add keys, codes,
reasons, kinds of pages and documents, and fields, and clients must ignore what they do not know.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from models.base import Model
from models.codes import Code, Reason
from models.documents import DocumentKind, Edition, Field, OtherDocument, PageKind
from models.geometry import Box, Point, Quad
from models.published import Refusal, WebhookMessage
from models.result import Result
from models.submission import Submission

FOLDER: Final = Path("docs/schema")
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ROOTS: Final[Mapping[str, type[Model | WebhookMessage]]] = MappingProxyType(
    {"submission": Submission, "result": Result, "refusal": Refusal, "webhook": WebhookMessage}
)
_GROW: Final = frozenset(
    kind.__name__ for kind in (Code, Reason, DocumentKind, OtherDocument, PageKind, Edition, Field)
)
_TUPLES: Final = MappingProxyType({kind.__name__: kind.__doc__ or "" for kind in (Box, Point, Quad)})
_MORE: Final = "Later versions may add values."
_NOISE: Final = ("title", "default", "discriminator")
_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def schemas() -> Mapping[str, str]:
    """The text of every schema, by its file's name."""
    return {f"{name}.schema.json": _text(_schema(name, root)) for name, root in _ROOTS.items()}


def _text(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _schema(name: str, root: type[Model | WebhookMessage]) -> dict[str, Any]:
    closed = root is Submission
    made = root.model_json_schema(mode="validation" if closed else "serialization")
    parts = {part: _part(part, content, closed=closed) for part, content in made.pop("$defs", {}).items()}
    head = {"$schema": DIALECT, "$id": f"{name}.schema.json", "title": f"child-intake: {name}"}
    return {**head, **_part(name, made, closed=closed), **({"$defs": parts} if parts else {})}


def _part(name: str, content: Mapping[str, Any], *, closed: bool) -> dict[str, Any]:
    """A definition, with the attributes of the class's docstring as descriptions of its properties."""
    part = {key: value for key, value in content.items() if key not in _NOISE}
    summary, _, attributes = str(part.get("description", _TUPLES.get(name, ""))).partition("\n\nAttributes:\n")
    part["description"] = _line(summary)
    if "enum" in part and name in _GROW and not closed:
        return {"description": f"{part['description']} {_MORE}", "anyOf": [{"enum": part["enum"]}, {"type": "string"}]}
    if "properties" in part:
        described = dict(_ATTRIBUTE.findall(attributes))
        part["properties"] = {key: _property(value, described.get(key)) for key, value in part["properties"].items()}
        part["required"] = [key for key in part["properties"] if key in (*part.get("required", ()), "schema")]
        if not closed:
            part.pop("additionalProperties", None)
    return part


def _property(content: Mapping[str, Any], described: str | None) -> dict[str, Any]:
    kept = {key: value for key, value in content.items() if key not in _NOISE}
    return {**({"description": _line(described)} if described else {}), **kept}


def _line(text: str) -> str:
    """A docstring's paragraphs without its line breaks."""
    return re.sub(r"\s+", " ", text).strip()


def main() -> None:
    """Write every schema again."""
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
