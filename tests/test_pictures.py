"""Pictures for people: framed, kept in the store, and only where something can be shown."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.case import Case, StoredFile
from models.documents import PageKind
from models.geometry import Box, Quad
from models.policy import Limits, Policy
from models.result import PageOutcome
from pipeline.desk import Desk
from pipeline.ledger.opening import open_ledger
from pipeline.ocr.options import OcrOptions, ReaderOptions
from pipeline.pictures import keep_pictures
from pipeline.readers import Readers
from pipeline.scene.overlay import Mark, Meaning, draw_marks
from pipeline.stores.content import keep_bytes
from pipeline.stores.folder import FolderStore
from tests.support import values

BOX = Box(40, 30, 120, 60)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}")
    with Readers(OcrOptions(), ReaderOptions(processes=1)) as readers:
        yield Desk(ledger, FolderStore(folder / "store"), readers, Policy(), Limits())
    ledger.close()


def white_page() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(held, "PNG")
    return held.getvalue()


def outcome(path: str) -> PageOutcome:
    kind = PageKind.OTHER
    return PageOutcome(file=path, page_no=1, kind=kind, legible=True, rotation=0, quad=Quad.of_box(Box(0, 0, 9, 9)))


@pytest.mark.parametrize(
    ("meaning", "red_over_blue"),
    [pytest.param(Meaning.FOUND, True, id="findings are red"), pytest.param(Meaning.READ, False, id="fields are blue")],
)
def test_a_frame_stands_around_its_box(meaning: Meaning, red_over_blue: bool) -> None:
    data = draw_marks(np.full((100, 200, 3), 255, np.uint8), (Mark(BOX, meaning),))
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    edge = picture[45, BOX.left - 4]
    assert bool(edge[0] > edge[2]) is red_over_blue
    assert picture[45, 80].min() > 240  # what is framed stays to be read


def test_a_large_page_is_made_smaller_and_its_frames_with_it() -> None:
    data = draw_marks(np.full((1000, 3200, 3), 255, np.uint8), (Mark(Box(1600, 400, 2000, 600), Meaning.FOUND),))
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert picture.shape == (500, 1600, 3)
    assert picture[250, 796].min() < 200


def test_pages_are_kept_and_broken_ones_left_out(desk: Desk) -> None:
    digests = {
        "a.png": keep_bytes(desk.store, white_page()),
        "b.png": keep_bytes(desk.store, b"no picture"),
        "c.png": None,
    }
    files = tuple(StoredFile(path=path, hint=None, digest=digest, size=1) for path, digest in digests.items())
    case = Case(submission=values.submission("s"), revision=1, files=files, input_digest="cd" * 32)
    pages = tuple(outcome(path) for path in digests)
    kept = keep_pictures(case, values.result(case).model_copy(update={"pages": pages}), desk)
    assert list(kept) == [("a.png", 1)]
    picture = Image.open(io.BytesIO(desk.store.get(kept["a.png", 1], limit=None)))
    assert picture.size == (200, 100)
    assert Path(kept["a.png", 1]).suffix == ".jpg"
