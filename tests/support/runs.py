"""Start runs of the product's deployments on a Prefect server, beside a service that executes them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tests.support.guarded import Guarded
from tests.support.processes import environment

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

_GLANCE_SECONDS = 0.2


@contextmanager
def serving(workspace: Path, guarded: Guarded, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A service on a Prefect server that somebody else runs."""
    chosen = environment(PREFECT__API_URL=guarded.api_url, PREFECT__AUTH=guarded.auth, **settings)
    command = [sys.executable, "-m", "cli.main", "--workspace", str(workspace), "serve"]
    with (workspace / "serve.log").open("ab") as log:
        service = subprocess.Popen(command, env=chosen, stdout=log, stderr=log)
    try:
        yield service
    finally:
        service.terminate()
        service.wait(60)


class Runs:
    """Asks for runs of one deployment, and waits for what becomes of them."""

    def __init__(self, client: "SyncPrefectClient", deployment: str, patience: float) -> None:
        self.client = client
        self._name = deployment
        self._patience = patience

    def ask(self, **parameters: object) -> UUID:
        """Ask for a run as soon as a worker has made the deployment."""
        from prefect.exceptions import ObjectNotFound

        end = time.monotonic() + self._patience
        while True:
            try:
                deployment = self.client.read_deployment_by_name(self._name)
            except ObjectNotFound:
                assert time.monotonic() < end, "no worker came"
                time.sleep(_GLANCE_SECONDS)
                continue
            return self.client.create_flow_run_from_deployment(deployment.id, parameters=parameters).id

    def until(self, run_id: UUID, reached: "Callable[[FlowRun], bool]") -> "FlowRun":
        """Wait until a run is as it should be."""
        end = time.monotonic() + self._patience
        while not reached(run := self.client.read_flow_run(run_id)):
            assert time.monotonic() < end, f"The run is still {run.state_name}."
            time.sleep(_GLANCE_SECONDS)
        return run

    def ended(self, run_id: UUID) -> "FlowRun":
        """Wait for its end."""
        return self.until(run_id, lambda run: run.state is not None and run.state.is_final())

    def cancel(self, run_id: UUID) -> "FlowRun":
        """Ask for its end, as the UI does, and wait for it."""
        from prefect.states import Cancelling

        self.client.set_flow_run_state(run_id, Cancelling())
        return self.until(run_id, lambda run: run.state_name == "Cancelled")


@contextmanager
def runs_of(guarded: Guarded, deployment: str, patience: float = 120.0) -> Iterator[Runs]:
    """Ask a server for runs of a deployment."""
    with guarded.sync_client() as client:
        yield Runs(client, deployment, patience)
