"""`intake reseal`: encrypt every object under the newest key of the ring."""

import typer

from cli.workspace import CliContext
from models.errors import ExitCode, StoreError
from pipeline.stores.encrypted import EncryptedStore


def reseal(context: typer.Context) -> int:
    """Encrypt every object under the newest key. Stop the service first.

    Objects that are plain, under an older key or by another cipher are written again. If it is interrupted, the next
    call continues. A bucket keeps the old versions until its lifecycle removes them.
    """
    cli: CliContext = context.obj
    store = cli.store()
    if not isinstance(store, EncryptedStore):
        raise StoreError("No key is configured", hint="set INTAKE_STORE__SEALING__KEYRING first.")
    print(f"{sum(1 for _ in store.reseal())} objects sealed again")
    return ExitCode.ACCEPTED
