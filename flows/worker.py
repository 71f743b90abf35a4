"""A Prefect worker whose runs stay inside its own process, where the engine is warm (docs/adr/0002)."""

import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio
from anyio.abc import TaskStatus
from prefect import Flow
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.flow_engine import run_flow_async
from prefect.logging.loggers import flow_run_logger
from prefect.states import Cancelled
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult
from pydantic import PrivateAttr

from pipeline.workers.process_identity import process_identity

if TYPE_CHECKING:
    from prefect.client.schemas.responses import DeploymentResponse

_CHECK_SECONDS = 0.1
_ON_REQUEST = "已按要求取消 (cancelled on request)"
_RUN_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")

FlowTable = Mapping[str, Flow[Any, Any]]


class WarmJob(BaseJobConfiguration):
    """One flow run to execute."""

    _entrypoint: str = PrivateAttr(default="")  # a public field would become a variable of the work pool

    def prepare_for_flow_run(
        self, flow_run: FlowRun, deployment: "DeploymentResponse | None" = None, *rest: Any, **named: Any
    ) -> None:
        """Note which flow the run is of; Prefect calls this before `run`."""
        super().prepare_for_flow_run(flow_run, deployment, *rest, **named)
        self._entrypoint = (deployment.entrypoint if deployment else None) or ""

    @property
    def entrypoint(self) -> str:
        """The deployment's entrypoint: a key of the worker's table of flows."""
        return self._entrypoint


class WarmResult(BaseWorkerResult):
    """A run was executed; its state says how it ended."""


class _NoCrash(logging.Filter):
    """Keeps the lines away in which the engine calls a cancellation a crash."""

    def __init__(self, cancelled: Collection[UUID]) -> None:
        super().__init__()
        self._cancelled = cancelled

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line of a run's log stays."""
        told = record.getMessage().startswith(("Crash detected!", "Finished in state Crashed"))
        return not (told and getattr(record, "flow_run_id", "") in {str(run_id) for run_id in self._cancelled})


class WarmWorker(BaseWorker[WarmJob, BaseVariables, WarmResult]):
    """Executes flow runs concurrently on its event loop; flows must be `async def`.

    Run it outside the main thread: Prefect's engine would replace the process's signal handlers at every run.
    """

    type = "intake-warm"
    job_configuration = WarmJob
    job_configuration_variables = BaseVariables
    _description = "Executes flow runs inside one long-lived process with a warm OCR engine."
    _display_name = "Warm process"

    def __init__(self, *, flows: FlowTable, work_pool_name: str, limit: int, name: str | None = None) -> None:
        super().__init__(work_pool_name=work_pool_name, limit=limit, name=name, prefetch_seconds=0)
        self._flows = flows
        self._scopes: dict[UUID, anyio.CancelScope] = {}
        self._to_cancel: set[UUID] = set()
        self._identity = process_identity()
        self._no_crash = _NoCrash(self._to_cancel)
        for logger in _RUN_LOGGERS:
            logging.getLogger(logger).addFilter(self._no_crash)

    async def run(
        self,
        flow_run: FlowRun,
        configuration: WarmJob,
        task_status: TaskStatus[Any] | None = None,
    ) -> WarmResult:
        """Execute one run to its end. Prefect records whatever the flow raises; it ends only this run.

        Raises:
            KeyError: The deployment names a flow that this worker does not have.
        """
        flow = self._flows[configuration.entrypoint]
        if task_status is not None:
            task_status.started(f"{self._identity}/{flow_run.id}")
        with anyio.CancelScope() as scope:
            self._scopes[flow_run.id] = scope
            try:
                await run_flow_async(flow, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")
            finally:
                del self._scopes[flow_run.id]
        if flow_run.id in self._to_cancel:
            self._to_cancel.remove(flow_run.id)
            await self._note_cancelled(flow_run)
        return WarmResult(identifier=str(flow_run.id), status_code=0)

    async def cancel_requested(self) -> None:
        """Cancel those of our runs whose cancellation was requested in the UI; call it as often as polling."""
        if not self._scopes:
            return
        cancelling = await self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                id=FlowRunFilterId(any_=list(self._scopes)),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CANCELLING])),
            )
        )
        for flow_run in cancelling:
            if scope := self._scopes.get(flow_run.id):
                self._to_cancel.add(flow_run.id)
                scope.cancel()

    async def drain(self, seconds: float) -> None:
        """Wait so many seconds for current runs to end, then cancel them; Prefect shows those as crashed."""
        with anyio.move_on_after(seconds):
            while self._scopes:
                await anyio.sleep(_CHECK_SECONDS)
        for scope in tuple(self._scopes.values()):
            scope.cancel()

    async def _note_cancelled(self, flow_run: FlowRun) -> None:
        """Prefect's engine calls every cancellation a crash: set the state to cancelled, and say so in the log."""
        state: State[None] = Cancelled(message=_ON_REQUEST)
        flow_run_logger(flow_run).info(f"Finished in state {state}")
        try:
            await self.client.set_flow_run_state(flow_run.id, state, force=True)
        except ObjectNotFound:
            self._logger.info("A cancelled run was deleted before its end could be noted.")
