"""Checks of what the service works with: models, typefaces, store, ledger, Prefect."""

import os
import socket
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx

from models.errors import ExitCode, LedgerError, ModelsError, PipelineError, StoreError
from pipeline.extract.calibration import is_calibrated
from pipeline.glyphs.typefaces import families
from pipeline.ledger.schema import LedgerCheck, OldestItem, check_ledger
from pipeline.perceive.decode.pdf_fonts import draws_chinese
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.stores.opening import open_store
from pipeline.stores.s3_admin import check_bucket, seconds_ahead
from service.doctor.check import Check, CheckState, of_error, wrong
from service.doctor.machine import nearest
from service.prefect_api import version_at
from service.prefect_wall import address_of
from service.resources import register_secret
from service.settings import Settings

_SKEW_SECONDS: Final = 60.0
_SLOW_COMMIT_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 5.0
_OK: Final = 200


def models(settings: Settings) -> Iterator[Check]:
    """Check that every model file exists and is unaltered, and that confidence was learned from them."""
    options = settings.engine
    try:
        name = engine_kind(options.engine).name(options)
    except ModelsError as error:
        if error.hint:
            yield of_error("models", error, code=ExitCode.ENGINE)
        else:
            yield wrong("models", str(error), "Put the models back, or unset INTAKE_MODELS.", code=ExitCode.ENGINE)
    except (KeyError, ImportError, AttributeError):
        to_do = "Set INTAKE_OCR__ENGINE to openvino, onnxruntime or paddleocr."
        yield wrong("models", "There is no engine of the name that is set.", to_do, code=ExitCode.ENGINE)
    else:
        if is_calibrated(name):
            yield Check("models", CheckState.OK, "All model files are there and unaltered.")
        else:
            what = "Confidence was not learned from these models: what they read differently goes to a person."
            yield Check("models", CheckState.WARNING, what, "Learn it from specimens with bench.calibrate (ADR 15).")


def typefaces(_settings: Settings) -> Iterator[Check]:
    """Check that typefaces are installed: for pictures of rare characters, and for PDFs that lack their fonts."""
    count = len(families())
    found = f"{count} families of typefaces for rare characters are installed."
    to_do = "" if count else "Install the fonts that docs/runbook.md names: until then rare names go to a person."
    yield Check("typefaces", CheckState.OK if count else CheckState.WARNING, found, to_do)
    if draws_chinese():
        yield Check("fonts", CheckState.OK, "Chinese text of a PDF that lacks its font can be drawn.")
    else:
        found, to_do = "A PDF whose Chinese text lacks its font is refused.", "Install fonts-noto-cjk to have it read."
        yield Check("fonts", CheckState.WARNING, found, to_do)


def store(settings: Settings) -> Iterator[Check]:
    """Check that objects can be written, read and erased; of a server also its clock and versioning."""
    scheme, _, place = settings.store_at.partition(":")
    try:
        if scheme == "s3":
            yield from _server(place.strip("/"), settings)
        elif scheme == "file" and not Path(place.removeprefix("//")).exists():
            yield _to_be_made(Path(place.removeprefix("//")))
            return
        yield _probed(settings)
    except StoreError as error:
        yield of_error("store", error, code=ExitCode.STORE)


def _probed(settings: Settings) -> Check:
    """Put, get and erase an object at the root: a folder store keeps no empty folder of it."""
    opened, key, data = open_store(settings.store_at, settings.store), f"doctor-{uuid4().hex}", uuid4().bytes
    opened.put(key, data, content_type="application/octet-stream")
    try:
        same = opened.get(key, limit=len(data)) == data
    finally:
        opened.erase(key)
    if not same:
        to_do = "Check that nothing stands between us and the store."
        return wrong("store", "An object was not read as it was written.", to_do, code=ExitCode.STORE)
    return Check("store", CheckState.OK, "An object was written, read and erased.")


def _to_be_made(folder: Path) -> Check:
    above = nearest(folder.absolute())
    if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
        return Check("store", CheckState.OK, "The store's folder is not there yet, and can be made.")
    to_do = "Clear the way to it, or choose another INTAKE_STORE_URL."
    return wrong("store", "The store's folder is not there and cannot be made.", to_do, code=ExitCode.STORE)


def _server(bucket: str, settings: Settings) -> Iterator[Check]:
    skew = seconds_ahead(settings.store)
    found = f"The clocks of this machine and of the object store differ by {abs(skew):.0f} s."
    if abs(skew) > _SKEW_SECONDS:
        yield wrong("clock", found, "Set both by the same time server: signatures depend on it.", code=ExitCode.STORE)
    else:
        yield Check("clock", CheckState.OK, found)
    look = check_bucket(bucket, settings.store)
    if not look.there:
        raise StoreError("The bucket is not there", hint="run intake provision.")
    if look.versioned:
        yield Check("versions", CheckState.OK, "The bucket keeps old versions.")
    else:
        to_do = "Run intake provision: without versions what is overwritten is gone."
        yield Check("versions", CheckState.WARNING, "The bucket keeps no old versions.", to_do)


def ledger(settings: Settings) -> Iterator[Check]:
    """Check that the ledger has the current schema and our secret, and can be written; it is not changed."""
    there = settings.register_secret is not None or settings.secret_file.exists()
    try:
        look = check_ledger(settings.ledger_at, register_secret(settings) if there else None)
    except LedgerError as error:
        yield of_error("ledger", error, code=ExitCode.STORE)
        return
    yield _of_ledger(look)
    if settings.desk.port is not None:
        yield _of_people(look.people or 0)


def _of_ledger(look: LedgerCheck) -> Check:
    match look.age:
        case OldestItem.ABSENT:
            return Check("ledger", CheckState.OK, "There is no ledger yet; the first start makes it.")
        case OldestItem.OLDER:
            to_do = "Back it up: the next start brings it up to date, and older versions cannot use it afterwards."
            return Check("ledger", CheckState.WARNING, "The ledger is of an older version of this program.", to_do)
        case OldestItem.TODAYS:
            seconds = look.commit_seconds or 0.0
            found = f"The ledger can be read and written; a durable commit took {1000 * seconds:.1f} ms."
            if seconds > _SLOW_COMMIT_SECONDS:
                return Check(
                    "ledger", CheckState.WARNING, found, "Put it on a faster disk: every upload waits for commits."
                )
            return Check("ledger", CheckState.OK, found)


def _of_people(count: int) -> Check:
    found = f"{count} people may sign in at the review desk."
    if count == 0:
        to_do = "Run intake people add NAME --role reviewer; supervisors and operators too."
        return Check("people", CheckState.WARNING, found, to_do)
    return Check("people", CheckState.OK, found)


def prefect(settings: Settings) -> Iterator[Check]:
    """Check that the configured server answers; without one, that our own server can listen, or does already."""
    options = settings.prefect
    if options.api_url is not None:
        yield _answering(options.api_url, settings)
    elif _is_free(options.host, options.port):
        yield Check("prefect", CheckState.OK, "The port of our own Prefect server is free.")
    elif _is_healthy(f"{address_of(options, options.port).here}/api/health"):
        yield Check("prefect", CheckState.OK, "A Prefect server answers on our port.")
    else:
        to_do = "Set INTAKE_PREFECT__PORT to a free port; else the service takes any other."
        yield Check("prefect", CheckState.WARNING, "Another program uses the port of our own Prefect server.", to_do)


def _answering(api_url: str, settings: Settings) -> Check:
    auth = settings.prefect.auth
    try:
        theirs = version_at(api_url, auth.get_secret_value() if auth else None, proxies=settings.prefect.is_elsewhere)
    except PipelineError as error:
        return of_error("prefect", error, code=error.exit_code)
    ours = metadata.version("prefect")
    if theirs != ours:
        found = "The Prefect server is of another version than our client."
        return Check("prefect", CheckState.WARNING, found, f"Run a server of version {ours}.")
    return Check("prefect", CheckState.OK, f"The Prefect server answers, and is of our client's version {ours}.")


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=_ANSWER_SECONDS, trust_env=False).status_code == _OK
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
