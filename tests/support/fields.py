"""Fields made of text, in the form that the rules take."""

from models.content import FieldContent
from models.documents import Field
from pipeline.extract.extraction import field_content
from pipeline.extract.fields import read_field
from pipeline.extract.runs import whole
from tests.support.lines import Words, line


def field_of(field: Field, *pieces: Words) -> FieldContent:
    """A field as read, in pieces beside each other."""
    lines = [line(piece, 300 * at, 0) for at, piece in enumerate(pieces)]
    read = read_field(field, [whole(one) for one in lines])
    assert read is not None
    return field_content(read, {id(one): at for at, one in enumerate(lines)})
