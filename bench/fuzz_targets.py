"""The fuzzing targets: decoders in a sandboxed process, as in production, and parsers of external text."""

import json
import os
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import psutil
from pebble import ProcessExpired

from bench.fuzz_mutations import mutated, mutated_json
from bench.fuzz_structures import jpegs, mutated_objects, mutated_segments, pdf_pictures
from models.errors import BadManifestError, BadNotificationError, FileRejectedError
from models.policy import Limits
from models.submission import parse_manifest
from pipeline.events.notification import created_objects, tokens_of
from pipeline.perceive.decode.pages import count_pages, decode
from pipeline.perceive.ocr.options import ReaderOptions
from pipeline.workers.process_pool import WorkerProcesses
from tests.support import files, hostile_images, hostile_pdfs

LIMITS: Final = Limits(
    pixels=4_000_000, pages=8
)  # small, so that an input that needs much memory is not an ordinary picture
SECONDS: Final = 10.0  # wall-clock limit for one input
MEGABYTES: Final = 768  # of the whole process: 512, and what it holds when it starts
FAILED: Final = ("uncoded", "timeout", "memory", "slow")
_KILOBYTES: Final = 1024
_DIGITS: Final = re.compile(r"0x[0-9a-f]+|\d+|b'.*?'")


class Seen(NamedTuple):
    """The result of one input.

    Attributes:
        outcome: `read`, the reason of a refusal, `crash`, or one of FAILED.
        way: The outcome and its details; an input with new details joins the corpus.
        crashes: Processes that the input crashed.
    """

    outcome: str
    way: str
    seconds: float
    megabytes: float = 0.0
    crashes: int = 0


class Trial(Protocol):
    """Tries inputs, one after another."""

    def __call__(self, data: bytes, /) -> Seen:
        """What becomes of this one."""
        ...


class Target(NamedTuple):
    """A fuzzing target with its initial inputs."""

    name: str
    seeds: Callable[[], Sequence[bytes]]
    mutate: Callable[..., bytes]
    parse: Callable[[bytes], str] | None = None  # None for files, which are decoded in another process


class Decoder:
    """Decodes files in a child process; use it as a context, which ends the process."""

    def __init__(self) -> None:
        self._processes = WorkerProcesses(ReaderOptions(processes=1, pages_per_process=5000))

    def __call__(self, data: bytes, /) -> Seen:
        """Count the pages and decode them, as production does."""
        began = time.monotonic()
        try:
            seen: Seen = self._processes.begin(decoded, data, seconds=SECONDS).result()
        except FileRejectedError as error:  # the budget ended the process
            return Seen(error.reason, f"{error.reason} by its budget", time.monotonic() - began, crashes=1)
        except ProcessExpired as error:  # twice; production calls it 系统故障/engine_crash
            return Seen("crash", f"crash {error.exitcode}", time.monotonic() - began, crashes=2)
        except FutureTimeoutError:
            return Seen("timeout", "timeout", time.monotonic() - began)
        if seen.megabytes > MEGABYTES:
            return seen._replace(outcome="memory")
        return seen

    def close(self) -> None:
        """End the process."""
        self._processes.close()


def decoded(data: bytes) -> Seen:
    """Count the pages of a file and decode each, in this process."""
    _hush()
    began = time.process_time()
    try:
        shapes = [decode(data, page_no=page_no, limits=LIMITS).shape for page_no in range(1, _count(data) + 1)]
        outcome, way = (
            "read",
            f"read {len(shapes)} {[(height.bit_length(), w.bit_length()) for height, w, _ in shapes]}",
        )
    except FileRejectedError as error:
        outcome, way = str(error.reason), f"{error.reason} {_plain(error.__cause__)}"
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is what is looked for
        outcome, way = "uncoded", f"uncoded {_plain(error)}"
    return Seen(outcome, way, time.process_time() - began, _peak())


def _peak() -> float:
    """Peak megabytes of this process; getrusage would include those of its parent."""
    rows = dict(row.split(":", maxsplit=1) for row in Path("/proc/self/status").read_text("ascii").splitlines())
    return int(rows["VmHWM"].removesuffix("kB")) / _KILOBYTES


def parsed(parse: Callable[[bytes], str], data: bytes) -> Seen:
    """Parse a text, in this process."""
    began = time.process_time()
    try:
        way = f"read {parse(data)}"
    except BadManifestError as error:
        way = f"refused {sorted({_DIGITS.sub('#', found.problem) for found in error.problems})[:2]}"
    except BadNotificationError as error:
        way = f"refused {_plain(error)}"
    except Exception as error:  # noqa: BLE001 - as above
        way = f"uncoded {_plain(error)}"
    seconds = time.process_time() - began
    outcome = "slow" if seconds > 1 else way.split(maxsplit=1)[0]
    return Seen(outcome, way, seconds, psutil.Process().memory_info().rss / 2**20)


@cache
def _hush() -> None:
    """Silence libtiff's warnings about these files."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _count(data: bytes) -> int:
    return count_pages(data, LIMITS)


def _plain(error: BaseException | None) -> str:
    """An error's text without its numbers."""
    return f"{type(error).__name__} {_DIGITS.sub('#', str(error))[:120]}"


def _images() -> Sequence[bytes]:
    sheets = [files.encoded(files.sheet(mode), "PNG") for mode in ("RGB", "P", "L", "1", "RGBA", "LA")]
    jpegs = [files.encoded(files.sheet(mode), "JPEG", progressive=mode == "L") for mode in ("RGB", "L", "CMYK")]
    webps = [files.encoded(files.sheet(mode), "WEBP", lossless=mode == "RGBA") for mode in ("RGB", "RGBA")]
    odd = [files.oriented(6), files.animation("PNG"), files.animation("WEBP"), hostile_images.motion_photo(),
           hostile_images.looping_exif(), hostile_images.located(), hostile_images.web_page_jpeg()]  # fmt: skip
    return [*sheets, *jpegs, *webps, *odd]


def _tiffs() -> Sequence[bytes]:
    packings = ("group4", "group3", "tiff_lzw", "jpeg", "tiff_adobe_deflate", "packbits", "raw")
    modes = ("1", "1", "RGB", "RGB", "L", "CMYK", "P")
    packed = [
        files.encoded(files.sheet(mode), "TIFF", compression=one) for mode, one in zip(modes, packings, strict=True)
    ]
    return [*packed, files.tiff(3), files.looping_tiff(), hostile_images.tiled_tiff(64, 64, 16)]


def _pdfs() -> Sequence[bytes]:
    scanned = BytesIO()
    files.sheet().save(scanned, "PDF")
    drawn = [hostile_pdfs.drawn_pdf(hidden=False), hostile_pdfs.active_pdf(), hostile_pdfs.doubling_pdf(5)]
    vast = hostile_pdfs.vast_image_pdf(64, claimed_only=True)
    plain = [files.pdf((72, 144), (144, 72)), files.looping_pdf(), files.locked_pdf(""), files.pdf()]
    return [scanned.getvalue(), vast, *drawn, *plain]


def _events() -> Sequence[bytes]:
    s3 = {"bucket": {"name": "uploads"}, "object": {"key": "case-1/submission.json", "sequencer": "0A"}}
    record = {
        "eventVersion": "2.2",
        "eventSource": "ceph:s3",
        "eventName": "ObjectCreated:Put",
        "s3": s3,
        "opaqueData": "x",
    }
    minio = {"EventName": "s3:ObjectCreated:Put", "Key": "uploads/case-1/a b.jpg", "Records": [record]}
    queued = {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(minio)}]}
    bus = {"detail-type": "Object Created", "detail": s3}
    bodies = [{"Records": [record]}, minio, queued, {"Message": json.dumps(queued)}, bus, [record]]
    return [json.dumps(body).encode() for body in bodies]


def _manifests() -> Sequence[bytes]:
    child = {
        "name": "欧阳靖萱",
        "sex": "女",
        "birth_date": "2019-11-23",
        "id_type": "household_register",
        "id_number": None,
    }
    guardian = {"name": "欧阳明", "relation": "father", "phone": "13800000000"}
    schema, submitted_at = "child-intake/submission@1", "2026-11-20T09:30:00+08:00"
    manifest = {"schema": schema, "submission_id": "a", "submitted_at": submitted_at, "child": child,
                "guardian": guardian, "files": [{"path": "a.jpg", "kind": "id_card"}]}  # fmt: skip
    return [json.dumps(manifest).encode(), json.dumps(manifest, ensure_ascii=False).encode()]


def _notified(data: bytes) -> str:
    named = created_objects(data)
    "".join(one.bucket + one.key for one in named).encode()  # as every caller that asks the store for the object does
    return f"{min(len(named), 3)} {min(len(tokens_of(data)), 3)}"


def _submitted(data: bytes) -> str:
    return f"{len(parse_manifest(data).files)}"


TARGETS: Final = (
    Target("images", _images, mutated),
    Target("tiff", _tiffs, mutated),
    Target("pdf", _pdfs, mutated),
    Target("pdf-objects", pdf_pictures, mutated_objects),
    Target("jpeg-segments", jpegs, mutated_segments),
    Target("events", _events, mutated_json, _notified),
    Target("manifests", _manifests, mutated_json, _submitted),
)
