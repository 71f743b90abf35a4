"""Pictures of a PDF page that PDFium does not list with its objects: of annotations, patterns and drawn letters."""

import math
from typing import Any, Final

from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from pipeline.perceive.decode.inline import count_inline_pictures
from pipeline.perceive.decode.pdf_objects import PageObjects, reached

_INSTRUCTIONS: Final = 200_000  # bytes at most in which pictures are looked for


def area_of_further_pictures(objects: PageObjects) -> float:
    """How much of the page such pictures may cover, in square units of the page.

    Those of an annotation cover its rectangle, and all others the whole page. It is infinite, too, where pypdf fails.
    """
    try:
        annotations = [one.get_object() for one in _held(objects.page, "/Annots", ArrayObject())]
        patterns = [one for one in objects.streams if "/PatternType" in one]
        fonts = _held(_held(objects.page, "/Resources", DictionaryObject()), "/Font", DictionaryObject())
        letters = [font.get_object().get("/CharProcs") for font in fonts.values()]
        if any(map(_holds_pictures, [*patterns, *letters])):
            return math.inf
        return sum(_area(one) for one in annotations if _holds_pictures(one))
    except Exception:  # noqa: BLE001 - pypdf raises what it likes
        return math.inf


def _held(holder: DictionaryObject, key: str, otherwise: Any) -> Any:
    return holder[key].get_object() if key in holder else otherwise


def _holds_pictures(start: Any) -> bool:
    return any(stream.get("/Subtype") == "/Image" or _has_inline_pictures(stream) for stream in reached(start))


def _has_inline_pictures(stream: StreamObject) -> bool:
    packed = stream._data
    return len(packed) <= _INSTRUCTIONS and count_inline_pictures(stream.get_data()) > 0


def _area(annotation: DictionaryObject) -> float:
    left, bottom, right, top = (float(one.get_object()) for one in _held(annotation, "/Rect", ArrayObject()))
    return abs((right - left) * (top - bottom))
