"""Which objects are uploads, and what the ledger is told of one, however it was found."""

from models.submission import INBOX, MANIFEST_NAME
from pipeline.ledger.values import UploadEvent, Via
from pipeline.stores.base import ObjectInfo


def is_upload(key: str) -> bool:
    """Whether the object is a manifest in the inbox: it is written last, so its arrival is the upload."""
    return key.startswith(INBOX) and key.endswith(f"/{MANIFEST_NAME}")


def bucket_of(store_at: str) -> str:
    """What events call the place: the bucket's name, or `local` for a folder."""
    scheme, _, place = store_at.partition("://")
    return place.strip("/") if scheme == "s3" else "local"


def event_of(info: ObjectInfo, bucket: str, via: Via) -> UploadEvent:
    """What both a look at the object and a listing tell of it, so that both are one upload."""
    return UploadEvent(bucket=bucket, key=info.key, version=info.version, etag=info.etag, via=via)
