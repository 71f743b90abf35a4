"""Submissions that are in no cache: the pages of two samples with fresh noise, upright, as JPEG."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from fixtures.truth import SAMPLES
from models.submission import MANIFEST_NAME

SEED: Final = 20261120
PAGES: Final = 6
_MODELS: Final = ("accepted-phone", "accepted-twin")  # six photographs; six flatbed scans
_QUALITY = 88


def write_submission(number: int, folder: Path) -> Path:
    """Write the submission of this number below `folder`; the same number and samples give the same bytes.

    Even numbers give photographs, odd ones flatbed scans.
    """
    source = SAMPLES / _MODELS[number % len(_MODELS)]
    manifest = json.loads((source / MANIFEST_NAME).read_bytes())
    target = folder / f"speed-{number:04d}"
    target.mkdir(parents=True)
    for page, file in enumerate(manifest["files"]):
        data = noisy((source / file["path"]).read_bytes(), np.random.default_rng((SEED, number, page)))
        (target / file["path"]).write_bytes(data)
    content = json.dumps({**manifest, "submission_id": target.name}, ensure_ascii=False)
    (target / MANIFEST_NAME).write_text(content, "utf-8")
    return target


def noisy(data: bytes, rng: np.random.Generator) -> bytes:
    """The picture with noise of at most one grey level in each channel, upright, encoded again."""
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"), np.int16)
    changed = np.clip(pixels + rng.integers(-1, 2, pixels.shape), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(changed).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def pages_of(folder: Path) -> tuple[Path, ...]:
    """The pages of a submission, in the order of its manifest."""
    manifest: Mapping[str, list[Mapping[str, str]]] = json.loads((folder / MANIFEST_NAME).read_bytes())
    return tuple(folder / file["path"] for file in manifest["files"])
