"""The flows that run by the clock: scans that are kept long enough are erased, and the audit chain is verified."""

import logging
from typing import Final

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.states import failed, redacted_errors
from pipeline.cases.erasure import erase_pending, expire_scans
from pipeline.delivery.audit_anchors import verify
from service.resources import resources
from service.threads import run_in_thread

log = logging.getLogger(__name__)
RETENTION: Final = "retention"
AUDIT: Final = "audit"
_BY: Final = "service:retention"  # no account of the review desk has such a name


@flow(name=RETENTION, flow_run_name="retention 原图到期删除", persist_result=False)
async def retention() -> State[None]:
    """Erase the scans of cases that were decided INTAKE_RETENTION__SCANS_DAYS ago; results and the register stay."""
    days = resources().settings.retention.scans_days
    try:
        with redacted_errors():
            context = resources().context()
            if days is not None:
                gone = await run_in_thread(expire_scans, context.ledger, days=days, by=_BY)
                await run_in_thread(erase_pending, context.ledger, context.store)
            await run_in_thread(context.ledger.operations.ended_well, RETENTION)
    except Exception as error:  # noqa: BLE001 - every ending has a name
        return failed(error)
    if days is None:
        return Completed(name="NotSet", message="没有设置 INTAKE_RETENTION__SCANS_DAYS，原图一直保留 (scans are kept)")
    return Completed(name="Erased", message=f"已删除{gone.cases}份申请的{gone.objects}个原图文件")


@flow(name=AUDIT, flow_run_name="audit 审计链校验", persist_result=False)
async def audit() -> State[None]:
    """Verify every record of the audit chain, its head, and every anchor in the store."""
    try:
        with redacted_errors():
            context = resources().context()
            report = await run_in_thread(verify, context.ledger, context.store)
            if not report.problems:
                await run_in_thread(context.ledger.operations.ended_well, AUDIT)
    except Exception as error:  # noqa: BLE001 - every ending has a name
        return failed(error)
    if report.problems:
        log.critical("the audit chain was changed", extra={"problems": list(report.problems)})
        message = f"{report.records}条记录中有{len(report.problems)}处问题：执行 intake audit verify，保留现场"
        return Failed(name="Changed", message=message)
    return Completed(name="Unchanged", message=f"{report.records}条记录，没有改动")
