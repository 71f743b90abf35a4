"""Cases composed of pages that were read once: a choice of them is judged in milliseconds."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple, TypeVar

import numpy as np
from rich.progress import track

from bench.cases import hint_of, judged_content, leaves
from bench.readings import Library, Scan, ahead
from bench.tables import errors
from fixtures.people.family import Family
from fixtures.pictures.files import FileSpec, content
from fixtures.pictures.picture import Leaf
from fixtures.specimens.application import application, typed_child, typed_guardian
from fixtures.specimens.dressing import Wardrobe, dressed, scene, wardrobe
from fixtures.truth import Split
from models.case import StoredFile
from models.codes import Severity
from models.content import FileContent
from models.documents import DocumentKind
from models.findings import Code, Reason
from models.register import KnownChild
from models.result import Decision, Judgement
from models.submission import EnteredChild, Guardian
from pipeline.extract.extraction import extract_files
from pipeline.judge.name_match import NameContext

K = TypeVar("K")
_AHEAD: Final = 4


class ReadFile(NamedTuple):
    """A file of one page, and its content."""

    file: StoredFile
    content: FileContent

    def sent_as(self, path: str, hint: DocumentKind | None) -> "ReadFile":
        """The same bytes under another name and with another hint."""
        return self._replace(file=self.file.model_copy(update={"path": path, "hint": hint}))


class Applicant(NamedTuple):
    """A family, how its papers look, and the pages that it must send."""

    family: Family
    kit: Wardrobe
    pages: Mapping[Leaf, ReadFile]

    def judged(
        self,
        files: Iterable[ReadFile],
        reader: NameContext,
        *,
        child: EnteredChild | None = None,
        guardian: Guardian | None = None,
        known: Collection[KnownChild] = (),
    ) -> Judgement:
        """Judge an application of this family with these files, typed in rightly where nothing else is given."""
        sent = tuple(files)
        named = tuple(FileSpec(path=one.file.path, hint=one.file.hint) for one in sent)
        whose = guardian or typed_guardian(self.family)
        typed = application("composed", child or typed_child(self.family), whose, named)
        stored = tuple(one.file for one in sent)
        return judged_content(typed, stored, tuple(one.content for one in sent), reader, known)

    def without(self, *left_out: Leaf) -> tuple[ReadFile, ...]:
        """The pages but for these."""
        return tuple(page for leaf, page in self.pages.items() if leaf not in left_out)


def applicant(shelf: Library, family: Family, seed: int) -> Applicant:
    """Draw and read the pages of a family, on any stocks and grounds of the test split."""
    rng = np.random.default_rng((seed, 1))
    kit = wardrobe(Split.TEST, family, rng)
    drawn = ((leaf, page_file(kit, leaf, rng)) for leaf in leaves(family))
    return Applicant(family, kit, dict(read(shelf, drawn)))


def good_applicants(shelf: Library, families: Iterable[Family], count: int) -> tuple[tuple[Applicant, ...], int]:
    """The first families whose complete application is accepted, and how many were tried."""
    tried, good = 0, list[Applicant]()
    for seed, family in enumerate(track(islice(families, 4 * count), "families", total=count, console=errors)):
        tried = seed + 1
        one = applicant(shelf, family, seed)
        if one.judged(one.pages.values(), shelf.reader).decision is Decision.ACCEPTED:
            good.append(one)
        if len(good) == count:
            break
    return tuple(good), tried


def page_file(kit: Wardrobe, leaf: Leaf, rng: np.random.Generator, **change: object) -> FileSpec:
    """A page of a family in a file of its own, with the right hint; see `fixtures.scenes.paper.Paper` for changes."""
    picture = scene(kit, (dressed(kit, leaf, rng, **change),), rng)
    return FileSpec(path=f"{leaf}.jpg", hint=hint_of(leaf), pages=(picture,))


def read(shelf: Library, drawn: Iterable[tuple[K, FileSpec]]) -> Iterator[tuple[K, ReadFile]]:
    """Read files under their keys; the next ones are drawn meanwhile."""
    begun = ((key, shelf.start([Scan(file.path, file.hint, content(file))])) for key, file in drawn)
    for key, started in ahead(begun, _AHEAD):
        reading = started[0].finish()
        yield key, ReadFile(reading.file, extract_files((reading,))[0])


def blockers(judgement: Judgement) -> frozenset[tuple[Code, Reason]]:
    """What keeps a case from being accepted."""
    return frozenset((one.code, one.reason) for one in judgement.findings if one.severity is not Severity.WARNING)


def said(judgement: Judgement) -> str:
    """The findings of a case in one row of a table."""
    return ", ".join(sorted(f"{code}/{reason}" for code, reason in blockers(judgement)))
