"""Names that no engine reads: the pictures of their rare characters are compared before a person is asked."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from models.case import Case
from models.content import FieldContent, FileContent, PageContent, Resemblance, Slot
from models.documents import Field, PageKind, Person
from models.errors import EngineError, FileRejectedError
from models.geometry import Quad
from pipeline.cases.context import PipelineContext
from pipeline.glyphs.compare import GlyphQuery
from pipeline.judge.dossier import FileView, open_dossier
from pipeline.judge.name_match import NameContext, match_name
from pipeline.names.characters import stretches, unreadable
from pipeline.names.normal import is_private_use, normal_name
from pipeline.stores.content import bytes_of

_MOST: Final = 4  # different characters of a name; one with more is no name that comparing pictures helps


class _Asked(NamedTuple):
    """A question, and the name that its answer belongs to."""

    page: PageContent
    slot: Slot
    question: GlyphQuery


def with_resemblances(case: Case, files: Sequence[FileContent], context: PipelineContext) -> tuple[FileContent, ...]:
    """The content of a case, with what comparing pictures tells of each rare character of the child's name.

    Args:
        case: What came in.
        files: What its files say.
        context: What the steps need at hand.
    """
    dossier = open_dossier(case, files, context.reader)
    name = normal_name(dossier.child.name)
    unread = unreadable(name, context.reader.alphabet)
    if not 0 < len(unread) <= _MOST or any(map(is_private_use, name)):
        return tuple(files)
    asked = [one for page in dossier.child_pages for one in _questions(page.content, name, context.reader)]
    return tuple(_compared(file, asked, context) for file in dossier.files)


def _compared(file: FileView, of_case: Sequence[_Asked], context: PipelineContext) -> FileContent:
    asked = [one for one in of_case if any(one.page is page for page in file.content.pages)]
    if not asked or file.file.digest is None:
        return file.content
    data = bytes_of(context.store, file.file.digest, limit=None)
    try:
        answers = context.readers.compare(data, tuple(one.question for one in asked), context.limits)
    except (FileRejectedError, EngineError):  # the name is a person's business, as it was before
        return file.content
    told = [(one, answer) for one, answer in zip(asked, answers, strict=True) if answer]
    return file.content._replace(pages=tuple(_with(page, told) for page in file.content.pages))


def _questions(page: PageContent, name: str, reader: NameContext) -> Iterator[_Asked]:
    """Nothing where the engine read the name after all, or is certain of another one."""
    slot = Slot(Field.NAME, Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None)
    field = page.fields.get(slot)
    if field and match_name(name, field, reader.alphabet, reader.policy.names).equal is None:
        asked = questions_of(field, page.page_no, name, reader.alphabet)
        yield from (_Asked(page, slot, question) for question in asked)


def questions_of(field: FieldContent, page_no: int, name: str, alphabet: Collection[str]) -> tuple[GlyphQuery, ...]:
    """What to ask of a name's picture: of each character that the engine does not read, where all others were read.

    Args:
        field: The name on a page.
        page_no: Of its file.
        name: As entered, in normal form.
        alphabet: Every character that the engine reads where it is printed.
    """
    quads = [quad for piece in field.pieces for quad in piece.quads]
    read = "".join(glyph.char for piece in field.pieces for glyph in piece.glyphs)
    places = stretches(name, read, unreadable(name, alphabet)).items()
    return tuple(
        GlyphQuery(page_no, _around(quads[first:end]), name[at], tuple(read[first:end])) for at, (first, end) in places
    )


def _around(quads: Sequence[Quad]) -> Quad:
    """From the first to the last of characters of one line."""
    return Quad(quads[0].top_left, quads[-1].top_right, quads[-1].bottom_right, quads[0].bottom_left)


def _with(page: PageContent, told: Sequence[tuple[_Asked, Resemblance]]) -> PageContent:
    fields = dict(page.fields)
    for asked, answer in told:
        if asked.page is page:
            field = fields[asked.slot]
            fields[asked.slot] = field._replace(resemblances=(*field.resemblances, answer))
    return page._replace(fields=fields)
