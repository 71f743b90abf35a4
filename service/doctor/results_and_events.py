"""Checks of both ends: whether notifications of uploads arrive, and whether who gets results can read them."""

from collections.abc import Iterator
from typing import Final

from pipeline.ledger.schema import check_ledger
from pipeline.ledger.values import Via
from pipeline.stores.provision import is_notified
from service.doctor.check import Check, CheckState
from service.resources import register_secret
from service.settings import Settings

_SHARE: Final = 0.2  # of uploads without a notification, as in deploy/alerts.yaml


def events(settings: Settings) -> Iterator[Check]:
    """Check that the object store notifies the receiver, where there is one, and that uploads were heard of so."""
    scheme, _, bucket = settings.store_at.partition(":")
    if scheme != "s3" or settings.receiver.port is None:
        return
    if not is_notified(bucket.strip("/"), settings.store):
        found = "The bucket notifies nobody: uploads are found by listing it."
        yield Check("events", CheckState.WARNING, found, "Run intake provision --events KIND --receiver URL.")
        return
    heard = _heard(settings)
    listed, total = heard.get(Via.RECONCILE, 0), sum(heard.values())
    if listed > _SHARE * total:
        found = f"Of {total} uploads of the last day {listed} were found by listing: notifications do not arrive."
        to_do = "See IntakeEventsBroken in docs/runbook.md; no upload is lost meanwhile."
        yield Check("events", CheckState.WARNING, found, to_do)
    else:
        found = f"The bucket notifies the receiver: {total - listed} of {total} uploads of the last day were told so."
        yield Check("events", CheckState.OK, found)


def results(settings: Settings) -> Iterator[Check]:
    """Check that the webhook does not name objects that its receiver cannot decrypt."""
    webhook = settings.webhook
    if webhook.url is not None and not webhook.whole and settings.store.sealing.secrets:
        found = "The webhook names results that lie in the store encrypted: its receiver cannot read them there."
        to_do = "Set INTAKE_WEBHOOK__WHOLE=true, or have them read by intake result KEY on this machine."
        yield Check("results", CheckState.WARNING, found, to_do)
    elif webhook.url is not None:
        yield Check("results", CheckState.OK, "Who gets the webhook can read the results.")


def _heard(settings: Settings) -> dict[str, int]:
    there = settings.register_secret is not None or settings.secret_file.exists()
    return dict(check_ledger(settings.ledger_at, register_secret(settings) if there else None).heard)
