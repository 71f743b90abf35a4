"""Cases in the review queue of a desk: processed as the product does, from scripted pages."""

import json
from typing import Final

from models.policy import Limits, Policy, ReviewSampling
from models.reading import PageReading
from models.result import Result
from models.submission import MANIFEST_NAME
from pipeline.cases.context import PipelineContext as Workplace
from pipeline.cases.steps import process
from pipeline.stores.folder import FolderStore
from tests.support.cards import CHILD_NUMBER, FATHER_NUMBER, emblem, father, home, member, portrait
from tests.support.desk import Desk
from tests.support.dossiers import CHILD
from tests.support.lines import Ink
from tests.support.scripted import ScriptedReaders
from tests.support.uploads import manifest_of

# Values that the desk masks until the reviewer gives a reason; parents name files after children.
CANARIES: Final = ("靖萱", "靖宣", "欧阳明", CHILD_NUMBER, FATHER_NUMBER, "梧桐路")
DOUBTFUL: Final = member({"姓名": Ink("欧阳靖宣", sure=0.6, others={3: {"萱": 0.3, "宜": 0.1}})})
OTHER: Final = member({"姓名": Ink("欧阳靖宣")})
CLEAR: Final = member()
UNDRAWN: Final = ReviewSampling(share=0)
DRAWN: Final = ReviewSampling(share=1)


def laid(
    desk: Desk,
    name: str = "case-1",
    page: PageReading = DOUBTFUL,
    *,
    looks: ReviewSampling = UNDRAWN,
    picture: bytes = b"",
) -> Result:
    """Process the family's case with this child's page; every file is `picture`, or cannot be opened."""
    pages = (portrait(), emblem(), home(), father(), page)
    files = {f"{name}-{CHILD.name}-{number}.jpg": one for number, one in enumerate(pages, start=1)}
    script = {_bytes(picture, path): one for path, one in files.items()}
    inbox = FolderStore(desk.settings.workspace / "inbox")
    for path in files:
        inbox.put(f"{name}/{path}", _bytes(picture, path), content_type="image/jpeg")
    manifest = manifest_of(name, files=[{"path": path} for path in files])
    inbox.put(f"{name}/{MANIFEST_NAME}", json.dumps(manifest).encode(), content_type="application/json")
    workplace = Workplace(desk.ledger, desk.store, ScriptedReaders(script), Policy(looks=looks), Limits())
    return process(inbox, name, workplace)


def _bytes(picture: bytes, path: str) -> bytes:
    """Unique bytes for each file, since readings are kept by content; decoders ignore the appended bytes."""
    return picture + path.encode()
