"""Names with characters outside the engine's alphabet: their pictures are compared before a person must decide."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from models.case import Case
from models.content import FieldContent, FileContent, PageContent, Resemblance, Slot
from models.documents import Field, PageKind, Person
from models.errors import EngineError, FileRejectedError
from models.geometry import Quad
from models.names import is_private_use, normal_name
from pipeline.cases.context import PipelineContext
from pipeline.glyphs.compare import GlyphQuery
from pipeline.judge.dossier import FileView, open_dossier
from pipeline.judge.name_match import NameContext, match_name
from pipeline.names.characters import stretches, unreadable
from pipeline.stores.content import bytes_of

_MOST: Final = 4  # unreadable characters of a name; with more, comparing pictures does not help


class _NameQuery(NamedTuple):
    """A query, and the name that its answer belongs to."""

    page: PageContent
    slot: Slot
    query: GlyphQuery


def with_resemblances(case: Case, files: Sequence[FileContent], context: PipelineContext) -> tuple[FileContent, ...]:
    """The content of a case, with `resemblances` of each unreadable character of the child's name.

    Args:
        case: The submission and its files.
        files: The content of its files.
        context: What the steps need at hand.
    """
    dossier = open_dossier(case, files, context.reader)
    name = normal_name(dossier.child.name)
    unread = unreadable(name, context.reader.alphabet)
    if not 0 < len(unread) <= _MOST or any(map(is_private_use, name)):
        return tuple(files)
    queries = [one for page in dossier.child_pages for one in _queries(page.content, name, context.reader)]
    return tuple(_compared(file, queries, context) for file in dossier.files)


def _compared(file: FileView, of_case: Sequence[_NameQuery], context: PipelineContext) -> FileContent:
    queries = [one for one in of_case if any(one.page is page for page in file.content.pages)]
    if not queries or file.file.digest is None:
        return file.content
    data = bytes_of(context.store, file.file.digest, limit=None)
    try:
        answers = context.readers.compare(data, tuple(one.query for one in queries), context.limits)
    except (FileRejectedError, EngineError):  # without the comparison a person decides about the name
        return file.content
    answered = [(one, answer) for one, answer in zip(queries, answers, strict=True) if answer]
    return file.content._replace(pages=tuple(_with(page, answered) for page in file.content.pages))


def _queries(page: PageContent, name: str, reader: NameContext) -> Iterator[_NameQuery]:
    """The queries for a page; none if the engine is certain of the entered name, or of another one."""
    slot = Slot(Field.NAME, Person.CHILD if page.kind is PageKind.BIRTH_CERTIFICATE else None)
    field = page.fields.get(slot)
    if field and match_name(name, field, reader.alphabet, reader.policy.names).equal is None:
        queries = queries_of(field, page.page_no, name, reader.alphabet)
        yield from (_NameQuery(page, slot, query) for query in queries)


def queries_of(field: FieldContent, page_no: int, name: str, alphabet: Collection[str]) -> tuple[GlyphQuery, ...]:
    """The queries to a name's picture: one for each unreadable character, if all others were read.

    Args:
        field: The name on a page.
        page_no: The page's number in its file.
        name: The entered name in normal form.
        alphabet: Every character that the engine can read.
    """
    quads = [quad for piece in field.pieces for quad in piece.quads]
    read = "".join(glyph.char for piece in field.pieces for glyph in piece.glyphs)
    places = stretches(name, read, unreadable(name, alphabet)).items()
    return tuple(
        GlyphQuery(page_no, _around(quads[first:end]), name[at], tuple(read[first:end])) for at, (first, end) in places
    )


def _around(quads: Sequence[Quad]) -> Quad:
    """The quad from the first to the last of several characters of one line."""
    return Quad(quads[0].top_left, quads[-1].top_right, quads[-1].bottom_right, quads[0].bottom_left)


def _with(page: PageContent, answered: Sequence[tuple[_NameQuery, Resemblance]]) -> PageContent:
    fields = dict(page.fields)
    for query, answer in answered:
        if query.page is page:
            field = fields[query.slot]
            fields[query.slot] = field._replace(resemblances=(*field.resemblances, answer))
    return page._replace(fields=fields)
