"""The table of store kinds, by the scheme of the store's URL."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from models.errors import StoreError
from pipeline.stores.base import Store
from pipeline.stores.encrypted import EncryptedStore
from pipeline.stores.envelope import Keyring
from pipeline.stores.folder import FolderStore
from pipeline.stores.options import StoreOptions


def open_store(url: str, options: StoreOptions | None = None) -> Store:
    """Open the store of a URL, `file:DIR` or `s3://BUCKET`, without reading or writing anything.

    If the keyring has a key, the store encrypts objects.

    Raises:
        StoreError: The URL is of neither form.
    """
    scheme, _, place = url.partition(":")
    opener = STORES.get(scheme)
    if opener is None or not place.strip("/"):
        raise StoreError("The store's URL must be file:FOLDER or s3://BUCKET.")
    options = options or StoreOptions()
    store, sealing = opener(place, options), options.sealing
    return EncryptedStore(store, Keyring(sealing.secrets, sealing.cipher)) if sealing.secrets else store


def _folder(place: str, _options: StoreOptions) -> Store:
    return FolderStore(Path(place.removeprefix("//")))


def _s3(place: str, options: StoreOptions) -> Store:
    from pipeline.stores.s3 import S3Store

    return S3Store(place.strip("/"), options)


STORES: Mapping[str, Callable[[str, StoreOptions], Store]] = MappingProxyType({"file": _folder, "s3": _s3})
