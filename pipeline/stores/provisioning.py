"""What the service needs at an object store (the plan), and what became of each step."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from pydantic import Field, SecretStr

from models.base import Model

_TO_FILL_IN: Final[Mapping[str, str]] = MappingProxyType(
    {"AUTH_TOKEN": "<the receiver's token>", "QUEUE_DIR": "<a folder on a disk that lasts, by its absolute path>"}
)


class Events(StrEnum):
    """The kind of server, which decides how it notifies us of uploads."""

    RGW = "rgw"
    MINIO = "minio"
    RUSTFS = "rustfs"
    AWS = "aws"
    NONE = "none"


class Plan(Model):
    """The bucket that is wanted, and its rules.

    Attributes:
        bucket: The bucket's name.
        events: The kind of server, which decides how it notifies us of uploads.
        receiver: The URL that receives notifications.
        token: The bearer token for the receiver; only Ceph RGW keeps it with the rule.
        queue: The ARN of an SQS queue, for AWS; of the target, where a MinIO or RustFS has its region in it. Else "",
            for the target that `server_lines` makes.
        old_version_days: Days after which replaced or hidden versions are removed.
        broken_upload_days: Days after which the parts of an incomplete upload are removed.
        inbox_days: Days after which objects below `inbox/` expire; None to keep them.
        persistent: Whether Ceph RGW stores an event until the receiver took it, instead of delaying the upload.
    """

    bucket: str
    events: Events = Events.NONE
    receiver: str = ""
    token: SecretStr = SecretStr("")
    queue: str = ""
    old_version_days: int = Field(default=30, ge=1)
    broken_upload_days: int = Field(default=7, ge=1)
    inbox_days: int | None = Field(default=None, ge=1)
    persistent: bool = True


class StepState(StrEnum):
    """The outcome of a step."""

    DONE = "done"
    UNCHANGED = "unchanged"
    WOULD_DO = "would be done"


class Step(NamedTuple):
    """One thing that the plan wants, in words, and its outcome."""

    what: str
    state: StepState


def server_lines(plan: Plan) -> tuple[str, ...]:
    """Lines for the object store's own environment, needed before the rule can be set; without the token."""
    if plan.events is Events.MINIO:
        lines = {"ENABLE": "on", "ENDPOINT": plan.receiver, **_TO_FILL_IN}
        return tuple(f"MINIO_NOTIFY_WEBHOOK_{name}_INTAKE={value}" for name, value in lines.items())
    if plan.events is Events.RUSTFS:
        lines = {"ENABLE": "true", "ENDPOINT": plan.receiver, **_TO_FILL_IN}
        webhook = (f"RUSTFS_NOTIFY_WEBHOOK_{name}_PRIMARY={value}" for name, value in lines.items())
        origin = "/".join(plan.receiver.split("/")[:3])
        return ("RUSTFS_NOTIFY_ENABLE=true", *webhook, f"RUSTFS_OUTBOUND_ALLOW_ORIGINS={origin}")
    return ()
