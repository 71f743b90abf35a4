"""Sealed stores in a folder, under an old key and a new one."""

from pathlib import Path

from pydantic import SecretStr

from pipeline.stores.encrypted import EncryptedStore
from pipeline.stores.opening import open_store
from pipeline.stores.options import CipherName, SealingOptions, StoreOptions

OLD, NEW = "0a" * 32, "0b" * 32
SCAN = b"plain bytes of a scan " * 400
TYPE = "image/jpeg"


def sealed_at(folder: Path, keyring: str = OLD, cipher: CipherName = CipherName.SM4) -> EncryptedStore:
    """A store in a folder that encrypts under the first of these keys."""
    sealing = SealingOptions(keyring=SecretStr(keyring), cipher=cipher)
    store = open_store(f"file:{folder}", StoreOptions(sealing=sealing))
    assert isinstance(store, EncryptedStore)
    return store


def everything(folder: Path) -> bytes:
    """All bytes of all files below a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
