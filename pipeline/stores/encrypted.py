"""A store that encrypts objects under the hospital's keys, around any other store.

Objects in the inbox come from other systems and stay plain; objects from before the first key are read as they are.
"""

from collections.abc import Iterator

from models.errors import FileRejectedError, ObjectMissingError, StoreDownError, StoreError
from models.findings import Reason
from models.submission import INBOX
from pipeline.stores.base import ObjectInfo, Store, checked_key
from pipeline.stores.envelope import ADDED, HEADER, DamagedError, Header, Keyring

_CONTENT_TYPE = "application/octet-stream"  # of every encrypted object: its true type would tell about its content


class EncryptedStore:
    """Encrypts on put and decrypts on get; sizes are those of the plain bytes.

    Sizes come from the header of each object, without a key.
    """

    def __init__(self, within: Store, keyring: Keyring) -> None:
        self._within, self._keyring = within, keyring

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        """Encrypt and store the bytes; below the inbox store them plain."""
        if _is_plain(checked_key(key)):
            return self._within.put(key, data, content_type=content_type)
        header, envelope = self._keyring.seal(key, data)
        return _plain_info(self._within.put(key, envelope, content_type=_CONTENT_TYPE), header)

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Read and decrypt an object; the limit counts plain bytes, and a larger object is not read whole.

        Raises:
            DamagedError: The object was altered, truncated, or moved here from another key.
            StoreError: The object was encrypted under a key that is not in the keyring.
        """
        if _is_plain(checked_key(key)):
            return self._within.get(key, limit=limit)
        envelope = self._within.get(key, limit=None if limit is None else limit + ADDED)
        header = Header.of(envelope, key)
        data = envelope if header is None else self._keyring.open(key, header, envelope)
        if limit is not None and len(data) > limit:
            raise FileRejectedError(Reason.TOO_LARGE)
        return data

    def peek(self, key: str, /, *, size: int) -> bytes:
        """The first plain bytes of an object; reads all of it, because the tag at its end authenticates them."""
        return self.get(key, limit=None)[:size]

    def stat(self, key: str, /) -> ObjectInfo:
        """Describe an object."""
        return self._plain_info(self._within.stat(checked_key(key)))

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """List objects; those that vanish meanwhile are left out."""
        for info in self._within.list(prefix):
            try:
                yield self._plain_info(info)
            except ObjectMissingError:
                continue

    def delete(self, key: str, /) -> None:
        """Remove an object; no key is needed."""
        self._within.delete(key)

    def erase(self, key: str, /) -> None:
        """Remove every version of an object; no key is needed."""
        self._within.erase(key)

    def reseal(self) -> Iterator[str]:
        """Encrypt every object again that is plain, or under an older key or another cipher; yields its key.

        After an interruption another call continues. Nothing may erase objects meanwhile: an object that is erased
        between read and write would come back.

        Raises:
            StoreDownError: The store did not answer.
            StoreError: An object could not be decrypted; all others are encrypted anew.
        """
        broken: list[StoreError] = []
        for info in self._within.list(""):
            try:
                if not _is_plain(info.key) and self._is_old(info.key):
                    self.put(info.key, self.get(info.key, limit=None), content_type=_CONTENT_TYPE)
                    yield info.key
            except StoreDownError:
                raise
            except StoreError as error:
                broken.append(error)
        if broken:
            raise broken[0]

    def _is_old(self, key: str) -> bool:
        header = Header.of(self._within.peek(key, size=HEADER), key)
        return header is None or not self._keyring.is_newest(header)

    def _plain_info(self, info: ObjectInfo) -> ObjectInfo:
        if _is_plain(info.key):
            return info
        try:
            return _plain_info(info, Header.of(self._within.peek(info.key, size=HEADER), info.key))
        except DamagedError:  # can be listed, and erased
            return info


def _is_plain(key: str) -> bool:
    return key.startswith(INBOX)


def _plain_info(info: ObjectInfo, header: Header | None) -> ObjectInfo:
    if header is None or info.size < ADDED:
        return info
    return info.model_copy(update={"size": info.size - ADDED, "etag": header.print_.hex()})
