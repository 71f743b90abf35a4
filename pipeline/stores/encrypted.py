"""Objects that nobody reads without the hospital's keys, in whichever store.

What lies in the inbox was put there by others, and is read as it is. So is an object from before there was a key.
"""

from collections.abc import Iterator

from models.errors import FileRejectedError, ObjectMissingError, StoreDownError, StoreError
from models.findings import Reason
from models.submission import INBOX
from pipeline.stores.base import ObjectInfo, Store, checked_key
from pipeline.stores.envelope import ADDED, HEADER, DamagedError, Header, Keyring

_CONTENT_TYPE = "application/octet-stream"  # of every sealed object: what it shows is nobody's business


class EncryptedStore:
    """A store around another one: it seals what is put, opens what is read, and tells sizes of plain bytes.

    To tell a size, the beginning of an object is read; to tell it no key is needed.
    """

    def __init__(self, within: Store, keyring: Keyring) -> None:
        self._within, self._keyring = within, keyring

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        """Seal the bytes and put them; below the inbox as they are."""
        if _is_plain(checked_key(key)):
            return self._within.put(key, data, content_type=content_type)
        header, envelope = self._keyring.seal(key, data)
        return _plain_info(self._within.put(key, envelope, content_type=_CONTENT_TYPE), header)

    def get(self, key: str, /, *, limit: int | None) -> bytes:
        """Read and open an object; a limit is of plain bytes, and what is larger is not read whole.

        Raises:
            DamagedError: It was altered, cut short, or is another object's.
            StoreError: It was sealed under a key that is not in the ring.
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
        """The first bytes of an object, as plain ones; all of it is read, since its end tells whether they are true."""
        return self.get(key, limit=None)[:size]

    def stat(self, key: str, /) -> ObjectInfo:
        """Look at an object."""
        return self._told(self._within.stat(checked_key(key)))

    def list(self, prefix: str, /) -> Iterator[ObjectInfo]:
        """List objects; what vanishes meanwhile is left out."""
        for info in self._within.list(prefix):
            try:
                yield self._told(info)
            except ObjectMissingError:
                continue

    def delete(self, key: str, /) -> None:
        """Remove an object; no key is needed."""
        self._within.delete(key)

    def erase(self, key: str, /) -> None:
        """Remove every version of an object; no key is needed."""
        self._within.erase(key)

    def url_for(self, key: str, /, *, seconds: int) -> str | None:
        """A link to what lies in the inbox; None for all else, of which a link would show the sealed bytes."""
        return self._within.url_for(key, seconds=seconds) if _is_plain(checked_key(key)) else None

    def reseal(self) -> Iterator[str]:
        """Seal every object again that is plain, or sealed under an older key or by another cipher; hands on its key.

        Broken off and called again it goes on where it was. Nobody may erase objects meanwhile: one that is read before
        it is erased would come back.

        Raises:
            StoreDownError: The store did not answer.
            StoreError: An object does not open; all others are sealed anew.
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

    def _told(self, info: ObjectInfo) -> ObjectInfo:
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
