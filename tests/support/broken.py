"""Workplaces with one thing broken on purpose: each makes it in a folder, and hands on the settings that it changes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pydantic import SecretStr

from pipeline.ledger.ledger import open_ledger
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.weights import find_weights
from pipeline.stores.options import StoreOptions
from service.options import PrefectOptions
from service.resources import register_secret
from service.settings import Settings
from tests.support.foreign_models import stripes
from tests.support.processes import free_port
from tests.support.values import SECRET

Broken = Callable[[Path], dict[str, object]]
KEYS = {"access_key": SecretStr("a"), "secret_key": SecretStr("canary")}


def an_empty_folder(folder: Path) -> dict[str, object]:
    return {"models": folder}


def a_flipped_bit(folder: Path) -> dict[str, object]:
    model = find_weights(None, folder / "cache").recognition / "inference.onnx"
    data = bytearray(model.read_bytes())
    data[1000] ^= 1
    model.write_bytes(data)
    return {"ocr": OcrOptions(cache=folder / "cache")}


def models_of_another_family(folder: Path) -> dict[str, object]:
    return {"ocr": OcrOptions(engine="paddleocr"), "models": stripes(folder / "models")}


def models_of_another_size(folder: Path) -> dict[str, object]:
    return {"models": stripes(folder / "models")}


def an_engine_of_no_name(_folder: Path) -> dict[str, object]:
    return {"ocr": OcrOptions(engine="canary")}


def a_file_where_the_store_is(folder: Path) -> dict[str, object]:
    (folder / "store").write_text("")
    return {}


def a_file_above_the_store(folder: Path) -> dict[str, object]:
    (folder / "file").write_text("")
    return {"store_url": f"file:{folder}/file/store"}


def a_store_of_no_kind(_folder: Path) -> dict[str, object]:
    return {"store_url": "ftp://canary"}


def no_server(_folder: Path) -> dict[str, object]:
    options = StoreOptions(endpoint=f"127.0.0.1:{free_port()}", secure=False, retries=0, **KEYS)
    return {"store_url": "s3://bucket", "store": options}


def a_ledger(folder: Path) -> dict[str, object]:
    settings = Settings(workspace=folder)
    open_ledger(settings.ledger_at, register_secret(settings)).close()
    return {}


def a_ledger_of(version: str) -> Broken:
    def make(folder: Path) -> dict[str, object]:
        a_ledger(folder)
        with closing(sqlite3.connect(folder / "ledger.db")) as connection:
            connection.execute("UPDATE ledger_version SET version_num = ?", (version,))
            connection.commit()
        return {}

    return make


def a_ledger_and_another_secret(folder: Path) -> dict[str, object]:
    a_ledger(folder)
    return {"register_secret": SecretStr(SECRET.hex())}


def a_ledger_without_its_secret(folder: Path) -> dict[str, object]:
    a_ledger(folder)
    (folder / "register.secret").unlink()
    return {}


def a_ledger_that_is_none(folder: Path) -> dict[str, object]:
    (folder / "ledger.db").write_bytes(b"canary" * 1000)
    return {}


def a_secret_that_is_none(folder: Path) -> dict[str, object]:
    a_ledger(folder)
    (folder / "register.secret").write_text("canary")
    return {}


def a_secret_for_everybody(folder: Path) -> dict[str, object]:
    a_ledger(folder)
    (folder / "register.secret").chmod(0o644)
    return {}


def a_password_for_everybody(folder: Path) -> dict[str, object]:
    (folder / "prefect.secret").write_text("intake:canary")
    return {}


def a_bad_policy(folder: Path) -> dict[str, object]:
    (folder / "policy.yaml").write_text("newborn_dais: 3")
    return {"policy_file": folder / "policy.yaml"}


def no_prefect(_folder: Path) -> dict[str, object]:
    return {"prefect": PrefectOptions(api_url=f"http://127.0.0.1:{free_port()}/api")}


def nothing(_folder: Path) -> dict[str, object]:
    return {}
