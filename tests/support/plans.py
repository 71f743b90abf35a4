"""What is wanted at an object store, with a bucket that no other test knows."""

import uuid
from typing import Final

from pydantic import SecretStr

from pipeline.stores.provisioning import Events, Plan

TOKEN: Final = "canary-" + "t" * 32
URL: Final = "http://intake.hospital.example:8099/s3-events"


def plan(**chosen: object) -> Plan:
    return Plan.model_validate(
        {"bucket": f"t-{uuid.uuid4().hex[:12]}", "events": Events.RGW, "receiver": URL, "token": SecretStr(TOKEN)}
        | chosen
    )
