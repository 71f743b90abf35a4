"""The steps of a case in their order: take in what came, read its pages, judge it, conclude.

Each step can be taken again: bytes and readings are kept by content, and a conclusion is one transaction.
"""

import hashlib
import time
from collections.abc import Iterator
from datetime import datetime
from unicodedata import normalize

from models.case import Case, FileReading, Lease, ReadPage, StoredFile
from models.content import Content
from models.errors import (
    BadManifestError,
    FileRejectedError,
    IncompleteUploadError,
    ManifestMissingError,
    ManifestProblem,
    ObjectMissingError,
)
from models.result import Result
from models.submission import MANIFEST_NAME, Submission, SubmittedFile, parse_manifest
from pipeline.cases.conclude import JudgedCase, judge_case, record
from pipeline.cases.context import PipelineContext
from pipeline.cases.rare_names import with_resemblances
from pipeline.cases.read_files import start_file
from pipeline.extract.extraction import CONTENT_VERSION, extract_files
from pipeline.stores.base import Store
from pipeline.stores.content import keep_bytes

_MANIFEST_BYTES = 1024 * 1024
_KEPT_TIMES = 4  # times the size limit; larger files are neither read into memory nor copied


def take_in(
    source: Store, folder: str, context: PipelineContext, *, whole: bool = False, arrived_at: datetime | None = None
) -> Case:
    """Take in a submission: its manifest, and the bytes of every file that it names, kept by content.

    Args:
        source: The store into which the parent's app uploaded it.
        folder: The key of the submission's folder; "" for the root of the store.
        context: What the steps need at hand.
        whole: Take nothing in while a file is missing. Else the case is opened without the file, and gets code 1001.
        arrived_at: When the upload was heard of; now if None.

    Raises:
        BadManifestError: The manifest is not a submission.
        IncompleteUploadError: A file is missing.
        ManifestMissingError: There is no manifest.
        StoreDownError: A store did not answer.
    """
    submission = parse_manifest(_manifest(source, folder))
    if whole and not all(_has_arrived(source, folder, file) for file in submission.files):
        raise IncompleteUploadError("A file that the manifest names has not arrived yet", hint="wait for it.")
    files = tuple(_keep(source, folder, file, context) for file in submission.files)
    return context.ledger.cases.open(submission, files, _input_digest(submission, files), arrived_at)


def perceive_case(case: Case, context: PipelineContext, *, engine: str | None = None) -> Iterator[FileReading]:
    """Read every page of a case: measure its quality, recognise its text; pages with kept readings are not read again.

    Yields the files in order. All pages are started before the first is waited for: every reading process is busy.

    Args:
        case: What came in.
        context: What the steps need at hand.
        engine: Take kept readings of this engine; today's if None.

    Raises:
        ModelsError: A model is missing or altered.
        StoreError: The store failed.
        LedgerError: The ledger failed.
    """
    started = [start_file(file, context, engine or context.readers.engine) for file in case.files]
    for file in started:
        yield file.finish()


def judge(case: Case, files: tuple[FileReading, ...], context: PipelineContext, *, began: float) -> JudgedCase:
    """Extract what the pages say, keep it, and judge the case by it and by the register of children.

    Args:
        case: What came in.
        files: What was read of it.
        context: What the steps need at hand.
        began: When work on the case began, by `time.monotonic`.

    Raises:
        LedgerError: The ledger failed.
    """
    content = content_of(case, files, context)
    context.ledger.cases.keep_content(case, content)
    return judge_case(case, content, context.ledger, context.reader, began=began)


def conclude(judged: JudgedCase, context: PipelineContext, lease: Lease | None = None) -> Result:
    """Record what follows from a judged case.

    Args:
        judged: The case.
        context: What the steps need at hand.
        lease: Of the inbox item that the case came from; finished in the same transaction as the case.

    Raises:
        LostLeaseError: Another worker took the case over; no result was recorded.
        LedgerError: The ledger failed; no result was recorded.
    """
    return record(judged, context.ledger, context.reader, lease)


def content_of(case: Case, files: tuple[FileReading, ...], context: PipelineContext) -> Content:
    """What the pages of a case say, extracted from their readings."""
    said = with_resemblances(case, extract_files(files), context)
    return Content(_engine_of(files, context), CONTENT_VERSION, said)


def process(source: Store, folder: str, context: PipelineContext) -> Result:
    """Take all steps of a submission, one after the other."""
    began = time.monotonic()
    case = take_in(source, folder, context)
    files = tuple(perceive_case(case, context))
    return conclude(judge(case, files, context, began=began), context)


def _manifest(source: Store, folder: str) -> bytes:
    try:
        return source.get(_key(folder, MANIFEST_NAME), limit=_MANIFEST_BYTES)
    except ObjectMissingError as error:
        raise ManifestMissingError(f"There is no {MANIFEST_NAME} there.") from error
    except FileRejectedError as error:
        raise BadManifestError((ManifestProblem("$", f"is larger than {_MANIFEST_BYTES} bytes"),)) from error


def _key(folder: str, path: str) -> str:
    return f"{folder.rstrip('/')}/{path}" if folder else path


def _has_arrived(source: Store, folder: str, file: SubmittedFile) -> bool:
    key = _key(folder, file.path)
    try:
        source.stat(key)
    except ObjectMissingError:
        return _written_otherwise(source, key) is not None
    return True


def _written_otherwise(source: Store, key: str) -> str | None:
    """The key of a file whose name is the same in NFC: iOS and macOS write letters and their accents apart."""
    if key.isascii():
        return None
    wanted, folder = normalize("NFC", key), key.rpartition("/")[0]
    there = (found.key for found in source.list(f"{folder}/" if folder else ""))
    return next((key for key in there if normalize("NFC", key) == wanted), None)


def _keep(source: Store, folder: str, file: SubmittedFile, context: PipelineContext) -> StoredFile:
    """Keep a file's bytes, whatever they are; reading the file later finds out whether it can be opened."""
    key, most = _key(folder, file.path), _KEPT_TIMES * context.limits.bytes
    try:
        data = _bytes_of(source, key, most)
    except ObjectMissingError:
        return StoredFile(path=file.path, hint=file.kind, digest=None, size=0)
    except FileRejectedError:
        return StoredFile(path=file.path, hint=file.kind, digest=None, size=most + 1)
    return StoredFile(path=file.path, hint=file.kind, digest=keep_bytes(context.store, data), size=len(data))


def _bytes_of(source: Store, key: str, most: int) -> bytes:
    try:
        return source.get(key, limit=most)
    except ObjectMissingError:
        other = _written_otherwise(source, key)
        if other is None:
            raise
        return source.get(other, limit=most)


def _input_digest(submission: Submission, files: tuple[StoredFile, ...]) -> str:
    parts = [submission.model_dump_json(by_alias=True), *(f"{file.path}\0{file.digest}" for file in files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _engine_of(files: tuple[FileReading, ...], context: PipelineContext) -> str:
    """Which engine the readings of a case come from; today's, if nothing was read."""
    read = (page for file in files for page in file.pages if isinstance(page, ReadPage))
    return next((reading.engine for page in read for reading in page.readings), context.readers.engine)
